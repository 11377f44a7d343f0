extension StringProtocol {
  /// The longest beginning of at most so many bytes of UTF-8, without cutting a character's encoding.
  func prefix(bytes limit: Int) -> Substring {
    let text = Substring(self)
    let bytes = text.utf8
    guard bytes.count > limit, var end = bytes.index(bytes.startIndex, offsetBy: limit, limitedBy: bytes.endIndex)
    else { return text }
    // A continuation byte (10xxxxxx) is inside a scalar: go back to its first byte.
    while end > bytes.startIndex, end < bytes.endIndex, bytes[end] & 0xC0 == 0x80 { end = bytes.index(before: end) }
    return text[..<end]
  }
}
