import Bytes
import Glibc

/// A segment beside a log, read without following links.
final class SegmentFile {
  private static let blockByteCount = 256 << 10

  enum Absence: Error {
    case missing
    case unfit(String)
  }

  let byteCount: UInt64
  private let file: CInt
  private let place: String

  init(folder: String, name: String) throws {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), !name.utf8.contains(0) else {
      throw Absence.unfit("is no name of a file in the recording")
    }
    var above = folder
    for part in parts.dropLast() {
      above += "/\(part)"
      var status = stat()
      if unsafe lstat(above, &status) != 0 { throw Absence.missing }
      guard status.st_mode & S_IFMT == S_IFDIR else { throw Absence.unfit("lies behind a link") }
    }
    place = "\(folder)/\(name)"
    file = unsafe open(place, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else {
      let number = errno
      if number == ENOENT { throw Absence.missing }
      if number == ELOOP { throw Absence.unfit("is a link") }
      throw LogFolder.failure(place, number)
    }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(file)
      throw Absence.unfit("is no regular file")
    }
    byteCount = UInt64(max(0, status.st_size))
  }

  deinit { close(file) }

  /// The digest of a part; nil when the file ends before it does.
  func digest(offset: UInt64, length: UInt64) throws(EvidenceLogError) -> Digest? {
    guard offset <= byteCount, length <= byteCount - offset else { return nil }
    let hash = SHA256()
    var block = [UInt8](repeating: 0, count: Self.blockByteCount)
    var (position, rest) = (offset, length)
    while rest > 0 {
      let file = file
      let wanted = Int(min(UInt64(block.count), rest))
      let got = unsafe block.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, wanted, off_t(position)) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw LogFolder.failure(place) }
      if got == 0 { return nil }
      hash.update(block.span.extracting(0..<got))
      position += UInt64(got)
      rest -= UInt64(got)
    }
    return hash.finish()
  }

  /// As many bytes from a place on as there are, `count` at most.
  func bytes(offset: UInt64, count: Int) throws(EvidenceLogError) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: count)
    while true {
      let file = file
      let got = unsafe block.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, count, off_t(offset)) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw LogFolder.failure(place) }
      return Array(block.prefix(got))
    }
  }
}
