/// A place in the recording. With `strict` it is passed when it is on disk; with `batched` when there is room for it.
public struct Ticket: Sendable, Hashable {
  /// Bytes that the recorder had taken over, this record's included.
  let position: UInt64
  /// Leaves that the evidence log must have committed, for what decides over a request; otherwise 0.
  var leaf: UInt64 = 0
}
