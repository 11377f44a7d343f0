/// The value behind a name that says password: `"password": "…"`, `PGPASSWORD=…`, `Server=…;Password=…;`, `password: …`
/// in a file of settings when it is quoted.
enum NamedPassword {
  private static let valueLimit = 256
  private static let shortest = 4
  private static let ends = ByteSet(" ;&\"',<>{}[]()\\", hasControls: true)

  /// Whether a name may end like this: `-rd`, `-wd`, `-ss`, `-se`.
  @inline(__always)
  private static func mayEnd(_ bytes: Span<UInt8>, _ end: Int) -> Bool {
    switch (bytes.peek(end - 2) | 0x20, bytes.peek(end - 1) | 0x20) {
    case (0x72, 0x64), (0x77, 0x64), (0x73, 0x73), (0x73, 0x65): true
    default: false
    }
  }

  private static let names: [StaticString] = ["password", "passwd", "pwd", "passphrase", "pass"]

  /// Whether a name that says password stands before the colon or the sign of equality at `index`.
  static func isNamed(_ bytes: Span<UInt8>, at index: Int) -> Bool { nameEnd(bytes, before: index) != nil }

  /// Where the name ends, and whether in quotation marks.
  private static func nameEnd(_ bytes: Span<UInt8>, before index: Int) -> (end: Int, isQuoted: Bool)? {
    var end = index
    while index - end < 4, bytes.peek(end - 1) == 0x20 { end -= 1 }
    var isQuoted = false
    if bytes.peek(end - 1) == 0x22 || bytes.peek(end - 1) == 0x27 {
      isQuoted = true
      end -= 1
      if bytes.peek(end - 1) == 0x5C { end -= 1 }
    }
    return mayEnd(bytes, end) && isName(bytes, end) ? (end, isQuoted) : nil
  }

  /// The value behind the colon or the sign of equality at `index`.
  static func find(_ bytes: Span<UInt8>, at index: Int) -> Range<Int>? {
    guard let (_, isQuoted) = nameEnd(bytes, before: index) else { return nil }
    var value = index + 1
    while value - index < 4, bytes.peek(value) == 0x20 { value += 1 }
    if bytes.peek(value) == 0x5C { value += 1 }
    let quote = bytes.peek(value)
    if quote == 0x22 || quote == 0x27 { return quoted(bytes, from: value + 1, quote) }
    // Without quotation marks a colon stands in sentences too.
    guard bytes.peek(index) == 0x3D, !isQuoted, value == index + 1 else { return nil }
    let stop = bytes.count
    var last = value
    while last < min(stop, value + valueLimit), !ends.contains(bytes[last]) { last += 1 }
    return accepted(bytes, value..<last)
  }

  private static func quoted(_ bytes: Span<UInt8>, from start: Int, _ quote: UInt8) -> Range<Int>? {
    let stop = min(bytes.count, start + valueLimit)
    var index = start
    while index < stop, bytes[index] != quote, bytes[index] >= 0x20 {
      if bytes[index] == 0x5C {
        // The end, where the quotation marks are escaped themselves.
        if bytes.peek(index + 1) == quote, bytes.peek(start - 2) == 0x5C { break }
        index += 1
      }
      index += 1
    }
    guard index < stop else { return nil }
    return accepted(bytes, start..<min(index, bytes.count))
  }

  private static func accepted(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
    range.count >= shortest && !Placeholder.isOne(bytes, range) ? range : nil
  }

  /// `password`, `db_password`, `PGPASSWORD`, `userPassword`: whatever stands before it, but no other letters in a row that
  /// make another word (`compass`, `bypass`).
  private static func isName(_ bytes: Span<UInt8>, _ end: Int) -> Bool {
    for name in names {
      let start = end - name.utf8CodeUnitCount
      guard start >= 0, matches(name, bytes, start) else { continue }
      if name.utf8CodeUnitCount > 4 { return true }
      let before = bytes.peek(start - 1)
      return !ByteClass.isLetter(before) || ByteClass.isUpper(bytes.peek(start)) && !ByteClass.isUpper(before)
    }
    return false
  }

  private static func matches(_ name: StaticString, _ bytes: Span<UInt8>, _ start: Int) -> Bool {
    var lower = InlineArray<12, UInt8>(repeating: 0)
    let count = min(12, name.utf8CodeUnitCount)
    for offset in 0..<count { lower[offset] = bytes.peek(start + offset) | 0x20 }
    return lower.span.has(name, at: 0)
  }
}
