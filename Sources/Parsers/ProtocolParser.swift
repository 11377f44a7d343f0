public import Model

/// Rebuilds the exchanges of one protocol from the pieces of one flow. A value that is fed; it does no I/O.
public protocol ProtocolParser {
  static var id: ProtocolID { get }

  /// Whether a flow that begins like this speaks the protocol, by content alone: ports are not looked at.
  static func recognize(_ opening: borrowing Opening) -> Recognition

  init(options: ParserOptions)

  /// Takes the next bytes of one direction.
  mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent])

  /// Takes note of bytes that are missing from one direction.
  mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent])

  /// The flow is over; gives what is still open, marked incomplete.
  mutating func finish(at position: StreamPosition, into events: inout [ParserEvent])
}
