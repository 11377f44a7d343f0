import CZlib

/// A gzip file (RFC 1952), by zlib itself: of a file that is cut, libarchive would keep the last 64 KiB to itself.
///
/// It reads as an archive of one entry; further gzip members continue it, as RFC 1952 §2.2 says.
@safe final class GzipStream: EntryReading {
  private static let blockByteCount = 256 << 10

  private let source: any ByteSource
  private let path: String
  private let stream: UnsafeMutablePointer<z_stream>
  private let block: UnsafeMutableBufferPointer<UInt8>
  private var isStarted = false
  /// A member is over; another may follow.
  private var isBetween = false
  private var isOver = false
  private var hasMoreInput = true
  private var failure: InputError?

  var isBroken: Bool { failure != nil }

  init(_ source: any ByteSource, path: String) {
    self.source = source
    self.path = path
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe block = .allocate(capacity: GzipStream.blockByteCount)
    unsafe block.initialize(repeating: 0)
    // 15 bits of window, and 16 for gzip's own header and trailer.
    let started = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    if started != Z_OK { failure = InputError(.readFailed, path: path, reason: "zlib is out of memory") }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
    unsafe block.deallocate()
  }

  func nextEntry() throws(InputError) -> ArchiveHandle.Entry? {
    if isStarted { return nil }
    isStarted = true
    return ArchiveHandle.Entry(name: nil, byteCount: nil, isFile: true, isEncrypted: false)
  }

  func read(into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int {
    if let failure { throw failure }
    while !isOver {
      if isBetween, !beginsMember() { break }
      if unsafe stream.pointee.avail_in == 0 { fill() }
      let (count, result) = inflate(into: &buffer)
      switch result {
      case Z_OK: break
      case Z_STREAM_END: isBetween = true
      // No progress: with all input used that is its end.
      case Z_BUF_ERROR:
        if !hasMoreInput { fail("the compressed stream is cut") }
      default: fail("the compressed stream is damaged" + detail())
      }
      // What was expanded before a failure comes first; the failure is for the next call.
      if count > 0 { return count }
      if let failure { throw failure }
    }
    isOver = true
    return 0
  }

  private func fail(_ reason: String) {
    if failure == nil { failure = InputError(.archiveDamaged, path: path, reason: reason) }
  }

  private func detail() -> String {
    guard let text = unsafe stream.pointee.msg else { return "" }
    return " (" + (unsafe String(cString: text)) + ")"
  }

  private func inflate(into buffer: inout MutableSpan<UInt8>) -> (count: Int, result: CInt) {
    unsafe buffer.withUnsafeMutableBufferPointer { target in
      let room = UInt32(clamping: target.count)
      unsafe stream.pointee.next_out = target.baseAddress
      unsafe stream.pointee.avail_out = room
      let result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
      return (Int(room - (unsafe stream.pointee.avail_out)), result)
    }
  }

  /// Whether another member starts here; what else may stand behind the last one is padding.
  private func beginsMember() -> Bool {
    while unsafe stream.pointee.avail_in < 2, hasMoreInput { fill() }
    guard unsafe stream.pointee.avail_in >= 2, let next = unsafe stream.pointee.next_in else { return false }
    guard unsafe next[0] == 0x1f, unsafe next[1] == 0x8b else { return false }
    isBetween = false
    return unsafe inflateReset(stream) == Z_OK
  }

  /// Reads more input behind what is left of it.
  private func fill() {
    guard hasMoreInput else { return }
    let left = unsafe Int(stream.pointee.avail_in)
    if left > 0, let start = unsafe block.baseAddress, let next = unsafe stream.pointee.next_in {
      unsafe start.update(from: next, count: left)
    }
    var count = 0
    do throws(InputError) {
      var space = unsafe MutableSpan(_unsafeElements: UnsafeMutableBufferPointer(rebasing: block[left...]))
      count = try source.read(into: &space)
    } catch {
      failure = error
    }
    hasMoreInput = count > 0
    unsafe stream.pointee.next_in = block.baseAddress
    unsafe stream.pointee.avail_in = UInt32(left + count)
  }
}
