/// A payload as the case file holds it.
public struct StoredPayload: Sendable, Hashable {
  public var layout: Payload.Layout
  /// The kept bytes, expanded.
  public var bytes: [UInt8]
  /// Bytes in all, of which `bytes` may be the first only.
  public var byteCount: UInt64
  /// Over all bytes.
  public var sha256: String
  /// The columns of layout `rows`.
  public var columns: [Column]

  /// What rules of masking left of it, of another length; `isMaskedCut` then says whether it was cut before.
  public var isMasked = false
  public var isMaskedCut = false

  public var isCut: Bool { isMasked ? isMaskedCut : UInt64(bytes.count) < byteCount }

  public init(layout: Payload.Layout, bytes: [UInt8], byteCount: UInt64, sha256: String, columns: [Column]) {
    self.layout = layout
    self.bytes = bytes
    self.byteCount = byteCount
    self.sha256 = sha256
    self.columns = columns
  }
}
