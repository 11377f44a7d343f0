/// The content of a request or response (RFC 9110 §6.4), with transfer and content codings removed.
public struct CallBody: Sendable, Hashable {
  /// Layout `text` when it is well-formed UTF-8 (or was brought to it from its charset), else `bytes`. When a coding could
  /// not be removed, the bytes as they were coded.
  public var content: Payload
  /// Bytes of the content as coded: without chunk framing, before decompression.
  public var codedByteCount: UInt64
  /// The content codings that were removed, in the order in which they had been applied: `["gzip"]`.
  public var codings: [String]
  /// The Content-Type field, as sent.
  public var mediaType: String?
  /// Why `content` is not all of it or not decoded: `br: damaged after 1,024 bytes`. Nil when nothing needs saying.
  public var note: String?

  public init(
    content: Payload, codedByteCount: UInt64, codings: [String] = [], mediaType: String? = nil, note: String? = nil
  ) {
    self.content = content
    self.codedByteCount = codedByteCount
    self.codings = codings
    self.mediaType = mediaType
    self.note = note
  }
}
