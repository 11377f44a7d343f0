import Bytes
import Captures
import Foundation
import Model
import Streams
import TestKit
import Testing

@testable import Parsers

/// All captures of HTTP/1 and WebSocket in the corpus, against what tshark read in them.
@Suite struct HTTPCorpusTests {
  struct Expected: Decodable {
    struct Message: Decodable {
      var kind: String
      var method: String?
      var uri: String?
      var status: Int?
      var stream: Int
    }
    struct Body: Decodable {
      var sha256: String
      var size: Int
    }
    var messages: [Message]
    var bodies: [Body]
    var decrypted: Bool?
  }

  struct ExpectedFrames: Decodable {
    struct Frame: Decodable {
      var fin: Bool
      var opcode: Int?
    }
    var list: [Frame]
  }

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
  func `requests, statuses and bodies are those of tshark`() throws {
    let root = try #require(Corpus.root)
    let data = try Data(contentsOf: root.appending(path: "expected/http1.json"))
    let expected = try JSONDecoder().decode([String: Lenient].self, from: data).compactMapValues(\.value)
    var wanted = (requests: 0, statuses: 0, bodies: 0)
    var found = (requests: 0, statuses: 0, bodies: 0)
    var lines: [String] = []
    for (path, capture) in expected.sorted(by: { $0.key < $1.key }) {
      if capture.decrypted == true { continue }
      let calls = try CapturedCalls(path: root.appending(path: "captures/\(path)").path).events.flatMap(\.calls)
      let requests = Self.count(calls.map { "\($0.head.method) \($0.head.target)" }.filter { $0 != " " })
      let statuses = Self.count(calls.flatMap { $0.head.informational + ($0.head.status.map { [$0] } ?? []) })
      let bodies = Self.count(
        calls.flatMap { [$0.requestBody, $0.responseBody] }.compactMap { $0?.content.digest.hex })
      let theirs = Self.count(
        capture.messages.filter { $0.kind == "request" && $0.uri != nil }.map { "\($0.method ?? "") \($0.uri ?? "")" })
      let theirStatuses = Self.count(capture.messages.compactMap(\.status))
      // These break framing on purpose: where RFC 9112 says that chunks cannot be followed, tshark exports something.
      let isEvasion = path.contains("/http-evader/")
      let theirBodies = Self.count(isEvasion ? [] : capture.bodies.map(\.sha256))
      let missing = Self.missing(theirs, requests)
      let missingStatuses = Self.missing(theirStatuses, statuses)
      let missingBodies = Self.missing(theirBodies, bodies)
      wanted.requests += theirs.values.reduce(0, +)
      wanted.statuses += theirStatuses.values.reduce(0, +)
      wanted.bodies += theirBodies.values.reduce(0, +)
      found.requests += theirs.values.reduce(0, +) - missing.count
      found.statuses += theirStatuses.values.reduce(0, +) - missingStatuses.count
      found.bodies += theirBodies.values.reduce(0, +) - missingBodies.count
      if !missing.isEmpty || !missingStatuses.isEmpty || !missingBodies.isEmpty {
        lines.append(
          "\(path): requests \(missing.prefix(3)) (\(missing.count)), statuses \(missingStatuses.count), bodies \(missingBodies.count)"
        )
      }
    }
    print("found \(found) of \(wanted)\n" + lines.joined(separator: "\n"))
    // What is not found, and why: tshark opens TLS by the captures' own key logs and looks into SOCKS, which are other
    // stages' work; of HTTP/2 it takes the request of the upgrade for one of HTTP/1.1; a 0.9 answer has no status. Its
    // bodies keep their charset, where ours are UTF-8.
    #expect(found.requests * 100 >= wanted.requests * HTTPCorpusTests.requestShare)
    #expect(found.statuses * 100 >= wanted.statuses * HTTPCorpusTests.statusShare)
    #expect(found.bodies * 100 >= wanted.bodies * HTTPCorpusTests.bodyShare)
  }

