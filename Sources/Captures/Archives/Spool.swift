import Foundation

/// An anonymous temporary file: what archives hold is expanded into it once, and read from it in any order.
final class Spool {
  private let descriptor: Int32
  private let limit: UInt64
  private(set) var count: UInt64 = 0

  /// Makes the file and removes its name at once, so that nothing is left whatever happens.
  init(limit: UInt64) throws(InputError) {
    var template = Array((FileManager.default.temporaryDirectory.path + "/exhibit-XXXXXX").utf8CString)
    let descriptor = unsafe template.withUnsafeMutableBufferPointer { name -> Int32 in
      guard let start = name.baseAddress else { return -1 }
      let descriptor = unsafe mkstemp(start)
      if descriptor >= 0 { _ = unsafe unlink(start) }
      return descriptor
    }
    guard descriptor >= 0 else {
      throw InputError(
        .noSpace, path: FileManager.default.temporaryDirectory.path,
        "no temporary file can be made; set TMPDIR to a folder with room")
    }
    self.descriptor = descriptor
    self.limit = limit
  }

  deinit { close(descriptor) }

  /// Adds bytes at the end.
  ///
  /// - Returns: false when the limit is reached.
  /// - Throws: `InputError` when the disk is full.
  func append(_ bytes: [UInt8], _ range: Range<Int>) throws(InputError) -> Bool {
    guard count + UInt64(range.count) <= limit else { return false }
    var start = range.lowerBound
    while start < range.upperBound {
      let written = unsafe bytes.withUnsafeBytes { memory in
        unsafe pwrite(
          descriptor, memory.baseAddress.map { unsafe $0 + start }, range.upperBound - start,
          off_t(clamping: count))
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        throw InputError(
          .noSpace, path: FileManager.default.temporaryDirectory.path,
          "no room to expand an archive; free some, or set TMPDIR to a folder with room")
      }
      start += written
      count += UInt64(written)
    }
    return true
  }

  /// Reads a stretch that was added.
  func source(_ range: Range<UInt64>, name: String) -> any ByteSource {
    SpooledSource(self, range, name)
  }

  private final class SpooledSource: ByteSource {
    private let spool: Spool
    private let file: FileByteSource

    init(_ spool: Spool, _ range: Range<UInt64>, _ name: String) {
      self.spool = spool
      file = FileByteSource(
        descriptor: spool.descriptor, name: name, from: Int64(clamping: range.lowerBound),
        length: Int64(clamping: range.count), isSeekable: true)
    }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(InputError) -> Int {
      try file.read(into: &buffer, at: offset, count: count)
    }
  }
}
