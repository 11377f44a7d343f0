import Bytes
import Model

/// The first bytes of both directions, as long as they may be frames of a connection whose preface was not captured.
struct HTTPOpening {
  private(set) var pieces: [(bytes: [UInt8], direction: Direction, position: StreamPosition)] = []
  private var client: [UInt8] = []
  private var server: [UInt8] = []

  enum Verdict {
    case messages
    case frames
    case undecided
  }

  /// Takes a piece. What is answered in the end does not depend on how the bytes were cut.
  mutating func add(_ bytes: Span<UInt8>, _ direction: Direction, _ position: StreamPosition) -> Verdict {
    pieces.append((bytes.array, direction, position))
    let held = direction == .fromClient ? client.count : server.count
    guard held > 0 || HTTPRecognition.mayBeFrames(bytes) else { return .messages }
    let room = HTTP2Limits.recognitionWindow - held
    let piece = bytes.extracting(0..<min(bytes.count, room))
    let isFound: Bool
    if direction == .fromClient {
      client.append(contentsOf: piece)
      isFound = HTTPRecognition.isFrames(client.span)
    } else {
      server.append(contentsOf: piece)
      isFound = HTTPRecognition.isFrames(server.span)
    }
    if isFound { return .frames }
    return piece.count == room ? .messages : .undecided
  }
}

extension HTTPParser {
  /// Reads the first bytes as soon as it is known what they are.
  mutating func open(
    _ bytes: Span<UInt8>, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    switch opening?.add(bytes, direction, position) ?? .messages {
    case .undecided: return
    case .messages: break
    case .frames:
      sawClient = true
      stage = .http2(HTTP2Connection(options: options, upgradedRequest: nil))
    }
    endOpening(&events)
  }

  /// Reads what was held.
  mutating func endOpening(_ events: inout [ParserEvent]) {
    let pieces = opening?.pieces ?? []
    opening = nil
    for piece in pieces { receive(piece.bytes.span, from: piece.direction, at: piece.position, into: &events) }
  }
}
