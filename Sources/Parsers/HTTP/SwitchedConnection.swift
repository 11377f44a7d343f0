import Bytes
import Model

/// What a connection is after `101 Switching Protocols` when all of it belongs to the call that switched it.
protocol SwitchedConnection {
  var clientByteCount: UInt64 { get }
  var serverByteCount: UInt64 { get }
  var endedAt: Timestamp? { get }
  var incompleteReason: String? { get }

  mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent])
  mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent])
  mutating func finish(at position: StreamPosition, into events: inout [ParserEvent])

  /// What was said; nil when nothing was.
  mutating func takeRecords() -> Payload?
}

extension SwitchedConnection {
  /// Ends the connection, and gives its call with all that was said.
  mutating func end(_ open: OpenCall, at position: StreamPosition, into events: inout [ParserEvent]) {
    finish(at: position, into: &events)
    var open = open
    open.call.records = takeRecords()
    if let reason = incompleteReason { open.note(reason) }
    open.endedAt = endedAt ?? open.endedAt
    open.requestByteCount += clientByteCount
    open.responseByteCount += serverByteCount
    open.emit(into: &events)
  }
}
