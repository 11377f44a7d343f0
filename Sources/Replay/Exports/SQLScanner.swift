/// Splits SQL text into tokens as PostgreSQL's and psql's scanners do, as far as quoting is concerned.
///
/// What matters is what is quoted and what is not: a captured statement is hostile, and psql acts on backslashes, colons
/// and semicolons that are not.
struct SQLScanner {
  enum Kind: Hashable {
    case word
    /// `'…'`, with the letter before it where that changes nothing in how it ends (`B`, `X`, `N`, `U&`).
    case string
    /// `E'…'`, where a backslash escapes a quote.
    case escapeString
    case quotedName
    case dollarString
    /// `$1`
    case parameter
    case lineComment
    case blockComment
    case blank
    case semicolon
    case colon
    case doubleColon
    case backslash
    case open
    case close
    case other
  }

  struct Token: Hashable {
    var kind: Kind
    var range: Range<Int>
    /// It ended because the text did.
    var isUnterminated = false
    /// It goes on behind a line break, which the server joins and psql, line by line, does not see.
    var isContinued = false
  }

  let bytes: [UInt8]
  private var place = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func tokens(of bytes: [UInt8]) -> [Token] {
    var scanner = SQLScanner(bytes)
    var tokens: [Token] = []
    while let token = scanner.next() { tokens.append(token) }
    return tokens
  }

  private func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func token(_ kind: Kind, to end: Int, isUnterminated: Bool = false) -> Token {
    defer { place = end }
    return Token(kind: kind, range: place..<end, isUnterminated: isUnterminated)
  }

  private mutating func next() -> Token? {
    guard let first = byte(place) else { return nil }
    switch first {
    case UInt8(ascii: "'"): return string(from: place)
    case UInt8(ascii: "\""): return quotedName()
    case UInt8(ascii: "$"): return dollar()
    case UInt8(ascii: "-") where byte(place + 1) == UInt8(ascii: "-"): return token(.lineComment, to: endOfLine(place))
    case UInt8(ascii: "/") where byte(place + 1) == UInt8(ascii: "*"): return blockComment()
    case UInt8(ascii: ";"): return token(.semicolon, to: place + 1)
    case UInt8(ascii: ":"):
      let isDouble = byte(place + 1) == UInt8(ascii: ":")
      return token(isDouble ? .doubleColon : .colon, to: place + (isDouble ? 2 : 1))
    case UInt8(ascii: "\\"): return token(.backslash, to: place + 1)
    case UInt8(ascii: "("): return token(.open, to: place + 1)
    case UInt8(ascii: ")"): return token(.close, to: place + 1)
    case let byte where Self.isBlank(byte):
      var end = place
      while let next = self.byte(end), Self.isBlank(next) { end += 1 }
      return token(.blank, to: end)
    case let byte where Self.beginsWord(byte): return word()
    default: return token(.other, to: place + 1)
    }
  }

  private mutating func word() -> Token {
    var end = place
    while let next = byte(end), Self.beginsWord(next) || (0x30...0x39).contains(next) || next == UInt8(ascii: "$") {
      end += 1
    }
    // E'…' is one token only when the letter stands alone: in typee'…' the word ends before the quote.
    guard end == place + 1, bytes[place] | 0x20 == UInt8(ascii: "e"), byte(end) == UInt8(ascii: "'") else {
      return token(.word, to: end)
    }
    return escapeString(quote: end)
  }

  /// A string in which only a quote ends it; two quotes are one.
  private mutating func string(from quote: Int) -> Token {
    guard let end = endOfQuoted(quote, UInt8(ascii: "'")) else {
      return token(.string, to: bytes.count, isUnterminated: true)
    }
    return token(.string, to: end)
  }

  /// A string in which a backslash escapes what follows. Over a line break it may go on in the same manner:
  /// `E'a'` and `'b\'c'` on the next line are one constant.
  private mutating func escapeString(quote: Int) -> Token {
    var quote = quote
    var isContinued = false
    while true {
      var index = quote + 1
      var end: Int?
      while let next = byte(index) {
        if next == UInt8(ascii: "\\") {
          index += 2
        } else if next == UInt8(ascii: "'") {
          guard byte(index + 1) == UInt8(ascii: "'") else {
            end = index + 1
            break
          }
          index += 2
        } else {
          index += 1
        }
      }
      guard let end else { return token(.escapeString, to: bytes.count, isUnterminated: true) }
      guard let continued = continuation(after: end) else {
        var token = token(.escapeString, to: end)
        token.isContinued = isContinued
        return token
      }
      isContinued = true
      quote = continued
    }
  }

  /// The quote that goes on with a string constant: after blanks and comments with a line break among them.
  private func continuation(after end: Int) -> Int? {
    var index = end
    var hasLineBreak = false
    while let next = byte(index) {
      if Self.isBlank(next) {
        if next == 0x0A || next == 0x0D { hasLineBreak = true }
        index += 1
      } else if next == UInt8(ascii: "-"), byte(index + 1) == UInt8(ascii: "-") {
        index = endOfLine(index)
      } else {
        break
      }
    }
    return hasLineBreak && byte(index) == UInt8(ascii: "'") ? index : nil
  }

  private mutating func quotedName() -> Token {
    guard let end = endOfQuoted(place, UInt8(ascii: "\"")) else {
      return token(.quotedName, to: bytes.count, isUnterminated: true)
    }
    return token(.quotedName, to: end)
  }

  private func endOfQuoted(_ start: Int, _ quote: UInt8) -> Int? {
    var index = start + 1
    while let next = byte(index) {
      guard next == quote else {
        index += 1
        continue
      }
      guard byte(index + 1) == quote else { return index + 1 }
      index += 2
    }
    return nil
  }

  /// `$1`, `$$…$$`, `$tag$…$tag$`, or a lone sign.
  private mutating func dollar() -> Token {
    var end = place + 1
    if let digit = byte(end), (0x30...0x39).contains(digit) {
      while let next = byte(end), (0x30...0x39).contains(next) { end += 1 }
      return token(.parameter, to: end)
    }
    while let next = byte(end), Self.beginsWord(next) || (end > place + 1 && (0x30...0x39).contains(next)) { end += 1 }
    guard byte(end) == UInt8(ascii: "$") else { return token(.other, to: place + 1) }
    let tag = bytes[place...end]
    var index = end + 1
    while let next = bytes[min(index, bytes.count)...].firstIndex(of: UInt8(ascii: "$")) {
      if bytes[next...].starts(with: tag) { return token(.dollarString, to: next + tag.count) }
      index = next + 1
    }
    return token(.dollarString, to: bytes.count, isUnterminated: true)
  }

  /// Comments of this kind nest (PostgreSQL documentation §4.1.5).
  private mutating func blockComment() -> Token {
    var depth = 1
    var index = place + 2
    while depth > 0 {
      guard let next = byte(index) else { return token(.blockComment, to: bytes.count, isUnterminated: true) }
      if next == UInt8(ascii: "/"), byte(index + 1) == UInt8(ascii: "*") {
        depth += 1
        index += 2
      } else if next == UInt8(ascii: "*"), byte(index + 1) == UInt8(ascii: "/") {
        depth -= 1
        index += 2
      } else {
        index += 1
      }
    }
    return token(.blockComment, to: index)
  }

  private func endOfLine(_ start: Int) -> Int {
    var end = start
    while let next = byte(end), next != 0x0A, next != 0x0D { end += 1 }
    return end
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  static func beginsWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || (0x61...0x7A).contains(byte | 0x20)
  }
}
