#if canImport(Glibc)
  public import Glibc
#endif

extension Span where Element == UInt8 {
  /// The index of the first `byte` at or after `start`, by `memchr`.
  @inlinable
  public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    guard start >= 0, start < count else { return nil }
    return unsafe withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      guard let hit = unsafe memchr(base + start, Int32(byte), buffer.count - start) else { return nil }
      return unsafe UnsafePointer<UInt8>(hit.assumingMemoryBound(to: UInt8.self)) - base
    }
  }

  /// A copy of the bytes.
  @inlinable
  public var array: [UInt8] {
    unsafe withUnsafeBufferPointer { unsafe Array($0) }
  }

  /// Whether the bytes are exactly those of `other`.
  @inlinable
  public func elementsEqual(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    return unsafe withUnsafeBufferPointer { left in
      unsafe other.withUnsafeBufferPointer { right in
        guard let a = left.baseAddress, let b = right.baseAddress else { return true }
        return unsafe memcmp(a, b, left.count) == 0
      }
    }
  }

  /// Whether the bytes begin with those of `prefix`.
  @inlinable
  public func starts(with prefix: StaticString) -> Bool {
    guard count >= prefix.utf8CodeUnitCount else { return false }
    return unsafe withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return prefix.utf8CodeUnitCount == 0 }
      return unsafe memcmp(base, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0
    }
  }

  /// The bytes as text; ill-formed UTF-8 becomes U+FFFD.
  @inlinable
  public var string: String {
    unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Whether the bytes are well-formed UTF-8.
  public var isUTF8: Bool { validString != nil }

  /// The bytes as text; nil when they are no well-formed UTF-8.
  public var validString: String? {
    unsafe withUnsafeBufferPointer { buffer in unsafe String(validating: buffer, as: UTF8.self) }
  }
}

extension Array where Element == UInt8 {
  /// Adds the bytes of `span`, in one copy.
  @inlinable
  public mutating func append(contentsOf span: Span<UInt8>) {
    unsafe span.withUnsafeBufferPointer { unsafe self.append(contentsOf: $0) }
  }
}
