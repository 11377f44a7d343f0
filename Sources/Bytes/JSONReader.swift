/// Reads JSON (RFC 8259) token by token, one document after another, without recursion and in bounded memory.
///
/// Strings may hold control characters and escapes that JSON does not know, as many readers let them pass: content that
/// is refused here would be judged by less than its structure.
public struct JSONScanner: Sendable {
  /// A token; ranges are offsets in the bytes, those of strings with their quotation marks.
  public enum Token: Sendable, Hashable {
    case beginObject
    case endObject
    case beginArray
    case endArray
    case key(Range<Int>)
    case string(Range<Int>)
    case number(Range<Int>)
    case bool(Bool)
    case null
  }

  /// Deeper documents are refused (RFC 8259 §9 allows a limit).
  public static let depthLimit = 128

  private enum Expectation { case document, value, firstKey, key, firstElement, comma }

  public let bytes: [UInt8]
  /// Offset of the first byte that was not read.
  public private(set) var position = 0
  private var expectation = Expectation.document
  /// For each open bracket, whether it is of an object.
  private var open: [Bool] = []

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next token; nil at the end, between two documents.
  ///
  /// - Throws: `DecodeError` at the first byte that JSON does not allow there.
  public mutating func next() throws(DecodeError) -> Token? {
    skipBlanks()
    guard position < bytes.count else {
      if open.isEmpty, expectation == .document { return nil }
      throw DecodeError(.truncated, "JSON", offset: position)
    }
    if expectation == .comma {
      switch bytes[position] {
      case UInt8(ascii: ","):
        position += 1
        skipBlanks()
        expectation = open.last == true ? .key : .value
        guard position < bytes.count else { throw DecodeError(.truncated, "JSON", offset: position) }
      case UInt8(ascii: "}") where open.last == true: return close(.endObject)
      case UInt8(ascii: "]") where open.last == false: return close(.endArray)
      default: throw refused("comma or bracket")
      }
    }
    let byte = bytes[position]
    if expectation == .firstKey, byte == UInt8(ascii: "}") { return close(.endObject) }
    if expectation == .firstElement, byte == UInt8(ascii: "]") { return close(.endArray) }
    if expectation == .firstKey || expectation == .key { return try key() }
    switch byte {
    case UInt8(ascii: "{"): return try begin(isObject: true)
    case UInt8(ascii: "["): return try begin(isObject: false)
    case UInt8(ascii: "\""):
      let range = try string()
      afterValue()
      return .string(range)
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), 0x30...0x39: return try number()
    default: throw refused("value")
    }
  }

  /// The text of a string or key, its escapes resolved; half of a surrogate pair becomes U+FFFD.
  public func text(of range: Range<Int>) -> String {
    guard range.count >= 2, range.lowerBound >= 0, range.upperBound <= bytes.count else { return "" }
    let inside = bytes[(range.lowerBound + 1)..<(range.upperBound - 1)]
    guard inside.contains(UInt8(ascii: "\\")) else { return String(decoding: inside, as: UTF8.self) }
    return JSONScanner.unescape(inside)
  }

  // MARK: Details

  private static func unescape(_ bytes: ArraySlice<UInt8>) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var rest = bytes
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
        out.append(byte)
        continue
      }
      switch escape {
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "u"): out.append(contentsOf: String(scalar(&rest)).utf8)
      default: out.append(escape)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The scalar after `\u`, of one escape or a surrogate pair.
  private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar {
    let replacement: Unicode.Scalar = "\u{FFFD}"
    guard let high = unit(&rest) else { return replacement }
    guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) ?? replacement }
    var ahead = rest
    guard ahead.popFirst() == UInt8(ascii: "\\"), ahead.popFirst() == UInt8(ascii: "u"), let low = unit(&ahead),
      (0xDC00..<0xE000).contains(low)
    else { return replacement }
    rest = ahead
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? replacement
  }

  private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt32? {
    let digits = rest.prefix(4)
    guard digits.count == 4, digits.first != UInt8(ascii: "+"),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return nil }
    rest = rest.dropFirst(4)
    return value
  }

  private mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private func refused(_ expected: String) -> DecodeError {
    DecodeError(.outOfRange, "JSON \(expected)", offset: position)
  }

  private mutating func begin(isObject: Bool) throws(DecodeError) -> Token {
    guard open.count < JSONScanner.depthLimit else { throw DecodeError(.outOfRange, "JSON depth", offset: position) }
    open.append(isObject)
    position += 1
    expectation = isObject ? .firstKey : .firstElement
    return isObject ? .beginObject : .beginArray
  }

  private mutating func close(_ token: Token) -> Token {
    open.removeLast()
    position += 1
    afterValue()
    return token
  }

  private mutating func afterValue() { expectation = open.isEmpty ? .document : .comma }

  private mutating func key() throws(DecodeError) -> Token {
    guard bytes[position] == UInt8(ascii: "\"") else { throw refused("key") }
    let range = try string()
    skipBlanks()
    guard position < bytes.count else { throw DecodeError(.truncated, "JSON", offset: position) }
    guard bytes[position] == UInt8(ascii: ":") else { throw refused("colon") }
    position += 1
    expectation = .value
    return .key(range)
  }

  private mutating func string() throws(DecodeError) -> Range<Int> {
    let start = position
    var index = position + 1
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        position = index + 1
        return start..<position
      case UInt8(ascii: "\\"): index += 2
      default: index += 1
      }
    }
    throw DecodeError(.truncated, "JSON string", offset: start)
  }

  /// RFC 8259 §6: `[ minus ] int [ frac ] [ exp ]`, no zeros in front.
  private mutating func number() throws(DecodeError) -> Token {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    if position < bytes.count, bytes[position] == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
        position += 1
      }
      try digits()
    }
    afterValue()
    return .number(start..<position)
  }

  /// One digit or more.
  private mutating func digits() throws(DecodeError) {
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    guard position > start else {
      throw position < bytes.count ? refused("digit") : DecodeError(.truncated, "JSON number", offset: position)
    }
  }

  private mutating func word(_ text: String, _ token: Token) throws(DecodeError) -> Token {
    guard bytes[position...].starts(with: text.utf8) else {
      let rest = bytes.count - position
      let isCut = rest < text.utf8.count && bytes[position...].elementsEqual(text.utf8.prefix(rest))
      throw isCut ? DecodeError(.truncated, "JSON", offset: position) : refused("value")
    }
    position += text.utf8.count
    afterValue()
    return token
  }
}
