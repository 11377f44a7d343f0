import Bytes
import Model

/// Calls of tools within a script that a model wrote: Codex's code mode, `await tools.exec_command({cmd: "psql …"})`.
///
/// Read are calls whose argument is an object literal, with members that are string, number or boolean literals; what is
/// computed is left out.
struct CodeMode {
  /// Calls that are taken of one script.
  private static let callLimit = 100
  /// Bytes of a script that are looked at.
  private static let byteLimit = 1 << 20

  private let bytes: [UInt8]
  private var index = 0

  /// The calls of a script in their order; none when it calls no tools.
  static func calls(in script: String, of call: ToolCall) -> [ToolCall] {
    guard script.utf8.contains(UInt8(ascii: "(")), script.contains("tools.") else { return [] }
    var reader = CodeMode(bytes: Array(script.utf8.prefix(byteLimit)))
    var calls: [ToolCall] = []
    while calls.count < callLimit, let (name, members) = reader.next() {
      var inner = call
      inner.tool = name
      var json = JSONWriter()
      json.object { json in for (name, value) in members { json.member(name, value) } }
      inner.arguments = json.text
      inner.command = inner.arguments
      calls.append(inner)
    }
    return calls
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// The next call of a tool.
  private mutating func next() -> (name: String, members: [(String, String)])? {
    while let byte = look() {
      if isQuote(byte) {
        _ = string()
      } else if byte == UInt8(ascii: "/"), look(1) == UInt8(ascii: "/") {
        while let byte = look(), byte != 0x0a { index += 1 }
      } else if byte == UInt8(ascii: "t"), !isOfName(look(-1)), let name = tool(), let members = object() {
        return (name, members)
      } else {
        index += 1
      }
    }
    return nil
  }

  /// `tools.name(`, behind which the reader then stands.
  private mutating func tool() -> String? {
    let word = Array("tools.".utf8)
    guard index + word.count <= bytes.count, bytes[index..<(index + word.count)].elementsEqual(word) else { return nil }
    index += word.count
    let name = self.name()
    blanks()
    guard !name.isEmpty, look() == UInt8(ascii: "(") else { return nil }
    index += 1
    blanks()
    return name
  }

  /// The members of an object literal that are literals themselves.
  private mutating func object() -> [(String, String)]? {
    guard look() == UInt8(ascii: "{") else { return nil }
    index += 1
    var members: [(String, String)] = []
    while true {
      blanks()
      guard let byte = look() else { return members }
      if byte == UInt8(ascii: "}") {
        index += 1
        return members
      }
      let name = isQuote(byte) ? string() ?? "" : self.name()
      blanks()
      guard !name.isEmpty, look() == UInt8(ascii: ":") else { return members }
      index += 1
      blanks()
      if let byte = look(), isQuote(byte) {
        if let value = string(), isEndOfMember() { members.append((name, value)) }
      } else {
        let value = self.name()
        if !value.isEmpty, isEndOfMember(), value.first?.isNumber == true || value == "true" || value == "false" {
          members.append((name, value))
        }
      }
      skipToEndOfMember()
    }
  }

  private mutating func isEndOfMember() -> Bool {
    blanks()
    let byte = look()
    return byte == nil || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
  }

  /// Behind the next comma of this object, or onto its end.
  private mutating func skipToEndOfMember() {
    var depth = 0
    while let byte = look() {
      if isQuote(byte) {
        _ = string()
        continue
      }
      if depth == 0, byte == UInt8(ascii: "}") { return }
      if depth == 0, byte == UInt8(ascii: ",") {
        index += 1
        return
      }
      if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { depth -= 1 }
      index += 1
    }
  }

  // MARK: Words

  private func look(_ offset: Int = 0) -> UInt8? {
    let place = index + offset
    return place >= 0 && place < bytes.count ? bytes[place] : nil
  }

  private func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`")
  }

  private func isOfName(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") || byte == UInt8(ascii: ".") || byte >= 0x80
      || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
  }

  private mutating func name() -> String {
    let start = index
    while isOfName(look()) { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func blanks() {
    while let byte = look(), byte == 0x20 || (9...13).contains(byte) { index += 1 }
  }

  /// A string literal with its escapes (ECMAScript 12.9.4); nil when a template puts something into it.
  private mutating func string() -> String? {
    guard let quote = look() else { return nil }
    index += 1
    var out: [UInt8] = []
    var isWhole = true
    while let byte = look(), byte != quote {
      index += 1
      if byte == UInt8(ascii: "\\") {
        escape(&out)
      } else {
        if quote == UInt8(ascii: "`"), byte == UInt8(ascii: "$"), look() == UInt8(ascii: "{") { isWhole = false }
        out.append(byte)
      }
    }
    index += 1
    return isWhole ? String(decoding: out, as: UTF8.self) : nil
  }

  private mutating func escape(_ out: inout [UInt8]) {
    guard let byte = look() else { return }
    index += 1
    switch byte {
    case UInt8(ascii: "n"): out.append(0x0a)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "r"): out.append(0x0d)
    case UInt8(ascii: "0"): out.append(0)
    case 0x0a: break
    case UInt8(ascii: "x"): append(hex(2), &out)
    case UInt8(ascii: "u"):
      var high = hex(4)
      // A pair of surrogates.
      if (0xd800..<0xdc00).contains(high), look() == UInt8(ascii: "\\"), look(1) == UInt8(ascii: "u") {
        index += 2
        let low = hex(4)
        if (0xdc00..<0xe000).contains(low) { high = 0x10000 + (high - 0xd800) << 10 + (low - 0xdc00) }
      }
      append(high, &out)
    default: out.append(byte)
    }
  }

  private mutating func hex(_ count: Int) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let byte = look(), let digit = Character(UnicodeScalar(byte)).hexDigitValue else { break }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  private func append(_ scalar: UInt32, _ out: inout [UInt8]) {
    out += String(UnicodeScalar(scalar).map(Character.init) ?? "\u{fffd}").utf8
  }
}
