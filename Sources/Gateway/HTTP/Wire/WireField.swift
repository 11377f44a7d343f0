import Model
import NIOCore

/// A field line as it was sent (RFC 9110 §5).
struct WireField: Hashable {
  var name: String
  /// Without the white space around it; of any charset.
  var value: [UInt8]
  /// The name in lower case, by which fields are compared.
  let key: String

  init(_ name: String, _ value: [UInt8]) {
    (self.name, self.value, key) = (name, value, name.lowercased())
  }

  init(_ name: String, _ value: String) { self.init(name, Array(value.utf8)) }

  var text: String { String(decoding: value, as: UTF8.self) }
}

extension [WireField] {
  /// The value of the first field of that name, which is given in lower case.
  subscript(name: String) -> String? { first { $0.key == name }?.text }

  func values(_ name: String) -> [String] { filter { $0.key == name }.map(\.text) }

  /// The elements of a list that fields of that name make (RFC 9110 §5.6.1), in lower case.
  func list(_ name: String) -> [String] {
    var elements: [String] = []
    for field in self where field.key == name {
      for part in field.value.split(separator: UInt8(ascii: ",")) {
        var element = part.drop(while: WireLines.isBlank)
        while let last = element.last, WireLines.isBlank(last) { element.removeLast() }
        if !element.isEmpty { elements.append(String(decoding: element, as: UTF8.self).lowercased()) }
      }
    }
    return elements
  }

  mutating func remove(_ names: Set<String>) { removeAll { names.contains($0.key) } }

  /// Fields that are for the next hop alone: those that `Connection` names, and those that always are (RFC 9110 §7.6.1).
  var hopByHop: HopByHop { HopByHop(options: list("connection")) }
}

/// The names of fields that are for the next hop alone, in lower case.
struct HopByHop {
  private static let always: Set<String> = [
    "connection", "proxy-connection", "keep-alive", "te", "upgrade", "proxy-authenticate", "proxy-authorization",
  ]

  /// Those that `Connection` names.
  let options: [String]

  func contains(_ name: String) -> Bool { Self.always.contains(name) || options.contains(name) }
}

extension ByteBuffer {
  /// Writes the fields of a head, and the empty line behind them (RFC 9112 §2.1).
  mutating func write(_ fields: [WireField]) {
    for field in fields {
      writeString(field.name)
      writeString(": ")
      writeBytes(field.value)
      writeString("\r\n")
    }
    writeString("\r\n")
  }
}
