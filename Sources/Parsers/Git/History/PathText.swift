/// Paths as git prints them (git-config(1), `core.quotePath`).
enum PathText {
  /// In double quotes with escapes, if it has bytes that are no plain ASCII.
  static func quoted(_ path: [UInt8], prefix: String = "") -> String {
    guard path.contains(where: { $0 < 0x20 || $0 >= 0x7f || $0 == 0x22 || $0 == 0x5c }) else {
      return prefix + String(decoding: path, as: UTF8.self)
    }
    var text = "\"" + prefix
    for byte in path {
      switch byte {
      case 0x07: text += "\\a"
      case 0x08: text += "\\b"
      case 0x09: text += "\\t"
      case 0x0a: text += "\\n"
      case 0x0b: text += "\\v"
      case 0x0c: text += "\\f"
      case 0x0d: text += "\\r"
      case 0x22: text += "\\\""
      case 0x5c: text += "\\\\"
      case 0x20..<0x7f: text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let octal = String(byte, radix: 8)
        text += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
      }
    }
    return text + "\""
  }
}
