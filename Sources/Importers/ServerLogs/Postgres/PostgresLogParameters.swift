import Bytes

/// The values of a statement as PostgreSQL logs them (`BuildParamLogString` of src/backend/nodes/params.c).
enum PostgresLogParameters {
  /// `$1 = 'it''s', $2 = NULL` behind `parameters: ` or, from version 16 on, `Parameters: `; nil when it is no such list.
  static func values(_ detail: String?) -> [String?]? {
    guard let detail else { return nil }
    let mark = "arameters: "
    guard detail.utf8.count > mark.utf8.count + 1, detail.first == "p" || detail.first == "P",
      detail.dropFirst().hasPrefix(mark)
    else { return nil }
    var cursor = LogCursor(detail)
    cursor.move(to: mark.utf8.count + 1)
    var values: [String?] = []
    while true {
      guard cursor.skip(0x24), cursor.number(1...9) == values.count + 1, cursor.skip(" = ") else { return nil }
      if cursor.skip("NULL") {
        values.append(nil)
      } else {
        guard let value = value(&cursor) else { return nil }
        values.append(value)
      }
      if cursor.isAtEnd { return values }
      guard cursor.skip(", ") else { return nil }
    }
  }

  /// A quoted value in which quotation marks are doubled and nothing else is escaped.
  private static func value(_ cursor: inout LogCursor) -> String? {
    guard cursor.skip(0x27) else { return nil }
    let bytes = cursor.bytes
    var value: [UInt8] = []
    while let quote = bytes.span.firstIndex(of: 0x27, from: cursor.position) {
      value += bytes[cursor.position..<quote]
      cursor.move(to: quote + 1)
      guard cursor.skip(0x27) else { return String(decoding: value, as: UTF8.self) }
      value.append(0x27)
    }
    return nil
  }
}
