/// The five bytes before each record.
struct RecordHeader: Sendable, Hashable {
  static let byteCount = 5
  /// RFC 5246 §6.2.3: a ciphertext is at most 2^14 + 2048 bytes.
  static let bodyLimit = (1 << 14) + 2048

  let content: UInt8
  let version: UInt16
  let bodyCount: Int

  /// ```
  /// +------+-----------+----------+
  /// | type |  version  |  length  |
  /// +------+-----------+----------+
  /// ```
  /// Nil when fewer bytes are there.
  init?(_ bytes: Span<UInt8>, at start: Int = 0) {
    guard start >= 0, bytes.count - start >= Self.byteCount else { return nil }
    content = bytes[start]
    version = UInt16(bytes[start + 1]) << 8 | UInt16(bytes[start + 2])
    bodyCount = Int(bytes[start + 3]) << 8 | Int(bytes[start + 4])
  }

  /// A type and version that exist, and a length within the limit.
  var isPlausible: Bool {
    (20...24).contains(content) && (0x0300...0x0304).contains(version) && bodyCount <= Self.bodyLimit
      && (bodyCount > 0 || content == 23)
  }

  var bytes: [UInt8] {
    [
      content, UInt8(truncatingIfNeeded: version >> 8), UInt8(truncatingIfNeeded: version),
      UInt8(truncatingIfNeeded: bodyCount >> 8), UInt8(truncatingIfNeeded: bodyCount),
    ]
  }
}
