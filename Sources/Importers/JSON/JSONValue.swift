/// A JSON value (RFC 8259) as it was written: numbers keep their text, objects the order of their members.
struct JSONValue: Sendable, Hashable {
  indirect enum Form: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String], [String: JSONValue])
  }

  var form: Form

  init(_ form: Form) { self.form = form }

  static let null = JSONValue(.null)

  var isNull: Bool { form == .null }
  var string: String? { if case .string(let text) = form { text } else { nil } }
  var bool: Bool? { if case .bool(let value) = form { value } else { nil } }
  var array: [JSONValue]? { if case .array(let values) = form { values } else { nil } }
  var keys: [String]? { if case .object(let keys, _) = form { keys } else { nil } }
  var isObject: Bool { keys != nil }
  /// Text that is not empty.
  var text: String? { string.flatMap { $0.isEmpty ? nil : $0 } }

  /// A whole number within range; nil for others.
  var integer: Int? { if case .number(let text) = form { Int(text) } else { nil } }

  /// The member of that name; nil when this is no object, has none, or has null there.
  subscript(_ key: String) -> JSONValue? {
    guard case .object(_, let members) = form, let value = members[key], !value.isNull else { return nil }
    return value
  }

  /// The elements of the array member of that name; none when there is no such array.
  func list(_ key: String) -> [JSONValue] { self[key]?.array ?? [] }

  /// Compact JSON, members in the order in which they were read.
  var compact: String {
    var out: [UInt8] = []
    write(into: &out)
    return String(decoding: out, as: UTF8.self)
  }

  private func write(into out: inout [UInt8]) {
    switch form {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .number(let text): out += text.utf8
    case .string(let text): Self.write(text, into: &out)
    case .array(let values):
      out.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        value.write(into: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let keys, let members):
      out.append(UInt8(ascii: "{"))
      for (index, key) in keys.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        Self.write(key, into: &out)
        out.append(UInt8(ascii: ":"))
        (members[key] ?? .null).write(into: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, into out: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
      case 0x0A: out += "\\n".utf8
      case 0x09: out += "\\t".utf8
      case 0x0D: out += "\\r".utf8
      case 0..<0x20:
        out += "\\u00".utf8
        out += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
