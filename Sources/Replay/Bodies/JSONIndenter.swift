import Bytes

/// Lays JSON (RFC 8259) out over lines. Names, strings and numbers keep their spelling, and members their order.
///
/// It reads bytes one after another without recursion; what is not JSON is left to others. Values that follow each other
/// on lines of their own (JSON lines) are taken too.
struct JSONIndenter {
  /// Containers within containers; indented, more would be unreadable long before.
  static let depthLimit = 256

  enum Outcome: Hashable {
    case whole(String)
    /// The limit was reached, or the input ended in the middle and may.
    case beginning(String)
    case invalid
  }

  private let input: [UInt8]
  private let limit: Int
  private var place = 0
  private var out: [UInt8] = []
  /// Whether each open container is an object.
  private var containers: [Bool] = []

  private enum Stop: Error {
    case invalid, ended, full
  }

  private init(_ input: [UInt8], limit: Int) {
    self.input = input
    self.limit = limit
  }

  /// Lays `input` out in `limit` bytes at most; `isCut` says that it is the beginning only.
  static func indent(_ input: [UInt8], limit: Int, isCut: Bool) -> Outcome {
    var indenter = JSONIndenter(input, limit: limit)
    do {
      try indenter.values()
      return .whole(String(decoding: indenter.out, as: UTF8.self))
    } catch {
      switch error {
      case .invalid: return .invalid
      case .ended: return isCut ? .beginning(String(decoding: indenter.out, as: UTF8.self)) : .invalid
      case .full:
        // Not inside a character.
        var kept = indenter.out.prefix(limit)
        while let last = kept.last, last & 0xC0 == 0x80 { kept.removeLast() }
        if let last = kept.last, last >= 0xC0 { kept.removeLast() }
        return .beginning(String(decoding: kept, as: UTF8.self))
      }
    }
  }

  private mutating func values() throws(Stop) {
    skipBlanks()
    while true {
      try value()
      skipBlanks()
      if place == input.count { return }
      out.append(0x0A)
    }
  }

  /// One value of the outermost level, and all that is in it.
  private mutating func value() throws(Stop) {
    var expectsValue = true
    repeat {
      if out.count > limit { throw .full }
      skipBlanks()
      guard let byte = peek else { throw .ended }
      if expectsValue {
        expectsValue = try begin(byte)
        continue
      }
      guard let isObject = containers.last else { throw .invalid }
      switch byte {
      case UInt8(ascii: ","):
        take()
        newline()
        if isObject { try name() }
        expectsValue = true
      case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject:
        containers.removeLast()
        newline()
        take()
      default: throw .invalid
      }
    } while expectsValue || !containers.isEmpty
  }

  /// A scalar, or the beginning of a container; whether a value comes next.
  private mutating func begin(_ byte: UInt8) throws(Stop) -> Bool {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let isObject = byte == UInt8(ascii: "{")
      take()
      skipBlanks()
      if peek == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
        take()
        return false
      }
      guard containers.count < Self.depthLimit else { throw .invalid }
      containers.append(isObject)
      newline()
      if isObject { try name() }
      return true
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: throw .invalid
    }
    return false
  }

  private mutating func name() throws(Stop) {
    skipBlanks()
    guard let quote = peek else { throw .ended }
    guard quote == UInt8(ascii: "\"") else { throw .invalid }
    try string()
    skipBlanks()
    guard let colon = peek else { throw .ended }
    guard colon == UInt8(ascii: ":") else { throw .invalid }
    take()
    out.append(UInt8(ascii: " "))
  }

  private mutating func string() throws(Stop) {
    take()
    while let byte = peek {
      guard byte >= 0x20 else { throw .invalid }
      take()
      if byte == UInt8(ascii: "\"") { return }
      if out.count > limit { throw .full }
      guard byte == UInt8(ascii: "\\") else { continue }
      guard let escaped = peek else { throw .ended }
      guard "\"\\/bfnrtu".utf8.contains(escaped) else { throw .invalid }
      take()
      guard escaped == UInt8(ascii: "u") else { continue }
      for _ in 0..<4 {
        guard let digit = peek else { throw .ended }
        guard Character(Unicode.Scalar(digit)).isHexDigit else { throw .invalid }
        take()
      }
    }
    throw .ended
  }

  private mutating func number() throws(Stop) {
    if peek == UInt8(ascii: "-") { take() }
    let first = peek
    let count = digits()
    guard count > 0 else { throw place == input.count ? .ended : .invalid }
    if first == UInt8(ascii: "0"), count > 1 { throw .invalid }
    if peek == UInt8(ascii: ".") {
      take()
      guard digits() > 0 else { throw place == input.count ? .ended : .invalid }
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      take()
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { take() }
      guard digits() > 0 else { throw place == input.count ? .ended : .invalid }
    }
  }

  private mutating func digits() -> Int {
    var count = 0
    while let digit = peek, isDigit(digit) {
      take()
      count += 1
    }
    return count
  }

  private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private mutating func word(_ word: StaticString) throws(Stop) {
    for byte in word.description.utf8 {
      guard let next = peek else { throw .ended }
      guard next == byte else { throw .invalid }
      take()
    }
  }

  private var peek: UInt8? { place < input.count ? input[place] : nil }

  private mutating func take() {
    guard let byte = peek else { return }
    out.append(byte)
    place += 1
  }

  private mutating func newline() {
    out.append(0x0A)
    for _ in 0..<(containers.count * 2) { out.append(0x20) }
  }

  private mutating func skipBlanks() {
    // RFC 7464 begins each text of a sequence with a record separator.
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D || byte == 0x1E { place += 1 }
  }
}
