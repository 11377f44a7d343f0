import Bytes

/// Reads JSON that comes in pieces as `JSONScanner` reads the whole of it: it holds no more than one token.
struct JSONTokenizer: Sendable {
  /// At a byte that JSON does not allow there, or the end of the bytes in the middle of a document.
  struct Damage: Error {}

  /// Bytes of a token that are kept; of one that is longer nothing is.
  static let tokenLimit = 4 << 20
  /// Bytes of a member's name, and of blanks behind it.
  private static let keyLimit = 64 << 10

  private enum Expectation { case document, value, firstKey, key, colon, firstElement, comma }
  private enum NumberPart { case minus, zero, whole, point, fraction, exponent, sign, power }
  private enum Part {
    case none
    case string(isEscaped: Bool)
    case number(NumberPart)
    case word(rest: ArraySlice<UInt8>, Kind)
  }

  /// What a token is; its bytes are `token`.
  enum Kind: Sendable { case beginObject, endObject, beginArray, endArray, key, string, number, isTrue, isFalse, null }

  private var expectation = Expectation.document
  private var part = Part.none
  /// For each open bracket, whether it is of an object.
  private var open: [Bool] = []
  /// What stands before the token: blanks and commas.
  private(set) var before: [UInt8] = []
  private(set) var token: [UInt8] = []
  /// Behind a name: blanks and the colon.
  private(set) var after: [UInt8] = []
  /// The token is longer than is kept.
  private(set) var isLong = false

  /// Between two documents.
  var isBetweenDocuments: Bool { open.isEmpty && expectation == .document }

  /// Gives away blanks and commas, if no name or token is under way.
  mutating func takeGap(into out: inout [UInt8]) {
    guard token.isEmpty else { return }
    out += before
    before.removeAll(keepingCapacity: true)
  }

  /// Forgets the token that was read.
  mutating func drop() {
    before.removeAll(keepingCapacity: true)
    if token.capacity > 1 << 16 { token = [] } else { token.removeAll(keepingCapacity: true) }
    after.removeAll(keepingCapacity: true)
    isLong = false
  }

  /// The bytes that were read and not given away: those of a token that is not whole.
  var pending: [UInt8] { before + token + after }

  /// Reads on from `index`; nil where the piece is over before a token is.
  mutating func next(_ bytes: Span<UInt8>, _ index: inout Int) throws(Damage) -> Kind? {
    while index < bytes.count {
      if let kind = try step(bytes, &index) { return kind }
    }
    return nil
  }

  /// The end of the bytes: a number that ends there, and nil when there is nothing more.
  ///
  /// - Throws: `Damage` within a document.
  mutating func finish() throws(Damage) -> Kind? {
    if case .number(let part) = part, isWhole(part) {
      self.part = .none
      afterValue()
      return .number
    }
    guard case .none = part, isBetweenDocuments else { throw Damage() }
    return nil
  }

  // MARK: Steps

