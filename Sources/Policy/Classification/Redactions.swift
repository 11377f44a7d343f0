/// Finds the secrets in a text of SQL.
enum Redactions {
  /// UTF-8 offsets: the literal after the word PASSWORD, and what follows `password=` within a literal.
  static func find(in text: String, _ shape: SQLShape) -> [Range<Int>] {
    let bytes = Array(text.utf8)
    var found: [Range<Int>] = []
    for constant in shape.constants where constant.upperBound <= bytes.count {
      if followsPassword(constant.lowerBound, bytes) {
        found.append(constant)
      } else {
        found += inConnectionString(constant, bytes)
      }
    }
    return found
  }

  /// Whether the last word before an offset is PASSWORD.
  private static func followsPassword(_ offset: Int, _ bytes: [UInt8]) -> Bool {
    var end = offset
    while end > 0, bytes[end - 1] == 0x20 || (9...13).contains(bytes[end - 1]) { end -= 1 }
    guard end >= 8 else { return false }
    let word = String(decoding: bytes[(end - 8)..<end], as: UTF8.self).lowercased()
    let isWhole = end == 8 || !(bytes[end - 9] | 0x20 >= 0x61 && bytes[end - 9] | 0x20 <= 0x7a)
    return word == "password" && isWhole
  }

  private static func inConnectionString(_ constant: Range<Int>, _ bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var index = constant.lowerBound
    while let equals = bytes[index..<constant.upperBound].firstIndex(of: UInt8(ascii: "=")) {
      index = equals + 1
      let before = String(decoding: bytes[max(constant.lowerBound, equals - 9)..<equals], as: UTF8.self).lowercased()
      let name = before.replacing(" ", with: "")
      guard name.hasSuffix("password") || name.hasSuffix("passwd") || name.hasSuffix("sslpassword") else { continue }
      var end = index
      while end < constant.upperBound, !" '\"&;".utf8.contains(bytes[end]) { end += 1 }
      if end > index { found.append(index..<end) }
    }
    return found
  }
}
