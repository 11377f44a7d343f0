import Bytes
import Model

/// A request that waits for its answer.
struct SFTPRequest {
  enum Kind {
    case open(path: String, flags: UInt32, FileAttributes?)
    case openFolder(path: String)
    case close(handle: [UInt8])
    case read(handle: [UInt8], offset: UInt64)
    case write(handle: [UInt8])
    case readFolder(handle: [UInt8])
    /// FSTAT, whose answer also tells the size of the open file.
    case fstat(handle: [UInt8], FileOperation)
    /// FSETSTAT, which may cut or grow the open file.
    case fsetstat(handle: [UInt8], FileOperation)
    case simple(FileOperation)
  }

  var kind: Kind
  let begin: StreamPosition
  let byteCount: Int
}

/// Where and when a message was seen.
struct SFTPEnvelope {
  let begin: StreamPosition
  let endTime: Timestamp
  let byteCount: Int
}