  private mutating func step(_ bytes: Span<UInt8>, _ index: inout Int) throws(Damage) -> Kind? {
    switch part {
    case .string(let isEscaped): return string(bytes, &index, isEscaped: isEscaped)
    case .number(let part): return try number(bytes[index], part, &index)
    case .word(let rest, let kind): return try word(bytes[index], rest, kind, &index)
    case .none: break
    }
    let byte = bytes[index]
    if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      if expectation == .colon { try keep(behindName: byte) } else { before.append(byte) }
      index += 1
      return nil
    }
    switch expectation {
    case .comma:
      switch byte {
      case UInt8(ascii: ","):
        before.append(byte)
        expectation = open.last == true ? .key : .value
        index += 1
        return nil
      case UInt8(ascii: "}") where open.last == true: return close(.endObject, byte, &index)
      case UInt8(ascii: "]") where open.last == false: return close(.endArray, byte, &index)
      default: throw Damage()
      }
    case .colon:
      guard byte == UInt8(ascii: ":") else { throw Damage() }
      try keep(behindName: byte)
      index += 1
      expectation = .value
      return .key
    case .firstKey where byte == UInt8(ascii: "}"): return close(.endObject, byte, &index)
    case .firstElement where byte == UInt8(ascii: "]"): return close(.endArray, byte, &index)
    case .firstKey, .key:
      guard byte == UInt8(ascii: "\"") else { throw Damage() }
      part = .string(isEscaped: false)
    case .document, .value, .firstElement:
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard open.count < JSONScanner.depthLimit else { throw Damage() }
        let isObject = byte == UInt8(ascii: "{")
        open.append(isObject)
        token.append(byte)
        index += 1
        expectation = isObject ? .firstKey : .firstElement
        return isObject ? .beginObject : .beginArray
      case UInt8(ascii: "\""): part = .string(isEscaped: false)
      case UInt8(ascii: "t"): part = .word(rest: Array("rue".utf8)[...], .isTrue)
      case UInt8(ascii: "f"): part = .word(rest: Array("alse".utf8)[...], .isFalse)
      case UInt8(ascii: "n"): part = .word(rest: Array("ull".utf8)[...], .null)
      case UInt8(ascii: "-"): part = .number(.minus)
      case UInt8(ascii: "0"): part = .number(.zero)
      case 0x31...0x39: part = .number(.whole)
      default: throw Damage()
      }
    }
    token.append(byte)
    index += 1
    return nil
  }

  private mutating func keep(behindName byte: UInt8) throws(Damage) {
    guard after.count < Self.keyLimit, !isLong else { throw Damage() }
    after.append(byte)
  }

  private mutating func close(_ kind: Kind, _ byte: UInt8, _ index: inout Int) -> Kind {
    open.removeLast()
    token.append(byte)
    index += 1
    afterValue()
    return kind
  }

  private mutating func afterValue() { expectation = open.isEmpty ? .document : .comma }

  private mutating func string(_ bytes: Span<UInt8>, _ index: inout Int, isEscaped: Bool) -> Kind? {
    let start = index
    var isEscaped = isEscaped
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        keep(bytes.extracting(start..<index))
        part = .none
        guard expectation == .key || expectation == .firstKey else {
          afterValue()
          return .string
        }
        expectation = .colon
        return nil
      }
    }
    keep(bytes.extracting(start..<index))
    part = .string(isEscaped: isEscaped)
    return nil
  }

  private mutating func keep(_ bytes: Span<UInt8>) {
    let isName = expectation == .key || expectation == .firstKey
    if token.count + bytes.count > (isName ? Self.keyLimit : Self.tokenLimit) {
      isLong = true
      token = [UInt8(ascii: "\"")]
    }
    if !isLong { token.append(contentsOf: bytes) }
  }

  private func isWhole(_ part: NumberPart) -> Bool {
    switch part {
    case .zero, .whole, .fraction, .power: true
    case .minus, .point, .exponent, .sign: false
    }
  }

  /// RFC 8259 §6: `[ minus ] int [ frac ] [ exp ]`, no zeros in front.
  private mutating func number(_ byte: UInt8, _ part: NumberPart, _ index: inout Int) throws(Damage) -> Kind? {
    let isDigit = ByteClass.isDigit(byte)
    let next: NumberPart?
    switch part {
    case .minus: next = byte == UInt8(ascii: "0") ? .zero : isDigit ? .whole : nil
    case .zero, .whole:
      if isDigit, part == .whole {
        next = .whole
      } else {
        next = byte == UInt8(ascii: ".") ? .point : byte | 0x20 == UInt8(ascii: "e") ? .exponent : nil
      }
    case .point: next = isDigit ? .fraction : nil
    case .fraction: next = isDigit ? .fraction : byte | 0x20 == UInt8(ascii: "e") ? .exponent : nil
    case .exponent:
      next = isDigit ? .power : byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") ? .sign : nil
    case .sign, .power: next = isDigit ? .power : nil
    }
    guard let next else {
      guard isWhole(part) else { throw Damage() }
      self.part = .none
      afterValue()
      return .number
    }
    if token.count >= Self.tokenLimit {
      isLong = true
      token = [byte]
    }
    token.append(byte)
    index += 1
    self.part = .number(next)
    return nil
  }

  private mutating func word(
    _ byte: UInt8, _ rest: ArraySlice<UInt8>, _ kind: Kind, _ index: inout Int
  ) throws(Damage) -> Kind? {
    guard byte == rest.first else { throw Damage() }
    token.append(byte)
    index += 1
    let left = rest.dropFirst()
    guard left.isEmpty else {
      part = .word(rest: left, kind)
      return nil
    }
    part = .none
    afterValue()
    return kind
  }
}
