/// The files of a recording; a test puts another in its place.
public protocol RecordingDisk: Sendable {
  /// Creates a file that is not there yet, and makes its name durable.
  func create(_ path: String) throws(RecorderError) -> any SegmentFile
  /// Bytes that can be written into files of a folder.
  func freeBytes(in folder: String) throws(RecorderError) -> UInt64
}

/// A file that is written from its beginning on.
public protocol SegmentFile: AnyObject, Sendable {
  /// Appends all of `bytes`, or throws; then some of them may have been written.
  func write(_ bytes: Span<UInt8>) throws(RecorderError)
  /// What was written is on disk when it returns.
  func sync() throws(RecorderError)
  /// Cuts what was written of a block that could not be finished.
  func truncate(to byteCount: UInt64) throws(RecorderError)
}
