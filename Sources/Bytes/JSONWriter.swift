/// Writes JSON (RFC 8259): members in the order given, no white space.
///
/// What it gives is well-formed UTF-8 whatever the text says. Commas are its own business. `take` empties it without
/// losing its place, so that a document of any length is written in bounded memory.
public struct JSONWriter: Sendable {
  /// Where the document goes, which says what must be escaped besides.
  public enum Place: Sendable, Hashable {
    /// A file, a pipe, a socket.
    case plain
    /// Inside a page: `<`, `>` and `&` are escaped too, so that no text can end its element or open a comment.
    case markup
  }

  public private(set) var bytes: [UInt8] = []
  private var needsComma = false
  private let place: Place

  public init(for place: Place = .plain) { self.place = place }

  /// Makes room for so many bytes at once.
  public mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  // MARK: Structure

  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// An object whose members `content` writes.
  public mutating func object(_ content: (inout JSONWriter) throws -> Void) rethrows {
    beginObject()
    try content(&self)
    endObject()
  }

  /// An array whose elements `content` writes.
  public mutating func array(_ content: (inout JSONWriter) throws -> Void) rethrows {
    beginArray()
    try content(&self)
    endArray()
  }

  /// The name of the member whose value comes next.
  public mutating func key(_ name: String) {
    separate()
    JSONWriter.append(name, for: place, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  // MARK: Values

  /// A string, or null.
  public mutating func value(_ text: String?) {
    separate()
    if let text { JSONWriter.append(text, for: place, to: &bytes) } else { raw("null") }
    needsComma = true
  }

  public mutating func value(_ number: Int64) { scalar(String(number)) }
  public mutating func value(_ number: UInt64) { scalar(String(number)) }
  public mutating func value(_ number: Int) { scalar(String(number)) }
  public mutating func value(_ isTrue: Bool) { scalar(isTrue ? "true" : "false") }

  /// A number; null for what JSON has no number for (infinite, not a number).
  public mutating func value(_ number: Double) { scalar(number.isFinite ? "\(number)" : "null") }

  public mutating func null() { scalar("null") }

  /// An array of strings.
  public mutating func value(_ texts: [String]) {
    array { json in for text in texts { json.value(text) } }
  }

  /// Text that is JSON already; it is not checked.
  public mutating func json(_ text: String) { scalar(text) }

  // MARK: Members

  public mutating func member(_ name: String, _ text: String?) {
    key(name)
    value(text)
  }

  public mutating func member(_ name: String, _ number: Int64?) {
    key(name)
    if let number { value(number) } else { null() }
  }

  public mutating func member(_ name: String, _ number: UInt64?) {
    key(name)
    if let number { value(number) } else { null() }
  }

  public mutating func member(_ name: String, _ number: Int?) { member(name, number.map(Int64.init)) }

  public mutating func member(_ name: String, _ isTrue: Bool) {
    key(name)
    value(isTrue)
  }

  public mutating func member(_ name: String, _ texts: [String]) {
    key(name)
    value(texts)
  }

  // MARK: Output

  /// A line feed, for documents of one value a line; the next value begins a document of its own.
  public mutating func newline() {
    bytes.append(0x0A)
    needsComma = false
  }

  /// What is there so far; the writer goes on from the same place.
  public mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// What is there so far, as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// `text` as a JSON string.
  public static func quoted(_ text: String, for place: Place = .plain) -> String {
    var bytes: [UInt8] = []
    append(text, for: place, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: Details

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

  /// Whether a byte may stand in a string as it is. The lead byte of U+2028 and U+2029, which end a line in older
  /// JavaScript, is looked at more closely.
  private static func isPlain(_ byte: UInt8, _ place: Place) -> Bool {
    switch byte {
    case 0..<0x20, 0x22, 0x5C, 0x7F, 0xE2: false
    case 0x3C, 0x3E, 0x26: place == .plain
    default: true
    }
  }

  private static func append(_ text: String, for place: Place, to bytes: inout [UInt8]) {
    bytes.append(0x22)
    var text = text
    let isCopied = text.withUTF8 { units in
      guard unsafe units.allSatisfy({ isPlain($0, place) }) else { return false }
      unsafe bytes.append(contentsOf: units)
      return true
    }
    if !isCopied {
      for scalar in text.unicodeScalars { append(scalar, for: place, to: &bytes) }
    }
    bytes.append(0x22)
  }

  private static func append(_ scalar: Unicode.Scalar, for place: Place, to bytes: inout [UInt8]) {
    switch scalar.value {
    case 0x22: bytes.append(contentsOf: "\\\"".utf8)
    case 0x5C: bytes.append(contentsOf: "\\\\".utf8)
    case 0x0A: bytes.append(contentsOf: "\\n".utf8)
    case 0x0D: bytes.append(contentsOf: "\\r".utf8)
    case 0x09: bytes.append(contentsOf: "\\t".utf8)
    case 0..<0x20, 0x7F, 0x2028, 0x2029: escape(scalar.value, to: &bytes)
    case 0x3C, 0x3E, 0x26:
      if place == .markup { escape(scalar.value, to: &bytes) } else { fallthrough }
    case 0x20..<0x7F: bytes.append(UInt8(truncatingIfNeeded: scalar.value))
    default: bytes.append(contentsOf: String(scalar).utf8)
    }
  }

  private static func escape(_ value: UInt32, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: "\\u".utf8)
    bytes.append(contentsOf: [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)].hex.utf8)
  }
}
