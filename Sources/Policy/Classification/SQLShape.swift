import Bytes

/// A text of SQL seen through its tokens, in one pass: where its statements are, and what is left of it without constants.
///
/// It knows what PostgreSQL's scanner knows of the ends of tokens (§4.1 of the documentation): quoted identifiers, string
/// constants with and without escapes, dollar quotes, nested comments. It knows no grammar.
struct SQLShape {
  /// UTF-8 offsets of each statement that holds more than blanks and comments, without the semicolon.
  fileprivate(set) var statements: [Range<Int>] = []
  /// UTF-8 offsets of the constants: numbers and strings, quotes included.
  fileprivate(set) var constants: [Range<Int>] = []
  /// UTF-8 offsets of the comments.
  fileprivate(set) var comments: [Range<Int>] = []
  /// The text with a `?` in the place of each constant, and comments left out.
  fileprivate(set) var shape: [UInt8] = []
  /// The word PASSWORD occurs, or a constant holds `password=`: there may be something to hide.
  fileprivate(set) var mayHoldSecrets = false
  fileprivate var words: [[String]]?

  /// Words kept of a statement.
  static let wordLimit = 200

  /// Elements of which the room is kept for the next text.
  private static let roomLimit = 1 << 16

  /// Reads a text, in the room that the last one took.
  mutating func read(_ text: String) {
    statements.removeAll(keepingCapacity: statements.capacity <= SQLShape.roomLimit)
    constants.removeAll(keepingCapacity: constants.capacity <= SQLShape.roomLimit)
    comments.removeAll(keepingCapacity: comments.capacity <= SQLShape.roomLimit)
    shape.removeAll(keepingCapacity: shape.capacity <= SQLShape.roomLimit)
    mayHoldSecrets = false
    var text = text
    text.withUTF8 { buffer in
      var scanner = unsafe SQLScanner(buffer.span)
      // Handed over, so that no room is shared, which would have to be copied.
      swap(&scanner.out, &self)
      scanner.run()
      swap(&scanner.out, &self)
    }
  }

  /// The words outside of quotes and comments of each statement, in lower case, up to a limit: for what does not parse.
  static func words(of text: String) -> [[String]] {
    var shape = SQLShape()
    shape.words = []
    shape.read(text)
    return shape.words ?? []
  }
}

/// The pass itself.
private struct SQLScanner: ~Escapable {
  private let bytes: Span<UInt8>
  private var index = 0
  private var statementStart: Int?
  private var lastSignificant = 0
  var out = SQLShape()

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  private func byte(_ at: Int) -> UInt8 { at < bytes.count ? bytes[at] : 0 }

