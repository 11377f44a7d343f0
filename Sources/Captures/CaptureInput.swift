/// One thing to read.
public enum CaptureInput {
  /// A file, a pipe, a folder; `-` is standard input.
  case path(String)
  /// Bytes that come once, with a name to show.
  case stream(String, any ByteSource)
  /// Bytes in memory, with a name to show.
  case memory(String, [UInt8])
}
