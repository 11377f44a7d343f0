import Bytes

/// How text stands in a request: nothing in it may look like something else to the person who signs it.
enum ApprovalText {
  /// Printable ASCII, tab and line feed: what everybody sees as it is.
  static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 || $0 == 0x0A }
  }

  /// For titles and reasons, which change nothing: any script, but no control, no mark that hides or turns text round.
  static func isReadable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
      default: !scalar.properties.isVariationSelector && !scalar.properties.isDefaultIgnorableCodePoint
      }
    }
  }

  /// A JSON string in ASCII: whatever is not plain is its number (`\u043e`).
  static func quoted(_ text: String) -> String {
    var out = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22: out += "\\\""
      case 0x5C: out += "\\\\"
      case 0x20...0x7E: out.unicodeScalars.append(Unicode.Scalar(UInt8(truncatingIfNeeded: unit)))
      default:
        let digits = String(unit, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return out + "\""
  }

  /// Values as one JSON array in ASCII.
  static func list(_ values: [String?]) -> String {
    "[" + values.map { $0.map(quoted) ?? "null" }.joined(separator: ", ") + "]"
  }

  /// Reads what `quoted` writes; nil for anything else, escapes that need not be among them.
  static func unquoted(_ text: String) -> String? {
    guard let value = JSONValue.document(in: Array(text.utf8))?.string, quoted(value).isSame(as: text) else {
      return nil
    }
    return value
  }

  /// Reads what `list` writes, and nothing else.
  static func values(_ text: String) -> [String?]? {
    guard let values = anyValues(text), list(values).isSame(as: text) else { return nil }
    return values
  }

  /// Reads a JSON array of strings and nulls.
  static func anyValues(_ text: String) -> [String?]? {
    guard let document = JSONValue.document(in: Array(text.utf8)), case .array(let elements) = document.content else {
      return nil
    }
    var values: [String?] = []
    for element in elements {
      switch element.content {
      case .string(let text): values.append(text)
      case .null: values.append(nil)
      default: return nil
      }
    }
    return values
  }
}
