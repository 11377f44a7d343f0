/// Where bytes come from: a file, standard input, a member of an archive, memory.
public protocol ByteSource: AnyObject {
  /// Fills up to `count` bytes of `buffer` from `offset` on, which it has room for.
  ///
  /// - Returns: how many; 0 at the end.
  /// - Throws: `InputError`.
  func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(InputError) -> Int
}

/// Bytes in memory, for tests and small things.
public final class MemoryByteSource: ByteSource {
  private let bytes: [UInt8]
  private var position = 0
  /// Gives at most this many bytes at once.
  private let stride: Int

  public init(_ bytes: [UInt8], stride: Int = .max) {
    self.bytes = bytes
    self.stride = stride
  }

  public func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(InputError) -> Int {
    let taken = min(count, stride, bytes.count - position)
    guard taken > 0 else { return 0 }
    buffer.replaceSubrange(offset..<(offset + taken), with: bytes[position..<(position + taken)])
    position += taken
    return taken
  }
}
