/// Where bytes come from, one after another: a file, standard input, memory, a member of an archive.
public protocol ByteSource: AnyObject {
  /// Fills `buffer` from its start with the next bytes, at least one unless the end is reached.
  ///
  /// - Returns: how many bytes were put; 0 at the end.
  func read(into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int
}

/// Bytes that can be read anywhere, and so more than once.
protocol RandomAccessBytes: AnyObject {
  /// As far as known when they were opened.
  var byteCount: UInt64 { get }

  /// Fills `buffer` from its start with what stands at `offset`; 0 at the end.
  func read(at offset: UInt64, into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int

  /// Gives up what the system holds for it; the next read takes it again.
  func release()
}

/// Copies as many of `bytes` from `start` on as fit to the start of `buffer`.
@_lifetime(buffer: copy buffer)
func copy(_ bytes: [UInt8], from start: Int, to buffer: inout MutableSpan<UInt8>) -> Int {
  let count = min(bytes.count - start, buffer.count)
  guard count > 0 else { return 0 }
  unsafe buffer.withUnsafeMutableBufferPointer { target in
    unsafe bytes.span.extracting(start..<bytes.count).withUnsafeBufferPointer { source in
      if let from = source.baseAddress, let to = target.baseAddress { unsafe to.update(from: from, count: count) }
    }
  }
  return count
}
