import Model

extension Array where Element == Parameter {
  /// A JSON array of the values as strings, NULL as null; nil when there are none.
  var json: String? {
    guard !isEmpty else { return nil }
    var text: [UInt8] = []
    text.reserveCapacity(64)
    text.append(UInt8(ascii: "["))
    for (index, parameter) in enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      if let value = parameter.text { text.appendJSON(value) } else { text.append(contentsOf: "null".utf8) }
    }
    text.append(UInt8(ascii: "]"))
    return String(decoding: text, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Adds `value` as a JSON string (RFC 8259 §7).
  fileprivate mutating func appendJSON(_ value: String) {
    append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        append(UInt8(ascii: "\\"))
        append(byte)
      case 0x0a: append(contentsOf: "\\n".utf8)
      case 0x0d: append(contentsOf: "\\r".utf8)
      case 0x09: append(contentsOf: "\\t".utf8)
      case 0..<0x20: append(contentsOf: ("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)).utf8)
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }
}
