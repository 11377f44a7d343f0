/// The beginning of a text, and how long all of it is.
struct Excerpt {
  /// Cut at a character's boundary, at or before the limit.
  let text: Substring
  let isCut: Bool
  /// UTF-8 bytes of the whole text.
  let byteCount: Int

  init(_ text: String, limit: Int) {
    let utf8 = text.utf8
    byteCount = utf8.count
    isCut = byteCount > limit
    guard isCut, var end = utf8.index(utf8.startIndex, offsetBy: limit, limitedBy: utf8.endIndex) else {
      self.text = text[...]
      return
    }
    // A continuation byte (10xxxxxx) is inside a scalar: go back to its first byte.
    while end > utf8.startIndex, end < utf8.endIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
    self.text = text[..<end]
  }
}
