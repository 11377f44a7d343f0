/// Reads POSIX shell and bash (POSIX 2.10, bash's parse.y) by recursive descent, in one pass over the bytes.
///
/// It is total: whatever the bytes are, it gives the commands up to the first mistake and says where that is.
struct ShellParser {
  let bytes: [UInt8]
  var index = 0
  /// Nothing is read beyond; smaller than the text while the body of a here-document is read.
  var end: Int
  var depth: Int
  private var nodes: Int
  /// Within `$(…)` a here-document may end before the parenthesis.
  var substitutions = 0
  /// `shopt -s extglob` may be in effect.
  let isExtended: Bool
  var pending: [PendingHereDocument] = []
  var hereDocuments: [ShellWord] = []
  /// A here-document ended where the text does.
  var hasOpenDocument = false
  /// Where the blanks behind the last compound command end.
  var compoundEnd = -1
  /// Where `((` turned out to be two parentheses: looked at once, however often it is come by.
  var notArithmetic: Set<Int> = []
  /// Part of a word that was taken for the beginning of an assignment.
  var readAhead: ReadAhead?
  /// Bytes that were read in vain, and those within backquotes once more.
  var reread = 0

  struct ReadAhead {
    var start: Int
    var end: Int
    var parts: [ShellWordPart]
  }

  /// A here-document whose body begins after the next newline.
  struct PendingHereDocument {
    var number: Int
    var delimiter: [UInt8]
    var isQuoted: Bool
    var stripsTabs: Bool
  }

  static func parse(_ source: [UInt8], depth: Int = 0, nodes: Int = 0) -> ShellScript {
    var parser = ShellParser(source, depth: depth, nodes: nodes)
    return parser.script()
  }

  private init(_ source: [UInt8], depth: Int, nodes: Int) {
    bytes = source
    end = source.count
    self.depth = depth
    self.nodes = nodes
    isExtended = source.count < ShellLimits.textSize && Self.mentionsExtendedGlobs(source)
  }

  private static func mentionsExtendedGlobs(_ source: [UInt8]) -> Bool {
    let word = Array("extglob".utf8)
    guard source.count >= word.count else { return false }
    return source.indices.dropLast(word.count - 1).contains { start in
      source[start] == word[0] && source[start..<(start + word.count)].elementsEqual(word)
    }
  }

  /// Complete commands, one after the other, so that a mistake leaves those before it.
  private mutating func script() -> ShellScript {
    var list = ShellList()
    var failure: ShellSyntaxError?
    do throws(ShellSyntaxError) {
      guard bytes.count <= ShellLimits.textSize else {
        throw ShellSyntaxError(reason: "longer than \(ShellLimits.textSize) bytes", offset: ShellLimits.textSize)
      }
      try skipNewlines()
      while look() != nil {
        list.items.append(try andOr())
        try separator(&list)
        try skipNewlines()
      }
      try readHereDocuments()
    } catch {
      failure = error
    }
    return ShellScript(
      source: bytes, list: list, hereDocuments: hereDocuments, readByteCount: index + reread, failure: failure,
      hasOpenDocument: hasOpenDocument)
  }

  // MARK: Bytes

  /// The byte so many further on, line continuations left out (POSIX 2.2.1).
  func look(_ count: Int = 0) -> UInt8? {
    var at = index
    var left = count
    while at < end {
      while at + 1 < end, bytes[at] == Byte.backslash, bytes[at + 1] == Byte.newline { at += 2 }
      guard at < end else { return nil }
      if left == 0 { return bytes[at] }
      at += 1
      left -= 1
    }
    return nil
  }

  /// Steps over line continuations.
  mutating func settle() {
    while index + 1 < end, bytes[index] == Byte.backslash, bytes[index + 1] == Byte.newline { index += 2 }
  }

  mutating func advance(_ count: Int = 1) {
    for _ in 0..<count {
      settle()
      if index < end { index += 1 }
    }
    settle()
  }

  /// Whether the operator stands here.
  func has(_ text: String) -> Bool {
    for (offset, byte) in text.utf8.enumerated() where look(offset) != byte { return false }
    return true
  }

  func failure(_ reason: String, at offset: Int? = nil) -> ShellSyntaxError {
    ShellSyntaxError(reason: reason, offset: min(offset ?? index, bytes.count))
  }

  /// What stands here, for a message.
  var shown: String {
    guard let byte = look() else { return "end" }
    if byte == Byte.newline { return "newline" }
    for text in [";;&", ";;", ";&", "&&", "||", "|&", "&>", "<<", ">>"] where has(text) { return text }
    if let word = reservedWord() { return word }
    return (0x21...0x7E).contains(byte) ? String(UnicodeScalar(byte)) : "byte \(byte)"
  }

  // MARK: Limits

  mutating func count() throws(ShellSyntaxError) {
    nodes += 1
    if nodes > ShellLimits.nodes { throw failure("more than \(ShellLimits.nodes) parts") }
  }

  /// One level further in.
  mutating func descend() throws(ShellSyntaxError) {
    depth += 1
    if depth > ShellLimits.depth { throw failure("nested deeper than \(ShellLimits.depth) levels") }
    try count()
  }

  var nodeCount: Int { nodes }

  // MARK: Blanks

  /// Blanks and a comment; the newline is left.
  mutating func skipBlanks() {
    settle()
    while index < end, bytes[index] == 0x20 || bytes[index] == 0x09 {
      index += 1
      settle()
    }
    guard index < end, bytes[index] == UInt8(ascii: "#") else { return }
    while index < end, bytes[index] != Byte.newline { index += 1 }
  }

  mutating func skipNewlines() throws(ShellSyntaxError) {
    skipBlanks()
    while look() == Byte.newline {
      try newline()
      skipBlanks()
    }
  }

  private mutating func newline() throws(ShellSyntaxError) {
    advance(1)
    try readHereDocuments()
  }

  /// The reserved word that stands here as a word of its own (POSIX 2.4).
  func reservedWord() -> String? {
    var word: [UInt8] = []
    while let byte = look(word.count), !Byte.isMeta(byte) {
      word.append(byte)
      if word.count > 8 { return nil }
    }
    // `esac<(…)` is one word.
    if let next = look(word.count), next == UInt8(ascii: "<") || next == UInt8(ascii: ">"),
      look(word.count + 1) == Byte.open
    {
      return nil
    }
    return ShellParser.reserved[word]
  }

  private static let reserved: [[UInt8]: String] = Dictionary(
    uniqueKeysWithValues: [
      "if", "then", "elif", "else", "fi", "do", "done", "case", "esac", "while", "until", "for", "select", "in",
      "function", "coproc", "time", "{", "}", "!", "[[", "]]",
    ].map { (Array($0.utf8), $0) })
}

/// Bytes by their names.
enum Byte {
  static let newline: UInt8 = 0x0A
  static let backslash: UInt8 = 0x5C
  static let dollar: UInt8 = 0x24
  static let quote: UInt8 = 0x27
  static let doubleQuote: UInt8 = 0x22
  static let backtick: UInt8 = 0x60
  static let open: UInt8 = 0x28
  static let close: UInt8 = 0x29

  /// Ends a word: blanks, newline and the first bytes of operators.
  static func isMeta(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x26, 0x28, 0x29, 0x3B, 0x3C, 0x3E, 0x7C: true
    default: false
    }
  }

  static func isNameStart(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  static func isName(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }
}