  @_lifetime(self: copy self)
  mutating func run() {
    out.shape.reserveCapacity(bytes.count)
    while index < bytes.count {
      let current = bytes[index]
      switch current {
      case UInt8(ascii: " "), 9, 10, 11, 12, 13:
        if let last = out.shape.last, last != 0x20 { out.shape.append(0x20) }
        index += 1
      case UInt8(ascii: "-") where byte(index + 1) == UInt8(ascii: "-"):
        let end = bytes.firstIndex(of: 10, from: index) ?? bytes.count
        out.comments.append(index..<end)
        index = end
      case UInt8(ascii: "/") where byte(index + 1) == UInt8(ascii: "*"): skipComment()
      case UInt8(ascii: ";"): endStatement()
      case UInt8(ascii: "'"): constant(to: endOfString(index, escapes: false))
      case UInt8(ascii: "\""): copy(to: endOfQuoted(index, UInt8(ascii: "\"")))
      case UInt8(ascii: "$"):
        if let end = endOfDollarQuote() { constant(to: end) } else { copy(to: index + 1) }
      case UInt8(ascii: "0")...UInt8(ascii: "9"): constant(to: endOfNumber())
      case UInt8(ascii: ".") where isDigit(byte(index + 1)): constant(to: endOfNumber())
      default:
        if isWordStart(current) { word() } else { copy(to: index + 1) }
      }
    }
    endStatement()
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private func isWordStart(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_")
      || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
  }

  @_lifetime(self: copy self)
  private mutating func significant(to end: Int) {
    if statementStart == nil { statementStart = index }
    lastSignificant = end
  }

  @_lifetime(self: copy self)
  private mutating func copy(to end: Int) {
    let end = min(end, bytes.count)
    significant(to: end)
    if end - index == 1 {
      out.shape.append(bytes[index])
    } else {
      out.shape.append(contentsOf: bytes.extracting(index..<end))
    }
    index = end
  }

  @_lifetime(self: copy self)
  private mutating func constant(to end: Int) {
    let end = min(end, bytes.count)
    significant(to: end)
    if bytes[index] == UInt8(ascii: "'") || end - index > 12, holdsPassword(index..<end) { out.mayHoldSecrets = true }
    out.constants.append(index..<end)
    out.shape.append(UInt8(ascii: "?"))
    index = end
  }

  private func holdsPassword(_ range: Range<Int>) -> Bool {
    let part = bytes.extracting(range)
    var from = 0
    while let hit = part.firstIndex(of: UInt8(ascii: "="), from: from) {
      if hit >= 4, endsWith(part.extracting(0..<hit), "pass") || endsWith(part.extracting(0..<hit), "password") {
        return true
      }
      from = hit + 1
    }
    return false
  }

  private func endsWith(_ part: Span<UInt8>, _ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard part.count >= count else { return false }
    return word.withUTF8Buffer { buffer in
      for offset in 0..<count where unsafe part[part.count - count + offset] | 0x20 != buffer[offset] { return false }
      return true
    }
  }

  /// An identifier or a keyword; `E'…'`, `B'…'`, `X'…'`, `N'…'` and `U&'…'` are constants with a prefix.
  @_lifetime(self: copy self)
  private mutating func word() {
    let letter = bytes[index] | 0x20
    if byte(index + 1) == UInt8(ascii: "'") {
      if letter == UInt8(ascii: "e") { return constant(to: endOfString(index + 1, escapes: true)) }
      if letter == UInt8(ascii: "b") || letter == UInt8(ascii: "x") || letter == UInt8(ascii: "n") {
        return constant(to: endOfString(index + 1, escapes: false))
      }
    }
    if letter == UInt8(ascii: "u"), byte(index + 1) == UInt8(ascii: "&") {
      if byte(index + 2) == UInt8(ascii: "'") { return constant(to: endOfString(index + 2, escapes: false)) }
      if byte(index + 2) == UInt8(ascii: "\"") { return copy(to: endOfQuoted(index + 2, UInt8(ascii: "\""))) }
    }
    var end = index + 1
    while end < bytes.count, isWordStart(bytes[end]) || isDigit(bytes[end]) || bytes[end] == UInt8(ascii: "$") {
      end += 1
    }
    if end - index == 8, letter == UInt8(ascii: "p"), endsWith(bytes.extracting(index..<end), "password") {
      out.mayHoldSecrets = true
    }
    if out.words != nil { collect(index..<end) }
    copy(to: end)
  }

  @_lifetime(self: copy self)
  private mutating func collect(_ range: Range<Int>) {
    guard var words = out.words else { return }
    out.words = nil
    if statementStart == nil || words.isEmpty { words.append([]) }
    if words[words.count - 1].count < SQLShape.wordLimit {
      words[words.count - 1].append(bytes.extracting(range).string.lowercased())
    }
    out.words = words
  }

  @_lifetime(self: copy self)
  private mutating func endStatement() {
    if let start = statementStart {
      out.statements.append(start..<lastSignificant)
      if let words = out.words, words.count < out.statements.count { out.words?.append([]) }
    }
    statementStart = nil
    while out.shape.last == 0x20 { out.shape.removeLast() }
    if index < bytes.count {
      out.shape.append(UInt8(ascii: ";"))
      index += 1
    }
  }

  /// Comments nest (§4.1.5).
  @_lifetime(self: copy self)
  private mutating func skipComment() {
    let start = index
    var depth = 0
    while index < bytes.count {
      if byte(index) == UInt8(ascii: "/"), byte(index + 1) == UInt8(ascii: "*") {
        depth += 1
        index += 2
      } else if byte(index) == UInt8(ascii: "*"), byte(index + 1) == UInt8(ascii: "/") {
        depth -= 1
        index += 2
        if depth == 0 { break }
      } else {
        index += 1
      }
    }
    out.comments.append(start..<index)
    if let last = out.shape.last, last != 0x20 { out.shape.append(0x20) }
  }

  private func endOfString(_ quote: Int, escapes: Bool) -> Int {
    var position = quote + 1
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "\\"), escapes {
        position += 2
      } else if bytes[position] == UInt8(ascii: "'") {
        guard byte(position + 1) == UInt8(ascii: "'"), position + 1 < bytes.count else { return position + 1 }
        position += 2
      } else {
        position += 1
      }
    }
    return bytes.count
  }

  private func endOfQuoted(_ quote: Int, _ mark: UInt8) -> Int {
    var position = quote + 1
    while let hit = bytes.firstIndex(of: mark, from: position) {
      guard byte(hit + 1) == mark, hit + 1 < bytes.count else { return hit + 1 }
      position = hit + 2
    }
    return bytes.count
  }

  /// `$$…$$` or `$tag$…$tag$`; nil for a parameter such as `$1` or a lone dollar.
  private func endOfDollarQuote() -> Int? {
    var end = index + 1
    if isDigit(byte(end)) { return nil }
    while end < bytes.count, isWordStart(bytes[end]) || isDigit(bytes[end]) { end += 1 }
    guard byte(end) == UInt8(ascii: "$"), end < bytes.count else { return nil }
    let tag = bytes.extracting(index..<(end + 1))
    var position = end + 1
    while let hit = bytes.firstIndex(of: UInt8(ascii: "$"), from: position) {
      guard hit + tag.count <= bytes.count else { return bytes.count }
      if bytes.extracting(hit..<(hit + tag.count)).elementsEqual(tag) { return hit + tag.count }
      position = hit + 1
    }
    return bytes.count
  }

  private func endOfNumber() -> Int {
    var end = index
    while end < bytes.count {
      let current = bytes[end]
      if isDigit(current) || current == UInt8(ascii: ".") || isWordStart(current) {
        let isExponent = current | 0x20 == UInt8(ascii: "e")
        end += 1
        if isExponent, byte(end) == UInt8(ascii: "+") || byte(end) == UInt8(ascii: "-"), isDigit(byte(end + 1)) {
          end += 1
        }
      } else {
        break
      }
    }
    return end
  }
}
