import Glibc
import Model

/// A regular file, read anywhere.
@safe final class FileBytes: RandomAccessBytes {
  let path: InputPath
  let byteCount: UInt64
  let identity: FileIdentity
  let modifiedAt: Timestamp
  /// Whether the descriptor is kept between reads; false while very many sources are open.
  var keepsOpen = true
  private var descriptor: CInt = -1

  /// Opens the file to see that it can be read.
  init(_ path: InputPath) throws(InputError) {
    self.path = path
    let status = try FileStatus(path, followsLinks: true)
    byteCount = status.byteCount
    identity = status.identity
    modifiedAt = status.modifiedAt
    try open()
  }

  deinit { release() }

  func release() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
  }

  private func open() throws(InputError) {
    descriptor = unsafe path.withCString { unsafe Glibc.open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw InputError(errno: errno, path: path.text) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw InputError(errno: errno, path: path.text) }
    guard FileIdentity(status) == identity else {
      release()
      throw InputError(.fileChanged, path: path.text, reason: "the file was replaced while it was read")
    }
  }

  func read(at offset: UInt64, into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int {
    guard let place = off_t(exactly: offset) else { return 0 }
    if descriptor < 0 { try open() }
    defer { if !keepsOpen { release() } }
    let descriptor = descriptor
    while true {
      let count = unsafe buffer.withUnsafeMutableBufferPointer { target in
        unsafe pread(descriptor, target.baseAddress, target.count, place)
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw InputError(errno: errno, path: path.text, offset: offset) }
    }
  }
}
