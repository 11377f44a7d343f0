/// Writes JSON (RFC 8259): members in the order given, no white space.
public struct JSONWriter: Sendable {
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  public init() {}

  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// The name of the member that comes next.
  public mutating func key(_ name: String) {
    separate()
    JSONWriter.append(name, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  public mutating func value(_ text: String?) {
    separate()
    if let text { JSONWriter.append(text, to: &bytes) } else { raw("null") }
    needsComma = true
  }

  public mutating func value(_ number: Int64) { scalar(String(number)) }
  public mutating func value(_ number: UInt64) { scalar(String(number)) }
  public mutating func value(_ number: Int) { scalar(String(number)) }
  public mutating func value(_ isTrue: Bool) { scalar(isTrue ? "true" : "false") }
  public mutating func null() { scalar("null") }

  /// Text that is JSON already.
  public mutating func json(_ text: String) { scalar(text) }

  public mutating func member(_ name: String, _ text: String?) {
    key(name)
    value(text)
  }

  public mutating func member(_ name: String, _ number: Int64?) {
    key(name)
    if let number { value(number) } else { null() }
  }

  public mutating func member(_ name: String, _ isTrue: Bool) {
    key(name)
    value(isTrue)
  }

  public mutating func newline() { bytes.append(10) }

  /// Gives what is there and starts anew, the state of commas kept.
  public mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// `text` as a JSON string.
  public static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func scalar(_ text: String) {
    separate()
    raw(text)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22: bytes.append(contentsOf: "\\\"".utf8)
      case 0x5c: bytes.append(contentsOf: "\\\\".utf8)
      case 0x0a: bytes.append(contentsOf: "\\n".utf8)
      case 0x0d: bytes.append(contentsOf: "\\r".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7f: bytes.append(contentsOf: "\\u00\([byte].hex)".utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }
}
