import Bytes
import Foundation
import Model
import Terminal
import Testing

@Suite struct AsciicastTests {
  private let begun: Int64 = 1_700_000_000_000_000_000

  private func record(_ milliseconds: Int64, _ kind: StreamRecord.Kind, _ bytes: [UInt8]) -> StreamRecord {
    StreamRecord(
      at: Timestamp(nanoseconds: begun + milliseconds * 1_000_000), direction: .fromServer, kind: kind, bytes: bytes)
  }

  private func cast(_ version: AsciicastWriter.Version, _ records: [StreamRecord]) -> [String] {
    let header = AsciicastWriter.Header(
      size: .standard, begun: Timestamp(nanoseconds: begun), title: "a \"title\"", terminalName: "xterm",
      environment: ["SHELL": "/bin/sh"])
    var writer = AsciicastWriter(version: version, header: header)
    for record in records { writer.append(record) }
    writer.mark("here", at: Timestamp(nanoseconds: begun + 9_000_000_000))
    writer.finish()
    return String(decoding: writer.take(), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private var records: [StreamRecord] {
    [
      record(0, .output, Array("$ ".utf8)), record(1500, .input, Array("ls\r".utf8)),
      record(1501, .output, Array("\u{1b}[1mé".utf8)), record(2000, .resize, Array("100x30".utf8)),
      record(1900, .errorOutput, Array("late".utf8)), record(3000, .exit, Array("2".utf8)),
    ]
  }

  @Test func `version 2 has times since the beginning`() {
    #expect(
      cast(.v2, records) == [
        #"{"version":2,"width":80,"height":24,"timestamp":1700000000,"title":"a \"title\"","env":{"SHELL":"/bin/sh","TERM":"xterm"}}"#,
        #"[0.000000,"o","$ "]"#, #"[1.500000,"i","ls\r"]"#, #"[1.501000,"o","\u001b[1mé"]"#,
        #"[2.000000,"r","100x30"]"#,
        #"[2.000000,"o","late"]"#, #"[3.000000,"m","exit status 2"]"#, #"[9.000000,"m","here"]"#,
      ])
  }

  @Test func `version 3 has times since the event before and the exit status`() {
    #expect(
      cast(.v3, records) == [
        #"{"version":3,"term":{"cols":80,"rows":24,"type":"xterm"},"timestamp":1700000000,"title":"a \"title\"","env":{"SHELL":"/bin/sh"}}"#,
        #"[0.000000,"o","$ "]"#, #"[1.500000,"i","ls\r"]"#, #"[0.001000,"o","\u001b[1mé"]"#,
        #"[0.499000,"r","100x30"]"#,
        #"[0.000000,"o","late"]"#, #"[1.000000,"x","2"]"#, #"[6.000000,"m","here"]"#,
      ])
  }

  @Test func `a character that is cut goes whole with the next event and wrong bytes are shown as such`() throws {
    let bytes = Array("漢😀é".utf8) + [0xFF, 0x61] + Array("字".utf8.dropLast())
    for cut in 0...bytes.count {
      let lines = cast(.v2, [record(0, .output, Array(bytes[..<cut])), record(1, .output, Array(bytes[cut...]))])
      var text = ""
      for line in lines.dropFirst() {
        let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
        if event[1] as? String == "o" { text += try #require(event[2] as? String) }
      }
      #expect(text == "漢😀é\u{FFFD}a\u{FFFD}", "cut at \(cut)")
    }
  }

  @Test func `a recording without records has its header`() {
    #expect(cast(.v2, []).count == 2)
    var writer = AsciicastWriter(version: .v3, header: .init(size: .standard))
    writer.finish()
    let text = String(decoding: writer.take(), as: UTF8.self)
    #expect(text == "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24},\"timestamp\":0}\n")
  }
}
