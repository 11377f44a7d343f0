/// An attribute of an element; its value is escaped when it is written.
///
/// The name is a literal of the source. There is no way to make an event handler, an inline style or an address that
/// leaves the page.
struct HTMLAttribute {
  let name: StaticString
  let value: String?

  private init(trusted name: StaticString, _ value: String?) {
    self.name = name
    self.value = value
  }

  /// Any attribute that neither runs, nor styles, nor loads anything.
  init(_ name: StaticString, _ value: String? = nil) {
    let spelling = name.description
    precondition(
      !spelling.hasPrefix("on") && !["style", "src", "href", "srcdoc", "action", "formaction"].contains(spelling),
      "attribute with power")
    self.init(trusted: name, value)
  }

  init(_ name: StaticString, _ value: Int) { self.init(name, String(value)) }

  static func `class`(_ value: String) -> HTMLAttribute { HTMLAttribute(trusted: "class", value) }
  static func id(_ anchor: HTMLAnchor) -> HTMLAttribute { HTMLAttribute(trusted: "id", anchor.name) }
  static func link(_ anchor: HTMLAnchor) -> HTMLAttribute { HTMLAttribute(trusted: "href", anchor.reference) }
}

/// A place in the page that can be linked to.
struct HTMLAnchor {
  let name: String

  /// A part of the page.
  init(_ name: StaticString) { self.name = name.description }

  private init(prefix: String, _ id: String) { name = prefix + id }

  /// The row of an action.
  static func action(_ id: String) -> HTMLAnchor { HTMLAnchor(prefix: "a-", id) }
  /// The transcript of a session.
  static func session(_ id: String) -> HTMLAnchor { HTMLAnchor(prefix: "s-", id) }
  /// The card or the row of a prompt.
  static func prompt(_ id: String) -> HTMLAnchor { HTMLAnchor(prefix: "p-", id) }
  /// The row of a source.
  static func source(_ id: String) -> HTMLAnchor { HTMLAnchor(prefix: "e-", id) }

  /// The row of a fact that controls ask for.
  static func fact(_ id: String) -> HTMLAnchor { HTMLAnchor(prefix: "f-", id) }

  /// `#` and the name, percent-encoded (RFC 3986 §3.5).
  var reference: String {
    var bytes: [UInt8] = [UInt8(ascii: "#")]
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes.append(contentsOf: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
