import Bytes
import Model
import TestKit
import Testing

@testable import Parsers

@Suite struct SPDYTests {
  private static func texts(_ events: [ParserEvent]) throws -> [String] {
    let records = try #require(events.calls.first?.records)
    return records.recordTexts.dropFirst().map { line in
      line.split(separator: " ", omittingEmptySubsequences: true).dropFirst().joined(separator: " ")
    }
  }

  @Test func `streams become records by what they are for`() throws {
    let events = SPDYSamples.shell.events()
    #expect(events.codes.isEmpty)
    let call = try #require(events.calls.first)
    #expect(call.upgrade == "SPDY/3.1")
    #expect(events.exchanges.first?.incompleteReason == nil)
    let texts = try Self.texts(events)
    #expect(
      texts == [
        #"fromClient resize "{\"Width\":80,\"Height\":24}""#, #"fromClient resize "{\"Width\":100,\"Height\":30}""#,
        #"fromServer output "$ ""#, #"fromClient input "exit 3\r""#, #"fromServer output "exit 3\r\n""#,
        #"fromServer exit "{\"status\":\"Failure\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"3\"}]}}""#,
      ])
  }

  @Test func `a forwarded connection goes out as a tunnel`() {
    let events = SPDYSamples.shell.events()
    var kinds: [Tunnel.Kind] = []
    var isClosed = false
    for case .tunnel(let tunnel) in events {
      if case .opened(_, let tunnel) = tunnel { kinds.append(tunnel.kind) }
      if case .closed(let id, _) = tunnel { isClosed = id == TunnelID(9) }
    }
    #expect(kinds == [.child(server: "db-0:5432")] && isClosed)
    #expect(events.handedOn(.fromClient) == Array("SELECT 1".utf8).hex)
    #expect(events.handedOn(.fromServer) == Array("one".utf8).hex)
  }

  @Test func `a gap in content costs that content`() throws {
    let head = SPDYSamples.head.utf8.count
    let all = SPDYSamples.shell.byteCount(.fromClient)
    // Of `exit 3\r`, found by its frame.
    let client = SPDYSamples.shell.pieces.filter { $0.direction == .fromClient }.flatMap(\.bytes)
    let place = try #require((head..<all - 6).first { Array(client[$0..<($0 + 6)]) == Array("exit 3".utf8) })
    let events = SPDYSamples.shell.events(missing: (.fromClient, (place + 1)..<(place + 3)))
    #expect(events.codes == ["spdy-gap"])
    #expect(events.exchanges.first?.incompleteReason == "gap of 2 bytes in the request's frames")
    let typed = try Self.texts(events).filter { $0.contains("input") }
    #expect(typed == [#"fromClient input "e""#, #"fromClient input "t 3\r""#])
  }

  @Test func `without a header block the streams behind it have no purpose`() throws {
    let head = SPDYSamples.head.utf8.count
    // In the block that opens the first stream.
    let events = SPDYSamples.shell.events(missing: (.fromClient, (head + 20)..<(head + 24)))
    #expect(events.codes.contains("spdy-headers-lost"))
    #expect(try Self.texts(events).contains(#"fromClient binary "exit 3\r""#))
    #expect(events.handedOn(.fromClient).isEmpty)
  }

  @Test func `a lost frame head leaves its direction opaque and the other goes on`() throws {
    let head = SPDYSamples.head.utf8.count
    let events = SPDYSamples.shell.events(missing: (.fromClient, (head + 300)..<(head + 500)))
    let texts = try Self.texts(events)
    #expect(texts.contains { $0.hasPrefix("fromServer output") })
    #expect(events.codes.contains("spdy-boundary-lost"))
  }

  @Test func `a block that is not of SPDY, one that grows too large and foreign frames are anomalies`() {
    func codes(_ frames: [UInt8]) -> [String] {
      var it = HTTPConversation()
      it.client(SPDYSamples.head)
      it.server("HTTP/1.1 101 S\r\nUpgrade: SPDY/3.1\r\n\r\n")
      it.client(frames)
      #expect(it.events(.everyByte).dump == it.events().dump)
      return it.events().codes
    }
    let open: [UInt8] = [0x80, 3, 0, 1, 0, 0, 0, 14, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    #expect(codes(open + [1, 2, 3, 4]) == ["spdy-headers"])
    #expect(codes([0x80, 2, 0, 1, 0, 0, 0, 0]) == ["spdy-boundary-lost"])
    #expect(codes([0, 0, 0, 0, 0, 0, 0, 0]) == ["spdy-boundary-lost"])
    #expect(codes([0x80, 3, 0, 6, 0, 0, 0, 2, 0, 0]) == ["spdy-frame"])
    #expect(codes([0x80, 3, 0, 99, 0, 0, 0, 2, 0, 0]) == [])
    #expect(codes([0, 0, 0, 5, 0, 0, 0, 1, 7]) == ["spdy-stream"])
    #expect(
      codes([0x80, 3, 0, 1, 0, 2, 0, 0] + [UInt8](repeating: 0, count: 0x20000)) == ["spdy-frame", "spdy-headers-lost"])
  }
}
