public import Model

/// A file, or a member of an archive, that holds no packets: the caller knows what it is, and reads it.
public struct CaptureDocument {
  /// Its place in `CaptureSet.sources`.
  public let ordinal: Int
  /// As given, members joined by `!`. Hostile; shown only when escaped.
  public let path: String
  /// What the caller called it: `transcript`.
  public let kind: String
  /// When the file was last written; nil where that is not known.
  public let modifiedAt: Timestamp?
  let bytes: any RandomAccessBytes
}