  private static let requestShare = 96
  private static let statusShare = 94
  private static let bodyShare = 80

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
  func `WebSocket messages are as many as tshark saw`() throws {
    let root = try #require(Corpus.root)
    let data = try Data(contentsOf: root.appending(path: "expected/websocket.json"))
    let expected = try JSONDecoder().decode([String: ExpectedFrames].self, from: data)
    var differences: [String] = []
    for (path, capture) in expected.sorted(by: { $0.key < $1.key }) {
      let calls = try CapturedCalls(path: root.appending(path: "captures/\(path)").path).events.flatMap(\.calls)
      let texts = calls.compactMap { $0.records?.recordTexts.dropFirst().count }.reduce(0, +)
      let wanted = capture.list.count { $0.fin }
      if texts != wanted { differences.append("\(path): \(texts) of \(wanted)") }
    }
    print("websocket:\n" + differences.joined(separator: "\n"))
    #expect(differences.count * 2 <= expected.count)
  }

  private struct Lenient: Decodable {
    var value: Expected?
    init(from decoder: any Decoder) { value = try? Expected(from: decoder) }
  }

  private static func count<Key: Hashable>(_ keys: [Key]) -> [Key: Int] {
    Dictionary(keys.map { ($0, 1) }, uniquingKeysWith: +)
  }

  /// Those of `wanted` that are not in `found`.
  private static func missing<Key: Hashable>(_ wanted: [Key: Int], _ found: [Key: Int]) -> [Key] {
    wanted.flatMap { key, count in Array(repeating: key, count: max(0, count - (found[key] ?? 0))) }
  }
}

/// What the parser gives for each flow of a capture that it recognises.
private struct CapturedCalls: StreamSink {
  enum Piece {
    case bytes([UInt8], Direction, StreamPosition)
    case gap(Gap, Direction, StreamPosition)
  }

  private var order: [FlowID] = []
  private var flows: [FlowID: (flow: Flow, pieces: [Piece])] = [:]

  init(path: String) throws {
    var captures = try CaptureSet(inputs: [path], options: CaptureOptions()) { _ in false }
    var reassembler = Reassembler()
    var sink = CapturedCalls()
    while try captures.next({ header, packet in reassembler.receive(header, packet, into: &sink) }) {}
    reassembler.finish(into: &sink)
    self = sink
  }

  private init() {}

  var events: [[ParserEvent]] { order.compactMap { flows[$0] }.map { Self.parse($0.flow, $0.pieces) } }

  private static func parse(_ flow: Flow, _ pieces: [Piece]) -> [ParserEvent] {
    var openings: [[UInt8]] = [[], []]
    for case .bytes(let bytes, let direction, _) in pieces {
      let side = Int(direction.rawValue)
      openings[side] += bytes.prefix(Opening.limit - openings[side].count)
    }
    let (client, server) = (openings[0], openings[1])
    let (clientSpan, serverSpan) = (client.span, server.span)
    let answer = HTTPParser.recognize(
      Opening(fromClient: clientSpan, fromServer: serverSpan, isMidstream: flow.role != .handshake))
    guard answer == .yes || answer == .yesReversed else { return [] }
    let options = ParserOptions(bodyLimit: 1 << 24, secrets: SecretHasher(key: [1]), flow: flow.id)
    var parser = HTTPParser(options: options)
    var events: [ParserEvent] = []
    for piece in pieces {
      switch piece {
      case .bytes(let bytes, let sender, let position):
        let direction = answer == .yes ? sender : sender.reversed
        parser.receive(bytes.span, from: direction, at: position, into: &events)
      case .gap(let gap, let sender, let position):
        parser.skip(gap, from: answer == .yes ? sender : sender.reversed, at: position, into: &events)
      }
    }
    parser.finish(at: StreamPosition(time: .epoch, origin: .unknown), into: &events)
    return events
  }

  mutating func open(_ flow: Flow) {
    order.append(flow.id)
    flows[flow.id] = (flow, [])
  }
  mutating func update(_ flow: Flow) { flows[flow.id]?.flow = flow }
  mutating func receive(_ bytes: Span<UInt8>, of flow: FlowID, from: Direction, at position: StreamPosition) {
    flows[flow]?.pieces.append(.bytes(bytes.array, from, position))
  }
  mutating func skip(_ gap: Gap, of flow: FlowID, from: Direction, at position: StreamPosition) {
    flows[flow]?.pieces.append(.gap(gap, from, position))
  }
  mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition) {}
  mutating func close(_ flow: FlowID, _ reason: FlowEnd, at position: StreamPosition) {}
  mutating func report(_ anomaly: Anomaly) {}
}
