import Bytes
import Captures
import Foundation
import Model
import Streams
import TestKit

@testable import Parsers

/// The pieces of every flow of a capture.
struct CapturedPieces: StreamSink {
  enum Content {
    case bytes([UInt8])
    case gap(Gap)
  }

  struct Piece {
    var content: Content
    var direction: Direction
    var position: StreamPosition
  }

  private(set) var flows: [FlowID: [Piece]] = [:]

  init(path: String) throws {
    var captures = try CaptureSet(inputs: [path], options: CaptureOptions()) { _ in false }
    var reassembler = Reassembler()
    var sink = CapturedPieces()
    while try captures.next({ header, packet in reassembler.receive(header, packet, into: &sink) }) {}
    reassembler.finish(into: &sink)
    self = sink
  }

  private init() {}

  mutating func open(_ flow: Flow) { flows[flow.id] = [] }
  mutating func update(_ flow: Flow) {}
  mutating func receive(_ bytes: Span<UInt8>, of flow: FlowID, from: Direction, at position: StreamPosition) {
    flows[flow, default: []].append(Piece(content: .bytes(bytes.array), direction: from, position: position))
  }
  mutating func skip(_ gap: Gap, of flow: FlowID, from: Direction, at position: StreamPosition) {
    flows[flow, default: []].append(Piece(content: .gap(gap), direction: from, position: position))
  }
  mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition) {}
  mutating func close(_ flow: FlowID, _ reason: FlowEnd, at position: StreamPosition) {}
  mutating func report(_ anomaly: Anomaly) {}
}

/// Feeds the HTTP/2 part of a flow: what comes before it is HTTP/1.1, an upgrade or a CONNECT, and is cut off here.
struct HTTP2Flow {
  var events: [ParserEvent] = []
  var upgradedRequest: Call?

  init?(_ pieces: [CapturedPieces.Piece]) {
    var bytes: [[UInt8]] = [[], []]
    for piece in pieces {
      if case .bytes(let more) = piece.content { bytes[Int(piece.direction.rawValue)] += more }
    }
    let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    // The ends may be the wrong way round where the handshake is missing.
    let sender: Direction = bytes[1].firstRange(of: preface) == nil ? .fromClient : .fromServer
    let client = bytes[Int(sender.rawValue)]
    guard let start = client.firstRange(of: preface)?.lowerBound else { return nil }
    var skipped: [Direction: Int] = [sender: start, sender.reversed: 0]
    let server = bytes[Int(sender.reversed.rawValue)]
    if server.starts(with: Array("HTTP/1.1 ".utf8)), let end = server.firstRange(of: Array("\r\n\r\n".utf8)) {
      skipped[sender.reversed] = end.upperBound
      if server.starts(with: Array("HTTP/1.1 101".utf8)) { upgradedRequest = Self.request(client.prefix(start)) }
    }
    let options = ParserOptions(bodyLimit: 1 << 22, secrets: SecretHasher(key: [1]), flow: FlowID(1))
    var connection = HTTP2Connection(options: options, upgradedRequest: upgradedRequest)
    var last = StreamPosition(time: .epoch, origin: .unknown)
    for piece in pieces {
      last = piece.position
      let direction: Direction = piece.direction == sender ? .fromClient : .fromServer
      switch piece.content {
      case .gap(let gap): connection.skip(gap, from: direction, at: piece.position, into: &events)
      case .bytes(let bytes):
        let cut = min(bytes.count, skipped[piece.direction] ?? 0)
        skipped[piece.direction, default: 0] -= cut
        let rest = Array(bytes.dropFirst(cut))
        connection.receive(rest.span, from: direction, at: piece.position, into: &events)
      }
    }
    connection.finish(at: last, into: &events)
  }

  private static func request(_ bytes: ArraySlice<UInt8>) -> Call {
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines.first?.split(separator: " ").map(String.init) ?? []
    var head = CallHead(version: "1.1", method: words.first ?? "", target: words.dropFirst().first ?? "")
    for line in lines.dropFirst() {
      guard let colon = line.range(of: ": ") else { continue }
      head.requestFields.append(HeaderField(String(line[..<colon.lowerBound]), String(line[colon.upperBound...])))
    }
    return Call(head: head)
  }
}
