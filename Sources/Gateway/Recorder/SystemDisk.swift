import Glibc

/// Files of the operating system.
public struct SystemDisk: RecordingDisk {
  public init() {}

  public func create(_ path: String) throws(RecorderError) -> any SegmentFile {
    // What agents and databases say to each other is for the gateway's own user alone.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw RecorderError.system(errno, path) }
    let file = SystemFile(descriptor, path)
    try SystemDisk.syncFolder(of: path)
    return file
  }

  public func freeBytes(in folder: String) throws(RecorderError) -> UInt64 {
    var status = statvfs()
    guard unsafe statvfs(folder, &status) == 0 else { throw RecorderError.system(errno, folder) }
    let (count, isTooMuch) = UInt64(clamping: status.f_bavail)
      .multipliedReportingOverflow(by: UInt64(clamping: status.f_frsize))
    return isTooMuch ? .max : count
  }

  /// Takes a file away for good; it may be gone already.
  static func remove(_ path: String) throws(RecorderError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw RecorderError.system(errno, path) }
    try syncFolder(of: path)
  }

  /// Makes the names in the folder of `path` durable.
  static func syncFolder(of path: String) throws(RecorderError) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = unsafe open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw RecorderError.system(errno, folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw RecorderError.system(errno, folder) }
  }
}

/// A descriptor that is closed when nobody holds it any more.
final class SystemFile: SegmentFile {
  private let descriptor: Int32
  private let path: String

  init(_ descriptor: Int32, _ path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  func write(_ bytes: Span<UInt8>) throws(RecorderError) {
    let problem: Int32? = unsafe bytes.withUnsafeBufferPointer { buffer in
      var rest = UnsafeRawBufferPointer(buffer)
      while unsafe !rest.isEmpty {
        let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        guard count > 0 else { return EIO }
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return nil
    }
    if let problem { throw RecorderError.system(problem, path) }
  }

  func sync() throws(RecorderError) {
    while fdatasync(descriptor) != 0 {
      guard errno == EINTR else { throw RecorderError.system(errno, path) }
    }
  }

  func truncate(to byteCount: UInt64) throws(RecorderError) {
    guard ftruncate(descriptor, off_t(clamping: byteCount)) == 0 else { throw RecorderError.system(errno, path) }
  }
}

extension RecorderError {
  /// What the system said of a file.
  static func system(_ number: Int32, _ path: String) -> RecorderError {
    let code: Code = [ENOSPC, EDQUOT, EFBIG].contains(number) ? .full : .disk
    let text = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    return RecorderError(code, "\(path): \(text)")
  }
}
