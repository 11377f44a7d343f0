/// The tag of CommandComplete: `INSERT 0 5`, `COPY 7`, `CREATE TABLE`.
enum CommandTag {
  /// The row count, where the tag has one: its last word when that is a number and not the first.
  static func rowCount(_ tag: String) -> UInt64? {
    guard let space = tag.utf8.lastIndex(of: UInt8(ascii: " ")) else { return nil }
    return UInt64(tag[tag.utf8.index(after: space)...])
  }
}
