import Glibc
import Model

/// A path as the system has it, which need not be text, and as it is shown.
struct InputPath: Hashable {
  /// Ends in NUL.
  private let bytes: [CChar]
  let text: String

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8CString)
  }

  /// A name within the folder `parent`.
  init(_ parent: InputPath, name: [UInt8]) {
    let isRoot = parent.text.hasSuffix("/")
    bytes = parent.bytes.dropLast() + (isRoot ? [] : [0x2f]) + name.map { CChar(bitPattern: $0) } + [0]
    text = parent.text + (isRoot ? "" : "/") + String(decoding: name, as: UTF8.self)
  }

  func withCString<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("a path has its NUL at least") }
      return unsafe body(start)
    }
  }
}

/// Which file a path leads to, whatever the path.
struct FileIdentity: Hashable {
  var device: UInt64
  var number: UInt64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    number = UInt64(status.st_ino)
  }
}

/// What the system says of a file before it is opened.
struct FileStatus {
  enum Kind { case regular, folder, link, stream, special }

  var kind: Kind
  var byteCount: UInt64
  var identity: FileIdentity
  var modifiedAt: Timestamp

  init(_ path: InputPath, followsLinks: Bool) throws(InputError) {
    var status = stat()
    let result = unsafe path.withCString { name in
      unsafe followsLinks ? stat(name, &status) : lstat(name, &status)
    }
    guard result == 0 else { throw InputError(errno: errno, path: path.text) }
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      case S_IFLNK: .link
      case S_IFIFO, S_IFCHR: .stream
      default: .special
      }
    byteCount = UInt64(max(0, status.st_size))
    identity = FileIdentity(status)
    let (whole, isLost) = Int64(status.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    modifiedAt = Timestamp(nanoseconds: isLost ? 0 : whole &+ Int64(status.st_mtim.tv_nsec))
  }
}

extension InputError {
  /// What the system said.
  init(errno number: CInt, path: String, offset: UInt64? = nil) {
    switch number {
    case ENOENT, ENOTDIR: self.init(.notFound, path: path, reason: "no such file", advice: "check the path")
    case EACCES, EPERM:
      self.init(.permissionDenied, path: path, reason: "permission denied", advice: "make it readable for this user")
    default:
      let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
      self.init(.readFailed, path: path, reason: "cannot be read (\(reason))", offset: offset)
    }
  }
}
