import Foundation

/// A file, or a stretch of it.
public final class FileByteSource: ByteSource {
  private let descriptor: Int32
  private let path: String
  private let owns: Bool
  private var position: Int64
  private let end: Int64?
  /// Pipes and devices are read in sequence.
  private let isSeekable: Bool

  /// Opens a file to read it from its first byte.
  ///
  /// - Throws: `InputError` when it is missing or cannot be opened.
  public init(path: String) throws(InputError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw InputError(opening: path, errno) }
    self.descriptor = descriptor
    self.path = path
    owns = true
    position = 0
    end = nil
    isSeekable = lseek(descriptor, 0, SEEK_CUR) >= 0
  }

  /// Reads a stretch of a descriptor that someone else closes; nil for `length` means to its end.
  init(descriptor: Int32, name: String, from start: Int64 = 0, length: Int64? = nil, isSeekable: Bool) {
    self.descriptor = descriptor
    path = name
    owns = false
    position = start
    end = length.map { start + $0 }
    self.isSeekable = isSeekable
  }

  deinit { if owns { close(descriptor) } }

  /// Standard input, in sequence.
  public static var standardInput: FileByteSource {
    FileByteSource(descriptor: 0, name: "-", isSeekable: false)
  }

  public func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(InputError) -> Int {
    var wanted = min(count, buffer.count - offset)
    if let end { wanted = min(wanted, Int(clamping: end - position)) }
    guard wanted > 0 else { return 0 }
    while true {
      let got = unsafe buffer.withUnsafeMutableBytes { memory -> Int in
        let target = unsafe memory.baseAddress.map { unsafe $0 + offset }
        return isSeekable
          ? unsafe pread(descriptor, target, wanted, off_t(position))
          : unsafe Foundation.read(descriptor, target, wanted)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else {
        throw InputError(
          .unreadable, path: path, offset: UInt64(clamping: position), unsafe String(cString: strerror(errno)))
      }
      position += Int64(got)
      return got
    }
  }
}

extension InputError {
  /// What a failed open(2) means to the person who gave the path.
  init(opening path: String, _ number: Int32) {
    switch number {
    case ENOENT: self.init(.missing, path: path, "no such file; check the path")
    case EACCES, EPERM: self.init(.unreadable, path: path, "permission denied; read it as a user who may")
    default: self.init(.unreadable, path: path, "cannot be opened: \(unsafe String(cString: strerror(number)))")
    }
  }
}
