import Model

extension Array where Element == Parameter {
  /// A JSON array of the values as strings, NULL as null; nil when there are none.
  var json: String? {
    guard !isEmpty else { return nil }
    var text = "["
    for (index, parameter) in enumerated() {
      if index > 0 { text += "," }
      if let value = parameter.text { text.appendJSON(value) } else { text += "null" }
    }
    return text + "]"
  }
}

extension String {
  /// Adds `value` as a JSON string (RFC 8259 §7).
  mutating func appendJSON(_ value: String) {
    self += "\""
    if value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c }) {
      self += value
    } else {
      for scalar in value.unicodeScalars {
        switch scalar {
        case "\"": self += "\\\""
        case "\\": self += "\\\\"
        case "\n": self += "\\n"
        case "\r": self += "\\r"
        case "\t": self += "\\t"
        case let scalar where scalar.value < 0x20:
          self += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: unicodeScalars.append(scalar)
        }
      }
    }
    self += "\""
  }
}
