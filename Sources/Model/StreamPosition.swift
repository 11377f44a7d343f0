/// When and where a stream piece was seen.
public struct StreamPosition: Sendable, Hashable {
  /// Time of the packet that delivered the piece's first byte.
  public var time: Timestamp
  /// Source, packet and stream offset of the piece's first byte.
  public var origin: Origin

  public init(time: Timestamp, origin: Origin) {
    self.time = time
    self.origin = origin
  }
}
