/// Something that was, or may have been, not recorded: a `recorder.lost` event.
public struct RecorderLoss: Sendable, Hashable {
  /// Name of the segment's file.
  public var segment: String?
  /// Where in it the readable part ends.
  public var offset: UInt64?
  /// Bytes of it that cannot be read, or that were given to the recorder and could not be written.
  public var bytes: UInt64
  /// Nanoseconds before the end in which more may be missing without a trace; 0 with `durability: strict`.
  public var window: Int64
  public var reason: String

  public init(segment: String? = nil, offset: UInt64? = nil, bytes: UInt64, window: Int64, reason: String) {
    self.segment = segment
    self.offset = offset
    self.bytes = bytes
    self.window = window
    self.reason = reason
  }
}
