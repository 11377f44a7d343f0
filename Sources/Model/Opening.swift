/// The first bytes of both directions of a flow, as far as they have come.
public struct Opening: ~Escapable {
  /// The most that is kept of a direction before a parser is chosen, in bytes.
  public static let limit = 16 << 10

  public let fromClient: Span<UInt8>
  public let fromServer: Span<UInt8>
  /// The flow's beginning was not captured, so a message may begin anywhere.
  public let isMidstream: Bool

  @_lifetime(copy fromClient, copy fromServer)
  public init(fromClient: Span<UInt8>, fromServer: Span<UInt8>, isMidstream: Bool) {
    self.fromClient = fromClient
    self.fromServer = fromServer
    self.isMidstream = isMidstream
  }
}

/// What a parser or decryptor says of an opening.
public enum Recognition: Sendable, Hashable {
  case no
  /// It may be; more bytes will tell.
  case undecided
  case yes
  /// Yes, but what was taken for the client is the server.
  case yesReversed
}
