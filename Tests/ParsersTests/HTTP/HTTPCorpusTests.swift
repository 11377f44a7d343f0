import Bytes
import Captures
import Codings
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
    var lines: [String] = []
    var differing: Set<String> = []
    for (path, capture) in expected.sorted(by: { $0.key < $1.key }) {
      if capture.decrypted == true { continue }
      let calls = try CapturedCalls(path: root.appending(path: "captures/\(path)").path).events.flatMap(\.calls)
      let ours = Found(calls)
      let requests = Self.missing(
        capture.messages.filter { $0.kind == "request" && $0.uri != nil }.map { "\($0.method ?? "") \($0.uri ?? "")" },
        ours.requests)
      let statuses = Self.missing(capture.messages.compactMap(\.status), ours.statuses)
      let bodies = Self.missing(capture.bodies.map(\.sha256), ours.digests)
      guard !requests.isEmpty || !statuses.isEmpty || !bodies.isEmpty else { continue }
      differing.insert(path)
      guard HTTPCorpusDifferences.reason(path) == nil else { continue }
      let sizes = capture.bodies.filter { bodies.contains($0.sha256) }.map(\.size)
      let have = ours.bodies.map { "\($0.content.byteCount) \($0.note ?? "")" }
      lines.append(
        "\(path): without requests \(requests.prefix(5)), statuses \(statuses.prefix(5)), bodies \(sizes.prefix(8)); has \(ours.requests.prefix(8)) \(ours.statuses.prefix(8)) \(have.prefix(8))"
      )
    }
    #expect(lines.isEmpty, "\(lines.joined(separator: "\n"))")
    let gone = HTTPCorpusDifferences.paths.filter { expected[$0] != nil && !differing.contains($0) }.sorted()
    #expect(gone == [], "these do not differ any more")
  }

  /// What the parser found in one capture.
  private struct Found {
    var requests: [String]
    var statuses: [Int]
    var bodies: [CallBody]

    init(_ calls: [Call]) {
      requests = calls.map { "\($0.head.method) \($0.head.target)" }.filter { $0 != " " }
      statuses = calls.flatMap { $0.head.informational + ($0.head.status.map { [$0] } ?? []) }
      bodies = calls.flatMap { [$0.requestBody, $0.responseBody] }.compactMap { $0 }
    }

    /// Ours are UTF-8, where tshark leaves text in its charset: text from ISO 8859-1 is also brought back to it.
    var digests: [String] {
      bodies.map { body in
        let charset = body.mediaType.map(MediaType.init)?.charset.flatMap { TextCharset($0) }
        guard charset != nil, let text = String(bytes: body.content.bytes, encoding: .utf8),
          let latin = text.data(using: .isoLatin1) ?? text.data(using: .windowsCP1252)
        else { return body.content.digest.hex }
        return SHA256.digest(of: Array(latin).span).hex
      }
    }
  }

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
    #expect(differences == [])
  }

  private struct Lenient: Decodable {
    var value: Expected?
    init(from decoder: any Decoder) { value = try? Expected(from: decoder) }
  }

  /// Those of `wanted` that are not in `found`.
  private static func missing<Key: Hashable>(_ wanted: [Key], _ found: [Key]) -> [Key] {
    var left = Dictionary(found.map { ($0, 1) }, uniquingKeysWith: +)
    return wanted.filter { key in
      guard let count = left[key], count > 0 else { return true }
      left[key] = count - 1
      return false
    }
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
