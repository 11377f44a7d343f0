/// JSON (RFC 8259) for a data block inside a page: whatever it says, it cannot end its element or open a comment in it.
struct ScriptJSON {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  mutating func array(_ content: (inout ScriptJSON) throws -> Void) rethrows {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
    try content(&self)
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  mutating func object(_ content: (inout ScriptJSON) throws -> Void) rethrows {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
    try content(&self)
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  /// The name of the member whose value comes next.
  mutating func key(_ name: StaticString) {
    separate()
    quote(name.description)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  mutating func value(_ number: Int) {
    separate()
    bytes.append(contentsOf: String(number).utf8)
    needsComma = true
  }

  mutating func value(_ number: Int64) { value(Int(number)) }

  mutating func value(_ text: some StringProtocol) {
    separate()
    quote(text)
    needsComma = true
  }

  /// The text, or `null`.
  mutating func value(optional text: String?) {
    guard let text else { return null() }
    value(text)
  }

  mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
    needsComma = true
  }

  mutating func value(_ numbers: [Int]) { array { json in for number in numbers { json.value(number) } } }
  mutating func value(_ texts: [String]) { array { json in for text in texts { json.value(text) } } }

  /// Elements written before, into the array that is open.
  mutating func splice(_ elements: ScriptJSON) {
    guard !elements.bytes.isEmpty else { return }
    separate()
    bytes.append(contentsOf: elements.bytes)
    needsComma = true
  }

  /// A whole value that another part wrote.
  mutating func embed(_ document: EmbeddedJSON) {
    separate()
    bytes.append(contentsOf: document.bytes)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func quote(_ text: some StringProtocol) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: bytes.append(contentsOf: "\\\"".utf8)
      case 0x5C: bytes.append(contentsOf: "\\\\".utf8)
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      // `<`, `>` and `&` because of the HTML parser.
      case 0..<0x20, 0x3C, 0x3E, 0x26, 0x7F: escape(UInt16(scalar.value))
      case 0x20..<0x7F: bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      // Who looks at the source of the page is not to be misled either.
      case _ where VisibleText.isHidden(scalar): for unit in String(scalar).utf16 { escape(unit) }
      default: bytes.append(contentsOf: UTF8.encode(scalar) ?? .init())
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ value: UInt16) {
    let digits = Array("0123456789abcdef".utf8)
    bytes.append(contentsOf: "\\u".utf8)
    for place in (0..<4).reversed() { bytes.append(digits[Int(value >> UInt16(place * 4)) & 15]) }
  }
}
