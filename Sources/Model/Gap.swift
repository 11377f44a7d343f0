/// Bytes of a flow that are known to have existed and are not in the capture.
public struct Gap: Sendable, Hashable {
  public enum Reason: String, Sendable, Hashable {
    /// The peer acknowledged bytes that no captured packet holds.
    case notCaptured = "not-captured"
    /// A snap length cut the packet that held them.
    case snapLength = "snap-length"
    /// A bound on memory or waiting was reached before they came.
    case bound
    /// The capture or the flow ended while later bytes were already seen.
    case ended
  }

  public var byteCount: UInt64
  public var reason: Reason

  public init(byteCount: UInt64, reason: Reason) {
    self.byteCount = byteCount
    self.reason = reason
  }
}
