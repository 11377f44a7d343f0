import Bytes
import Model

/// What missing bytes cost.
extension PostgresParser {
  mutating func lose(
    _ count: UInt64, _ reason: String, _ direction: Direction, _ position: StreamPosition,
    _ events: inout [ParserEvent]
  ) {
    settle(direction, isTurn: true, &events)
    var framing = take(direction)
    defer { put(&framing, direction) }
    let wasTyped = framing.isTyped
    switch framing.skip(count) {
    case .nothing: break
    case .within(let type, _):
      let what = wasTyped ? "message \(type.letter)" : "the start-up packet"
      dialogue.report("postgres-gap", "\(reason): part of \(what) is missing", framing.begin, &events)
      giveDamaged(&framing, wasTyped: wasTyped, reason, position.time, direction, &events)
    case .passing(let type):
      if direction == .fromServer || type == FrontendType.copyData { dialogue.noteOnHead(reason) }
    case .boundary(let begun, _):
      if framing.isSeeking, begun == nil { framing.search.abandon() }
      if begun != nil, !framing.carry.isEmpty {
        giveDamaged(&framing, wasTyped: wasTyped, reason, position.time, direction, &events)
      }
      dialogue.report("postgres-gap", "\(reason): messages may be missing", position, &events)
      if direction == .fromClient {
        dialogue.noteClientLoss(reason, position, &events)
      } else {
        dialogue.noteServerLoss(reason)
      }
    }
  }

  /// Gives the message in the carry, whose end is missing.
  mutating func giveDamaged(
    _ framing: inout PostgresFraming, wasTyped: Bool, _ reason: String, _ time: Timestamp, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) {
    let type = framing.carry.first ?? 0
    let frame = framing.takeCarry()
    guard wasTyped else {
      framing.isTyped = true
      if server.isSeeking, server.search.bytes.isEmpty { server.resume() }
      guard let (minor, parameters) = StartupMessage.beginning(frame.span) else {
        return
      }
      return dialogue.takeStartup(
        minor: minor, parameters, byteCount: frame.count, framing.begin, damage: reason, &events)
    }
    guard frame.count >= 5, FrameCheck.limit(type, isFrontend: framing.isFrontend) != nil else { return }
    let envelope = PostgresDialogue.Envelope(
      type: type, begin: framing.begin, endTime: time, byteCount: frame.count, damage: reason)
    let body = frame.span.extracting(5..<frame.count)
    if direction == .fromClient {
      dialogue.frontend(envelope, body, &events)
    } else {
      dialogue.backend(envelope, body, &events)
    }
  }
}
