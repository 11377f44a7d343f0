/// Bytes in memory: what tests and the fuzzer feed.
final class MemoryBytes: RandomAccessBytes {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var byteCount: UInt64 { UInt64(bytes.count) }

  func read(at offset: UInt64, into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int {
    guard let start = Int(exactly: offset), start < bytes.count else { return 0 }
    return copy(bytes, from: start, to: &buffer)
  }

  func release() {}
}
