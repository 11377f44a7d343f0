/// The name that stands before a value in a text: `"ssn": "…"`, `ssn=…`, `<ssn>…`, `her SSN is …`.
enum NearbyNames {
  /// Bytes that are read back; a name farther away is of something else.
  static let reach = 48
  /// For what stands in every line of a log, and would only be taken back by a name next to it.
  static let shortReach = 20

  /// In a sentence, where nothing stands between a name and its value.
  private static let sentenceReach = 32

  /// Between two values: what is before it names another.
  private static let ends = ByteSet(",;{}&?|/\n\r\t")

  /// What the words before `start` say.
  static func hints(_ bytes: Span<UInt8>, before start: Int, reach: Int = reach) -> NameHints {
    // In rows of text a value follows a comma, which is told at once.
    let (first, isWhole) = beginning(bytes, before: start, reach)
    guard start - first > 1 else { return [] }
    var from = first
    if !isWhole {
      // A word that is cut may be any.
      while from < start, ByteClass.isWord(bytes.peek(from)) { from += 1 }
    }
    return NameReading.hints(bytes, from..<start, isColumn: false)
  }

  /// Where the name begins at the earliest, and whether nothing of it was cut off.
  private static func beginning(_ bytes: Span<UInt8>, before start: Int, _ reach: Int) -> (Int, Bool) {
    let floor = max(0, start - reach)
    var index = start
    var separator: UInt8 = 0
    var digits = 0
    var hasLetters = false
    while index > floor {
      let byte = bytes[index - 1]
      if ends.contains(byte) { return (index, true) }
      if separator == 0, start - index >= sentenceReach { return (index, !ByteClass.isWord(byte)) }
      switch byte {
      case 0x3D, 0x3A:
        // A second one belongs to the value before.
        if separator != 0 || hasLetters { return (index, true) }
        separator = byte
      case 0x3C:
        return (index, true)
      case 0x3E:
        if hasLetters { return (index, true) }
        separator = byte
      case 0x20:
        // `a=1 b=2`
        if separator == 0x3D, hasLetters { return (index, true) }
      case 0x2E:
        // The end of a sentence, but not that of `No.`.
        if bytes.peek(index) == 0x20, ByteClass.isWord(bytes.peek(index - 5)), ByteClass.isWord(bytes.peek(index - 4)) {
          return (index, true)
        }
      case 0x30...0x39:
        digits += 1
        // Another value.
        if digits > 4 { return (index + digits - 1, true) }
        index -= 1
        continue
      default:
        if byte >= 0x80 || ByteClass.isWord(byte) { hasLetters = true }
      }
      digits = 0
      index -= 1
    }
    return (index, floor == 0 || !ByteClass.isWord(bytes.peek(floor - 1)))
  }
}
