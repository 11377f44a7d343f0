import Bytes

extension Span where Element == UInt8 {
  /// The byte at a place, and zero outside: what is looked at around a candidate may lie before the beginning or behind the
  /// end.
  @inline(__always)
  func peek(_ index: Int) -> UInt8 {
    index >= 0 && index < count ? self[index] : 0
  }

  /// Whether `text` stands at a place.
  func has(_ text: StaticString, at index: Int) -> Bool {
    guard index >= 0, index <= count else { return false }
    return extracting(index..<count).starts(with: text)
  }

  /// Whether the bytes of `text` stand at a place.
  func has(_ text: [UInt8], at index: Int) -> Bool {
    guard index >= 0, count - index >= text.count else { return false }
    var offset = 0
    for byte in text {
      if self[index + offset] != byte { return false }
      offset += 1
    }
    return true
  }

  /// Where bytes of `set` that begin at a place end, after `limit` of them at the latest.
  @inline(__always)
  func end(of set: ByteSet, from start: Int, limit: Int) -> Int {
    let stop = Swift.min(count, start + limit)
    var index = start
    while index < stop, set.contains(self[index]) { index += 1 }
    return index
  }
}
