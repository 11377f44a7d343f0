import Bytes
import Model
import TestKit

@testable import Parsers

/// A conversation of HTTP/1 in bytes, and ways to feed it.
struct HTTPConversation {
  var pieces: [(direction: Direction, bytes: [UInt8])] = []

  mutating func client(_ text: String) { client(Array(text.utf8)) }
  mutating func server(_ text: String) { server(Array(text.utf8)) }
  mutating func client(_ bytes: [UInt8]) { pieces.append((.fromClient, bytes)) }
  mutating func server(_ bytes: [UInt8]) { pieces.append((.fromServer, bytes)) }

  enum Cutting {
    case whole
    case everyByte
    case random(seed: UInt64)
  }

  /// Feeds it and finishes.
  func events(
    _ cutting: Cutting = .whole, missing: (direction: Direction, offsets: Range<Int>)? = nil, bodyLimit: Int = 1 << 20,
    upTo byteCount: Int = .max
  ) -> [ParserEvent] {
    let options = ParserOptions(bodyLimit: bodyLimit, secrets: SecretHasher(key: [7]), flow: FlowID(3))
    var parser = HTTPParser(options: options)
    var events: [ParserEvent] = []
    var offsets = [0, 0]
    var left = byteCount
    var seed: UInt64 = 0
    if case .random(let given) = cutting { seed = given }
    var generator = SeededGenerator(seed: seed)
    for (number, piece) in pieces.enumerated() where left > 0 {
      let side = Int(piece.direction.rawValue)
      let bytes = Array(piece.bytes.prefix(left))
      left -= bytes.count
      let start = offsets[side]
      func position(_ offset: Int) -> StreamPosition {
        StreamPosition(
          time: Timestamp(nanoseconds: Int64(number + 1)),
          origin: Origin(source: 0, packet: UInt64(number + 1), offset: UInt64(offset)))
      }
      var index = 0
      while index < bytes.count {
        var end = bytes.count
        if let missing, missing.direction == piece.direction {
          let gap = missing.offsets.clamped(to: (start + index)..<(start + bytes.count))
          if !gap.isEmpty, gap.lowerBound == start + index {
            parser.skip(
              Gap(byteCount: UInt64(gap.count), reason: .notCaptured), from: piece.direction,
              at: position(start + index), into: &events)
            index += gap.count
            continue
          }
          if !gap.isEmpty { end = gap.lowerBound - start }
        }
        switch cutting {
        case .whole: break
        case .everyByte: end = index + 1
        case .random: end = min(end, index + 1 + Int(generator.next() % 40))
        }
        let span = bytes.span.extracting(index..<end)
        parser.receive(span, from: piece.direction, at: position(start + index), into: &events)
        index = end
      }
      offsets[side] += bytes.count
    }
    let last = StreamPosition(time: Timestamp(nanoseconds: Int64(pieces.count + 1)), origin: .unknown)
    parser.finish(at: last, into: &events)
    return events
  }

  var byteCount: Int { pieces.reduce(0) { $0 + $1.bytes.count } }
  func byteCount(_ direction: Direction) -> Int {
    pieces.reduce(0) { $0 + ($1.direction == direction ? $1.bytes.count : 0) }
  }
}

extension [ParserEvent] {
  /// The calls, in the order in which they were given.
  var calls: [Call] {
    exchanges.compactMap { exchange in if case .call(let call) = exchange.shape { call } else { nil } }
  }

  /// `GET /a 200 body`, a line each.
  var callLines: [String] {
    calls.map { call in
      let parts = [
        call.head.method, call.head.target, call.head.status.map { "\($0)" } ?? "-",
        call.responseBody?.content.bytes.span.string ?? "",
      ]
      return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }
  }
}

/// Frames of RFC 6455.
enum WebSocketWire {
  static func frame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, rsv1: Bool = false, masked: Bool)
    -> [UInt8]
  {
    var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode]
    let flag: UInt8 = masked ? 0x80 : 0
    if payload.count < 126 {
      bytes.append(flag | UInt8(payload.count))
    } else {
      bytes += [flag | 126, UInt8(payload.count >> 8 & 0xff), UInt8(payload.count & 0xff)]
    }
    guard masked else { return bytes + payload }
    let mask: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
    return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
  }
}
