import Bytes
import Model
import Testing

@testable import Importers

@Suite struct TranscriptLinesTests {
  /// The records' member `n`, with their places, and the codes of what was strange.
  private func read(
    _ bytes: [UInt8], cut size: Int = .max, lineLimit: Int = TranscriptLines.lineLimit,
    recognizes: @escaping @Sendable (JSONNode) -> Bool = { $0[member: "n"] != nil }
  ) -> (records: [String], anomalies: [String]) {
    var lines = TranscriptLines(TranscriptFile(source: 0, path: ""), lineLimit: lineLimit, recognizes: recognizes)
    var events: [ConversationEvent] = []
    var records: [String] = []
    func drain() {
      while let record = lines.next(into: &events) {
        let name = record.value[member: "n"]?.scalar ?? "?"
        records.append("\(name)@\(record.origin.packet):\(record.origin.offset)\(record.isCut ? " cut" : "")")
      }
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(size))
      rest = rest.dropFirst(piece.count)
      lines.append(piece.span)
      drain()
    }
    lines.finish()
    drain()
    lines.report(into: &events)
    let anomalies = events.compactMap { event -> String? in
      guard case .anomaly(let noun) = event else { return nil }
      return "\(noun.code.name)@\(noun.origin.packet):\(noun.origin.offset)"
    }
    return (records, anomalies)
  }

  @Test func `a byte order mark, carriage returns, empty lines and a missing last line feed are no damage`() {
    let text = Array("\u{FEFF}{\"n\":1}\r\n\r\n  {\"n\":2}\n{\"n\":3}".utf8)
    for size in [1, 3, 7, .max] {
      let found = read(text, cut: size)
      #expect(found.records == ["1@1:3", "2@3:16", "3@4:24"])
      #expect(found.anomalies.isEmpty)
    }
  }

  @Test func `several values on a line are several records`() {
    let found = read(Array(#"{"n":1}{"n":2} {"n":3}"#.utf8))
    #expect(found.records == ["1@1:0", "2@1:7", "3@1:15"])
    #expect(found.anomalies.isEmpty)
  }

  @Test func `a record that was torn by another is told, and the other is read`() {
    let found = read(
      Array("{\"n\":0}\n{\"n\":1,\"m\":{\"n\":9},\"text\":\"abc{\"n\":2,\"m\":{\"n\":8}}\n{\"n\":3}\n".utf8))
    #expect(found.records == ["0@1:0", "2@2:38", "3@3:58"])
    #expect(found.anomalies == ["transcript-line-damaged@2:8"])
  }

  @Test func `an object inside a damaged record is no record`() {
    let found = read(
      Array("{\"n\":1,\"list\":[{\"n\":7},{\"n\":8}],\"x\":tru}\n{\"n\":2,\"m\":{\"k\":1}\n{\"n\":3}\n".utf8))
    #expect(found.records == ["3@3:60"])
    #expect(found.anomalies == ["transcript-line-damaged@1:0", "transcript-line-damaged@2:41"])
  }

  @Test func `what is there of a record within which the file ends is kept`() {
    let found = read(Array("{\"n\":1}\n{\"n\":2,\"text\":\"the end is miss".utf8))
    #expect(found.records == ["1@1:0", "2@2:8 cut"])
    #expect(found.anomalies == ["transcript-cut@2:8"])
  }

  @Test func `zeros, scalars and binary bytes are told and passed over`() {
    let found = read(
      [0, 0, 0] + Array("{\"n\":1}\n17\n\"text\"\n[{\"n\":5}]\n".utf8) + [0xFF, 0xFE, 0x0A] + Array("{\"n\":2}".utf8))
    #expect(found.records == ["1@1:3", "2@6:34"])
    #expect(found.anomalies.count == 5)
  }

  @Test func `a line past the limit is passed over in bounded memory`() {
    let long = "{\"n\":1,\"text\":\"" + String(repeating: "x", count: 5_000) + "\"}\n"
    for size in [1, 100, .max] {
      let found = read(Array(("{\"n\":0}\n" + long + "{\"n\":2}\n" + long).utf8), cut: size, lineLimit: 1_000)
      #expect(found.records == ["0@1:0", "2@3:5026"])
      #expect(found.anomalies == ["transcript-line-over-limit@2:8", "transcript-line-over-limit@4:5034"])
    }
  }

  @Test func `text that is no UTF-8 and halves of surrogate pairs survive`() {
    let found = read(
      Array(#"{"n":"a\ud83d"}"#.utf8) + [0x0A] + Array(#"{"n":"b"#.utf8) + [0xC3, 0x28] + Array("\"}\n".utf8))
    #expect(found.records == ["a\u{FFFD}@1:0", "b\u{FFFD}(@2:16"])
    #expect(found.anomalies.isEmpty)
  }

  @Test func `hostile nesting and endless beginnings end soon`() {
    let deep = String(repeating: "{\"n\":[", count: 40_000)
    let found = read(Array((deep + "\n{\"n\":1}\n").utf8))
    #expect(found.records == ["1@2:\(deep.utf8.count + 1)"])
    #expect(found.anomalies == ["transcript-line-damaged@1:0"])
  }

  @Test func `damage past the limit is counted`() {
    let text = String(repeating: "junk\n", count: TranscriptLines.damageLimit + 10)
    let found = read(Array(text.utf8))
    #expect(found.anomalies.count == TranscriptLines.damageLimit + 1)
  }

  @Test func `names and strings with escapes are read as what they mean`() throws {
    var lines = TranscriptLines(TranscriptFile(source: 0, path: ""))
    let text = #"{"\u006e":"x\ny\t\"\\\/\ud83d\ude00\u00e9\q","list":[1,-2.5,true,false,null,{"a":{}}],"n2":12}"#
    lines.append(Array(text.utf8).span)
    lines.finish()
    var events: [ConversationEvent] = []
    let next = lines.next(into: &events)
    let record = try #require(next)
    #expect(record.value[member: "n"]?.string == "x\ny\t\"\\/😀éq")
    #expect(record.value[member: "n"]?.string(limit: 9) == "x\ny\t\"\\/")
    #expect(record.value.list("list").map(\.source) == ["1", "-2.5", "true", "false", "null", #"{"a":{}}"#])
    #expect(record.value[member: "n2"]?.integer == 12)
    #expect(record.value.members.map(\.name) == ["n", "list", "n2"])
    #expect(record.value.source == text)
  }

  @Test func `times with and without fractions and zones`() {
    let cases = [
      ("2026-11-20T02:14:03Z", "2026-11-20T02:14:03.000000000Z"),
      ("2026-11-20T02:14:03.12Z", "2026-11-20T02:14:03.120000000Z"),
      ("2026-11-20 02:14:03.123456789123", "2026-11-20T02:14:03.123456789Z"),
      ("2026-11-20T02:14:03+05:30", "2026-11-19T20:44:03.000000000Z"),
      ("2026-11-20T02:14-0100", "2026-11-20T03:14:00.000000000Z"),
      ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000000Z"),
    ]
    for (text, expected) in cases { #expect(TranscriptTime.instant(text)?.description == expected) }
    for text in [
      "", "2026", "2026-13-01T00:00:00Z", "2026-11-20T25:00:00Z", "2026-11-20T02:14:03Zx", "9999-12-31T00:00:00Z",
    ] {
      #expect(TranscriptTime.instant(text) == nil)
    }
    #expect(TranscriptTime.milliseconds(1_700_000_000_123)?.nanoseconds == 1_700_000_000_123_000_000)
    #expect(TranscriptTime.seconds(.infinity) == nil)
  }
}
