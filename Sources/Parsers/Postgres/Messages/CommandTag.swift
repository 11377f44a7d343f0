/// The tag of CommandComplete: `INSERT 0 5`, `COPY 7`, `CREATE TABLE`.
enum CommandTag {
  /// The row count, where the tag has one: its last word, when that is a number.
  static func rowCount(_ tag: String) -> UInt64? {
    var count: UInt64 = 0
    var scale: UInt64 = 1
    var digits = 0
    for byte in tag.utf8.reversed() {
      if byte == 0x20 { return digits > 0 ? count : nil }
      guard (0x30...0x39).contains(byte), digits < 19 else { return nil }
      count += UInt64(byte - 0x30) * scale
      scale *= 10
      digits += 1
    }
    return nil
  }
}
