import Glibc

/// Standard input, a pipe or a device: bytes that come once.
@safe final class DescriptorSource: ByteSource {
  private let descriptor: CInt
  private let path: String
  private let isOwned: Bool

  /// Standard input.
  init() {
    descriptor = STDIN_FILENO
    path = "-"
    isOwned = false
  }

  /// Opens a pipe or device, waiting for its other end.
  init(_ path: InputPath) throws(InputError) {
    let opened = unsafe path.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC) }
    guard opened >= 0 else { throw InputError(errno: errno, path: path.text) }
    descriptor = opened
    self.path = path.text
    isOwned = true
  }

  deinit { if isOwned { close(descriptor) } }

  func read(into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int {
    let descriptor = descriptor
    while true {
      let count = unsafe buffer.withUnsafeMutableBufferPointer { target in
        unsafe Glibc.read(descriptor, target.baseAddress, target.count)
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw InputError(errno: errno, path: path) }
    }
  }
}
