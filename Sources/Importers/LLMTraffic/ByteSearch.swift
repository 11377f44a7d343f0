import Bytes

extension [UInt8] {
  /// The index at which `text` begins first, at or after `start`.
  func firstIndex(of text: String, from start: Int = 0) -> Int? {
    let (bytes, wanted) = (span, text.utf8Span.span)
    guard !wanted.isEmpty else { return start }
    var start = start
    while let hit = bytes.firstIndex(of: wanted[0], from: start) {
      guard wanted.count <= bytes.count - hit else { return nil }
      if bytes.extracting(hit..<(hit + wanted.count)).elementsEqual(wanted) { return hit }
      start = hit + 1
    }
    return nil
  }
}

extension [UInt8] {
  /// The whole number that follows `text` at its first place, or at its last one; nil where there is none.
  func number(after text: String, last: Bool = false) -> Int? {
    var found: Int?
    var start = 0
    while let place = firstIndex(of: text, from: start) {
      found = place + text.utf8.count
      start = place + 1
      if !last { break }
    }
    guard let found else { return nil }
    let digits = self[found...].prefix { (0x30...0x39).contains($0) || $0 == 0x2D }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}

extension String {
  /// The first bytes, at most so many.
  func opening(_ byteCount: Int) -> [UInt8] { utf8Span.span.extracting(first: byteCount).array }

  /// Whether a byte of ASCII occurs.
  func holds(_ byte: UInt8) -> Bool { utf8Span.span.firstIndex(of: byte) != nil }

  /// Whether a word of ASCII, given in small letters, occurs, be it in capitals or not.
  func mentions(_ word: StaticString) -> Bool {
    // Names and ids are short: this is done before a search has been set up.
    let small = utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    let text = small.span
    var start = 0
    while start + word.utf8CodeUnitCount <= text.count {
      if text.extracting(start..<text.count).starts(with: word) { return true }
      start += 1
    }
    return false
  }
}
