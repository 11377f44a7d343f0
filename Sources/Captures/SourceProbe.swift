public import Bytes

/// What is known of a source before it is read, to tell whether it was read in an earlier call.
public struct SourceProbe {
  public let path: String
  /// Nil for standard input and where an archive does not say: then compare by `headDigest` alone.
  public let byteCount: UInt64?
  /// SHA-256 of the first 64 KiB, or of all where there is less.
  public let headDigest: Digest
  let computeDigest: () throws -> Digest

  /// SHA-256 of all bytes: a full pass over them, so ask only when the other two match.
  public func digest() throws -> Digest { try computeDigest() }
}
