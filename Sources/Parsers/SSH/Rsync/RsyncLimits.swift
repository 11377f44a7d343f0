/// Bounds on what the reader of rsync believes and holds.
enum RsyncLimits {
  /// Bytes of either side before its frames begin: a version, flags, two lists of names, a seed. A name list is at most 255.
  static let greeting = 64 << 10
  /// Bytes of a path: MAXPATHLEN of Linux.
  static let path = 4_096
  /// Entries of the lists that are held at once, and bytes of their names; rsync itself holds about 1,000 entries ahead.
  static let entries = 1 << 20
  static let nameBytes = 64 << 20
  /// Bytes of one literal piece: CHUNK_SIZE of rsync is 32 KiB; others may send more.
  static let literal = 1 << 24
  /// Bytes of a message beside the data: MAXPATHLEN is the longest that is of use.
  static let message = 64 << 10
  /// Entries of a list of users or groups.
  static let names = 1 << 16
}
