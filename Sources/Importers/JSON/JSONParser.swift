import Bytes

/// Reads one JSON value (RFC 8259) from bytes that may be hostile or cut.
struct JSONParser: ~Escapable {
  /// RFC 8259 §9 lets an implementation limit the depth of nesting; recursion here stays far from any stack's end.
  static let depthLimit = 128
  /// Values in one text; a body of the largest size that is kept has fewer unless it was made to exhaust memory.
  static let valueLimit = 1 << 20

  /// What was odd about a text that could be read.
  struct Notes: Sendable, Hashable {
    /// The text ended before its value; what had been read was kept.
    var isCut = false
    /// Members whose name came again later; the last one counts.
    var duplicateCount = 0
    /// Escapes that name half a character (RFC 8259 §8.2), read as U+FFFD.
    var loneSurrogateCount = 0
  }

  private var reader: ByteReader
  private var valueCount = 0
  private let keepsCut: Bool
  private(set) var notes = Notes()

  /// - Parameter keepsCut: whether a text that ends too early gives what was read of it.
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, keepsCut: Bool = false) {
    reader = ByteReader(bytes)
    self.keepsCut = keepsCut
  }

  /// Bytes read so far.
  var offset: Int { reader.offset }

  /// The value of a whole text; nothing but white space may follow.
  static func parse(_ bytes: Span<UInt8>, keepsCut: Bool = false) throws(DecodeError) -> (JSONValue, Notes) {
    var parser = JSONParser(bytes, keepsCut: keepsCut)
    // RFC 8259 §8.1: a byte order mark may be ignored.
    if bytes.starts(with: "\u{FEFF}") { try parser.reader.skip(3) }
    let value = try parser.next()
    if !parser.notes.isCut {
      try parser.skipSpace()
      try parser.reader.expectEnd("JSON text")
    }
    return (value, parser.notes)
  }

  /// The value of a text, or nil when it is none.
  static func value(_ text: String) -> JSONValue? {
    let bytes = Array(text.utf8)
    return try? parse(bytes.span).0
  }

  /// The next value; for texts that hold several in a row.
  @_lifetime(self: copy self)
  mutating func next() throws(DecodeError) -> JSONValue {
    try skipSpace()
    return try value(depth: 0)
  }

  @_lifetime(self: copy self)
  private mutating func skipSpace() throws(DecodeError) {
    while let byte = reader.peek(), byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D { try reader.skip(1) }
  }

  private func wrong(_ expected: String) -> DecodeError {
    guard let byte = reader.peek() else {
      return DecodeError(.truncated, "JSON text", offset: reader.offset, expected: expected)
    }
    return DecodeError(
      .mismatch, "JSON text", offset: reader.offset, expected: expected, found: "byte 0x\([byte].hex)")
  }

  /// Whether the text ended and what was read is to be kept.
  @_lifetime(self: copy self)
  private mutating func endsHere() throws(DecodeError) -> Bool {
    guard notes.isCut || reader.isAtEnd else { return false }
    guard keepsCut else { throw wrong("more") }
    notes.isCut = true
    return true
  }

  @_lifetime(self: copy self)
  private mutating func value(depth: Int) throws(DecodeError) -> JSONValue {
    if try endsHere() { return .null }
    guard depth < Self.depthLimit else { throw DecodeError(.overLimit, "JSON depth", offset: reader.offset) }
    valueCount += 1
    guard valueCount <= Self.valueLimit else { throw DecodeError(.overLimit, "JSON values", offset: reader.offset) }
    switch reader.peek() {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return JSONValue(.string(try string()))
    case UInt8(ascii: "t"): return try word("true", JSONValue(.bool(true)))
    case UInt8(ascii: "f"): return try word("false", JSONValue(.bool(false)))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  @_lifetime(self: copy self)
  private mutating func word(_ word: String, _ value: JSONValue) throws(DecodeError) -> JSONValue {
    for byte in word.utf8 {
      if try endsHere() { return .null }
      guard reader.peek() == byte else { throw wrong(word) }
      try reader.skip(1)
    }
    return value
  }

  @_lifetime(self: copy self)
  private mutating func array(depth: Int) throws(DecodeError) -> JSONValue {
    try reader.skip(1)
    var values: [JSONValue] = []
    try skipSpace()
    if reader.peek() == UInt8(ascii: "]") {
      try reader.skip(1)
      return JSONValue(.array(values))
    }
    while true {
      try skipSpace()
      if try endsHere() { break }
      values.append(try value(depth: depth + 1))
      try skipSpace()
      if try endsHere() { break }
      guard let byte = reader.peek(), byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else {
        throw wrong(", or ]")
      }
      try reader.skip(1)
      if byte == UInt8(ascii: "]") { break }
    }
    return JSONValue(.array(values))
  }

  @_lifetime(self: copy self)
  private mutating func object(depth: Int) throws(DecodeError) -> JSONValue {
    try reader.skip(1)
    var keys: [String] = []
    var members: [String: JSONValue] = [:]
    try skipSpace()
    if reader.peek() == UInt8(ascii: "}") {
      try reader.skip(1)
      return JSONValue(.object(keys, members))
    }
    while true {
      try skipSpace()
      if try endsHere() { break }
      guard reader.peek() == UInt8(ascii: "\"") else { throw wrong("a member's name") }
      let key = try string()
      try skipSpace()
      if try endsHere() { break }
      guard reader.peek() == UInt8(ascii: ":") else { throw wrong(":") }
      try reader.skip(1)
      try skipSpace()
      if try endsHere() { break }
      let value = try value(depth: depth + 1)
      if members.updateValue(value, forKey: key) == nil {
        keys.append(key)
      } else {
        notes.duplicateCount += 1
      }
      try skipSpace()
      if try endsHere() { break }
      guard let byte = reader.peek(), byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") else {
        throw wrong(", or }")
      }
      try reader.skip(1)
      if byte == UInt8(ascii: "}") { break }
    }
    return JSONValue(.object(keys, members))
  }

  @_lifetime(self: copy self)
  private mutating func number() throws(DecodeError) -> JSONValue {
    var text: [UInt8] = []
    // No double needs more than 1,100 digits; a longer one is an attack.
    while let byte = reader.peek(), Self.isOfNumber(byte) {
      text.append(byte)
      try reader.skip(1)
      guard text.count <= 1_100 else { throw DecodeError(.overLimit, "JSON number", offset: reader.offset) }
    }
    guard text.contains(where: { (0x30...0x39).contains($0) }) else {
      if text.isEmpty { throw wrong("a value") }
      if try endsHere() { return .null }
      throw wrong("a digit")
    }
    return JSONValue(.number(String(decoding: text, as: UTF8.self)))
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
  }

  @_lifetime(self: copy self)
  private mutating func string() throws(DecodeError) -> String {
    try reader.skip(1)
    var out: [UInt8] = []
    while true {
      // Copies up to what needs care in one step.
      var run = 0
      while let byte = reader.peek(run), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { run += 1 }
      if run > 0 { out.append(contentsOf: try reader.read(run)) }
      if try endsHere() { break }
      let byte = try reader.readUInt8()
      if byte == UInt8(ascii: "\"") { break }
      if try endsHere() { break }
      try escape(into: &out)
    }
    return String(decoding: out, as: UTF8.self)
  }

  @_lifetime(self: copy self)
  private mutating func escape(into out: inout [UInt8]) throws(DecodeError) {
    let byte = try reader.readUInt8()
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(8)
    case UInt8(ascii: "f"): out.append(12)
    case UInt8(ascii: "n"): out.append(10)
    case UInt8(ascii: "r"): out.append(13)
    case UInt8(ascii: "t"): out.append(9)
    case UInt8(ascii: "u"):
      guard let first = try unit() else { return }
      var scalar = UInt32(first)
      if (0xD800..<0xDC00).contains(first), reader.peek() == UInt8(ascii: "\\"), reader.peek(1) == UInt8(ascii: "u"),
        let second = peekUnit(2), (0xDC00..<0xE000).contains(second)
      {
        try reader.skip(6)
        scalar = 0x10000 + ((UInt32(first) - 0xD800) << 10) + (UInt32(second) - 0xDC00)
      }
      if Unicode.Scalar(scalar) == nil { notes.loneSurrogateCount += 1 }
      out += String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8
    default: throw DecodeError(.mismatch, "JSON escape", offset: reader.offset, found: "byte 0x\([byte].hex)")
    }
  }

  /// The four digits of an escape; nil where the text is cut within them.
  @_lifetime(self: copy self)
  private mutating func unit() throws(DecodeError) -> UInt16? {
    if reader.remaining < 4 {
      try reader.skip(reader.remaining)
      _ = try endsHere()
      return nil
    }
    guard let value = peekUnit(0) else { throw wrong("four hexadecimal digits") }
    try reader.skip(4)
    return value
  }

  private func peekUnit(_ distance: Int) -> UInt16? {
    var value: UInt16 = 0
    for index in 0..<4 {
      guard let byte = reader.peek(distance + index), let digit = Self.digit(byte) else { return nil }
      value = value << 4 | digit
    }
    return value
  }

  private static func digit(_ byte: UInt8) -> UInt16? {
    switch byte {
    case 0x30...0x39: UInt16(byte) - 0x30
    case 0x41...0x46: UInt16(byte) - 0x37
    case 0x61...0x66: UInt16(byte) - 0x57
    default: nil
    }
  }
}
