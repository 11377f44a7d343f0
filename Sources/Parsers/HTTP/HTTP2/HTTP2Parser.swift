import Bytes
public import Model

/// HTTP/2 of which the beginning was not captured: no preface says what it is, so its frames have to.
///
/// A connection whose preface is there goes through `HTTPParser`.
public struct HTTP2Parser: ProtocolParser {
  public static let id = ProtocolID.http

  private var connection: HTTP2Connection

  public init(options: ParserOptions) { connection = HTTP2Connection(options: options, upgradedRequest: nil) }

  public static func recognize(_ opening: borrowing Opening) -> Recognition {
    guard opening.isMidstream else { return .no }
    let client = HTTP2Sighting(opening.fromClient)
    let server = HTTP2Sighting(opening.fromServer)
    guard client?.isEnough == true || server?.isEnough == true else { return .undecided }
    // Pseudo-header fields tell which end is which; a capture's own guess goes by ports.
    let votes = (client?.requestVotes ?? 0) - (server?.requestVotes ?? 0)
    return votes < 0 ? .yesReversed : .yes
  }

  public mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) { connection.receive(bytes, from: direction, at: position, into: &events) }

  public mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) { connection.skip(gap, from: direction, at: position, into: &events) }

  public mutating func finish(at position: StreamPosition, into events: inout [ParserEvent]) {
    connection.finish(at: position, into: &events)
  }
}
