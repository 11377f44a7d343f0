/// Addresses of mail (RFC 5322 §3.4.1, RFC 6531), as they are in use: of the marks that may stand in a name without
/// quotation marks only `.`, `_`, `%`, `+`, `-` and `'` are taken, since the others stand around addresses more often.
enum MailAddress {
  /// RFC 5321 §4.5.3.1
  private static let nameLimit = 64
  private static let domainLimit = 255
  /// DNS labels (RFC 1035 §2.3.4); those of other scripts take more bytes here than there.
  private static let labelLimit = 63

  private static let nameMarks = ByteSet("._%+-'")
  /// Letters of line ends and tabs that are written with a backslash.
  private static let escapes = ByteSet("nrt")
  /// What looks like a domain behind `icon@2x`.
  private static let files: [StaticString] = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts", "json", "map", "ico", "html", "tgz", "gz", "zip",
    "jar",
  ]

  /// The address around the mark at `index`, which is `length` bytes long: `@`, or `%40` where it is escaped.
  /// `floor`: what is before it belongs to an address already.
  static func find(_ bytes: Span<UInt8>, at index: Int, length: Int, floor: Int) -> Range<Int>? {
    guard let start = nameStart(bytes, before: index, floor: floor, isEscaped: length > 1) else { return nil }
    guard let end = domainEnd(bytes, from: index + length) else { return nil }
    // `https://user@host`, `git@host:path`
    if bytes.peek(start - 1) == 0x2F, bytes.peek(start - 2) == 0x2F { return nil }
    if bytes.peek(end) == 0x3A, index - start == 3, bytes.has("git", at: start) { return nil }
    return start..<end
  }

  private static func nameStart(_ bytes: Span<UInt8>, before index: Int, floor: Int, isEscaped: Bool) -> Int? {
    let stop = max(floor, index - nameLimit)
    if bytes.peek(index - 1) == 0x22 { return quotedStart(bytes, before: index, stop: stop) }
    var start = index
    while start > stop {
      let byte = bytes.peek(start - 1)
      guard ByteClass.isWord(byte) || nameMarks.contains(byte) || byte >= 0x80 else { break }
      if byte == 0x2E, bytes.peek(start) == 0x2E { break }
      // In a query that is escaped, `%` begins another character.
      if isEscaped, byte == 0x25 {
        start += 2
        break
      }
      start -= 1
    }
    // The letter of `\n` is none of the name.
    if bytes.peek(start - 1) == 0x5C, escapes.contains(bytes.peek(start)) { start += 1 }
    while start < index {
      let byte = bytes.peek(start)
      if ByteClass.isWord(byte) || byte >= 0x80 || byte == 0x2B { break }
      start += 1
    }
    let last = bytes.peek(index - 1)
    return start < index && last != 0x2E && last != 0x27 ? start : nil
  }

  /// `"john doe"@…`
  private static func quotedStart(_ bytes: Span<UInt8>, before index: Int, stop: Int) -> Int? {
    var start = index - 2
    while start >= stop {
      let byte = bytes.peek(start)
      if byte == 0x22 { return index - start > 2 ? start : nil }
      if byte < 0x20 { return nil }
      start -= 1
    }
    return nil
  }

  private static func domainEnd(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    let stop = min(bytes.count, start + domainLimit)
    var index = start
    var label = start
    var end: Int?
    var hasLetter = false
    while true {
      let byte = index < stop ? bytes[index] : 0
      if ByteClass.isAlphanumeric(byte) || byte >= 0x80 || byte == 0x2D && index > label {
        if !ByteClass.isDigit(byte), byte != 0x2D { hasLetter = true }
        index += 1
        continue
      }
      let isGood = index > label && index - label <= labelLimit * 2 && bytes.peek(index - 1) != 0x2D
      // The last label of a name on the net is none of digits.
      if isGood, label > start, hasLetter, index - label >= 2, !isFile(bytes, label..<index) { end = index }
      guard isGood, byte == 0x2E else { break }
      index += 1
      label = index
      hasLetter = false
    }
    // `user@host.example.4`, or one that goes on with an underscore, is none.
    guard let end, end == index || end == index - 1, bytes.peek(end) != 0x5F else { return nil }
    return end
  }

  private static func isFile(_ bytes: Span<UInt8>, _ label: Range<Int>) -> Bool {
    for name in files where name.utf8CodeUnitCount == label.count && bytes.has(name, at: label.lowerBound) {
      return true
    }
    return false
  }
}
