import Bytes
import Glibc

/// Bytes put aside on disk in a file without a name: it vanishes with the process, however that ends.
@safe final class SpoolFile {
  private static let blockByteCount = 256 << 10
  static let advice = "point TMPDIR to a place with more room, or unpack the archive"

  private let place: String
  private let limit: UInt64
  private var descriptor: CInt = -1
  private var end: UInt64 = 0

  /// - Parameters:
  ///   - folder: nil takes `TMPDIR`, or else `/tmp`.
  ///   - limit: bytes that may be put aside altogether.
  init(folder: String?, limit: UInt64) {
    let named = folder ?? SpoolFile.environment ?? ""
    place = named.isEmpty ? "/tmp" : named
    self.limit = limit
  }

  private static var environment: String? {
    guard let value = unsafe getenv("TMPDIR") else { return nil }
    return unsafe String(cString: value)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private func create() throws(InputError) {
    guard descriptor < 0 else { return }
    var template = Array("\(place)/exhibit-XXXXXX".utf8CString)
    let opened = unsafe template.withUnsafeMutableBufferPointer { name -> CInt in
      guard let start = name.baseAddress else { return -1 }
      let opened = unsafe mkstemp(start)
      if opened >= 0 { unsafe unlink(start) }
      return opened
    }
    guard opened >= 0 else { throw failure(errno) }
    _ = fcntl(opened, F_SETFD, FD_CLOEXEC)
    descriptor = opened
  }

  private func failure(_ number: CInt) -> InputError {
    let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    return InputError(
      .spoolFailed, path: place, reason: "archive members cannot be put aside there (\(reason))",
      advice: SpoolFile.advice)
  }

  /// Puts aside all of `source`; what came before its failure, if it fails, is kept and the failure with it.
  ///
  /// - Throws: `spoolFailed` when the disk does not take it.
  func append(_ source: any ByteSource, path: String) throws(InputError) -> SpoolExtent {
    try create()
    let start = end
    var block = [UInt8](repeating: 0, count: SpoolFile.blockByteCount)
    var trouble: InputError?
    while true {
      var count = 0
      do {
        var space = block.mutableSpan
        count = try source.read(into: &space)
      } catch {
        trouble = error
      }
      guard count > 0 else { break }
      guard end + UInt64(count) <= limit else {
        trouble = InputError(
          .spoolLimit, path: path, reason: "more than \(limit) bytes to put in order", advice: SpoolFile.advice)
        break
      }
      try write(block.span.extracting(0..<count))
    }
    return SpoolExtent(self, start: start, byteCount: end - start, trouble: trouble)
  }

  private func write(_ bytes: Span<UInt8>) throws(InputError) {
    var written = 0
    while written < bytes.count {
      let descriptor = descriptor
      let place = off_t(end)
      let count = unsafe bytes.extracting(written..<bytes.count).withUnsafeBufferPointer { rest in
        unsafe pwrite(descriptor, rest.baseAddress, rest.count, place)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(count < 0 ? errno : ENOSPC) }
      written += count
      end += UInt64(count)
    }
  }

  fileprivate func read(at offset: UInt64, count room: Int, into buffer: inout MutableSpan<UInt8>) throws(InputError)
    -> Int
  {
    let descriptor = descriptor
    while true {
      let count = unsafe buffer.withUnsafeMutableBufferPointer { target in
        unsafe pread(descriptor, target.baseAddress, min(room, target.count), off_t(offset))
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw failure(errno) }
    }
  }
}

/// What was put aside of one member.
final class SpoolExtent: RandomAccessBytes {
  private let file: SpoolFile
  private let start: UInt64
  let byteCount: UInt64
  /// Why it ends before the member does.
  let trouble: InputError?

  init(_ file: SpoolFile, start: UInt64, byteCount: UInt64, trouble: InputError?) {
    self.file = file
    self.start = start
    self.byteCount = byteCount
    self.trouble = trouble
  }

  func read(at offset: UInt64, into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int {
    guard offset < byteCount else {
      if let trouble { throw trouble }
      return 0
    }
    let room = Int(min(UInt64(buffer.count), byteCount - offset))
    return try file.read(at: start + offset, count: room, into: &buffer)
  }

  func release() {}
}
