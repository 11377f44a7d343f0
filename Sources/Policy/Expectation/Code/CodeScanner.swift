import Bytes

/// Finds the string literals of a program, in one pass, whatever the language is as far as their literals look alike.
struct CodeScanner {
  /// Bytes of one program that are looked at.
  static let sizeLimit = 1 << 20
  /// Literals of one program.
  static let literalLimit = 20_000
  /// Names whose values are remembered.
  private static let nameLimit = 1_000

  let text: [UInt8]
  private let language: CodeLanguage
  private var index = 0
  private(set) var literals: [CodeLiteral] = []
  /// Values of names that are set once.
  private(set) var names: [String: String] = [:]

  private var expandedByteCount = 0
  private var lastName = ""
  /// What stands before a plus sign and a literal.
  private var prefix = ""
  private var nextNewline = -1

  // What stands before the literal.
  private var word = ""
  private var previousWord = ""
  private var isAfterEquals = false
  private var indentation = 0
  private var isLineStart = true
  /// For each open bracket, what is called by it.
  private var calls: [(name: String, receiver: String, argument: Int)] = []

  init(_ text: String, _ language: CodeLanguage) {
    self.text = Array(text.utf8.prefix(CodeScanner.sizeLimit))
    self.language = language
    while index < self.text.count, literals.count < CodeScanner.literalLimit { step() }
  }

  private func byte(_ at: Int) -> UInt8 { at < text.count ? text[at] : 0 }

  private mutating func step() {
    let current = text[index]
    switch current {
    case Byte.newline:
      (isLineStart, indentation) = (true, 0)
      if calls.isEmpty { (prefix, lastName) = ("", "") }
      if calls.isEmpty { (word, previousWord, isAfterEquals) = ("", "", false) }
      index += 1
    case 0x20, 0x09, 0x0D:
      if isLineStart { indentation += 1 }
      index += 1
    case UInt8(ascii: "#") where language.hasHashComments: skipLine()
    case UInt8(ascii: "/") where language.hasSlashComments && byte(index + 1) == current: skipLine()
    case UInt8(ascii: "/") where language.hasSlashComments && byte(index + 1) == UInt8(ascii: "*"): skipComment()
    case Byte.quote where language == .other && byte(index + 2) != Byte.quote && byte(index + 1) != Byte.backslash:
      // A lifetime of Rust's, or a quotation mark of another kind.
      if let end = closing(index) { literal(to: end) } else { index += 1 }
    case Byte.quote, Byte.doubleQuote, Byte.backtick: literal(to: nil)
    case UInt8(ascii: "<") where language == .ruby || language == .php: hereDocument()
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
      if calls.count < 256 {
        let isCall = current == UInt8(ascii: "(")
        calls.append((isCall ? word : calls.last?.name ?? "", isCall ? previousWord : calls.last?.receiver ?? "", 0))
      }
      (word, previousWord, isAfterEquals) = ("", "", false)
      (prefix, lastName) = ("", "")
      isLineStart = false
      index += 1
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
      _ = calls.popLast()
      (word, previousWord) = ("", "")
      index += 1
    case UInt8(ascii: ","):
      if let last = calls.indices.last { calls[last].argument += 1 }
      (prefix, lastName) = ("", "")
      (word, previousWord, isAfterEquals) = ("", "", false)
      index += 1
    case UInt8(ascii: "+"):
      if !lastName.isEmpty { prefix += value(of: lastName) }
      lastName = ""
      index += 1
    case UInt8(ascii: "="):
      (prefix, lastName) = ("", "")
      if byte(index + 1) == current || byte(index + 1) == UInt8(ascii: ">") { index += 1 } else { isAfterEquals = true }
      index += 1
    case UInt8(ascii: ":"):
      isAfterEquals = byte(index + 1) == UInt8(ascii: "=") || !calls.isEmpty
      index += 1
    case UInt8(ascii: "."), UInt8(ascii: "?"), UInt8(ascii: "!"), UInt8(ascii: "&"), UInt8(ascii: "*"): index += 1
    default:
      if Byte.isNameStart(current) || current >= 0x80 { readWord() } else { index += 1 }
      isLineStart = false
    }
  }

  private mutating func readWord() {
    let start = index
    while index < text.count, SQLTokens.isWord(text[index]) { index += 1 }
    // A prefix of a literal.
    if byte(index) == Byte.quote || byte(index) == Byte.doubleQuote, index - start <= 2, language == .python,
      text[start..<index].allSatisfy({ "rRbBfFuU".utf8.contains($0) })
    {
      return literal(to: nil, prefix: text[start..<index])
    }
    if index - start <= 64 { lastName = String(decoding: text[start..<index], as: UTF8.self) }
    let found = index - start <= 64 ? String(decoding: text[start..<index], as: UTF8.self) : ""
    if isAfterEquals {
      // `sql = text("…")`: the name stays what is assigned.
      if byte(index) == Byte.open || byte(index) == UInt8(ascii: ".") {
        (previousWord, word) = (word, found)
        isAfterEquals = false
      }
      return
    }
    if ["await", "async", "return", "const", "let", "var", "new", "yield", "in", "and", "or", "not"].contains(found) {
      return
    }
    (previousWord, word) = (word, found)
  }

  private mutating func skipLine() { while index < text.count, text[index] != Byte.newline { index += 1 } }

  private mutating func skipComment() {
    index += 2
    while index < text.count, !(text[index] == UInt8(ascii: "*") && byte(index + 1) == UInt8(ascii: "/")) { index += 1 }
    index = min(index + 2, text.count)
  }

  private func closing(_ start: Int) -> Int? {
    var end = start + 1
    while end < text.count, text[end] != text[start], text[end] != Byte.newline { end += 1 }
    return end < text.count && text[end] == text[start] ? end + 1 : nil
  }

  /// A name's value, while there is room for it: values may hold values that hold values.
  private mutating func value(of name: String) -> String {
    guard let value = names[name], expandedByteCount + value.utf8.count <= CodeScanner.sizeLimit else {
      return EffectText.hole
    }
    expandedByteCount += value.utf8.count
    return value
  }

  // MARK: Literals

  private mutating func literal(to end: Int?, prefix: ArraySlice<UInt8> = []) {
    isLineStart = false
    var whole = self.prefix + one(prefix)
    (self.prefix, lastName) = ("", "")
    var isFirst = true
    // What is put together with it.
    while isFirst || whole.utf8.count < CodeScanner.sizeLimit {
      isFirst = false
      let before = index
      skipBlanks()
      if isLiteral(index), language == .python || language == .other {
        whole += prefixed()
        continue
      }
      if byte(index) == UInt8(ascii: "+") || byte(index) == UInt8(ascii: ".") && language == .php,
        byte(index + 1) != UInt8(ascii: "=")
      {
        index += 1
        skipBlanks()
        if isLiteral(index) {
          whole += prefixed()
          continue
        }
        whole += operand()
        continue
      }
      index = before
      break
    }
    // `% (…)` and `.format(…)`.
    var at = index
    while at < text.count, text[at] == 0x20 || text[at] == Byte.newline || text[at] == 0x09 { at += 1 }
    if byte(at) == UInt8(ascii: "%"), language == .python || language == .ruby { whole = CodeText.percent(whole) }
    if text[min(at, text.count)...].starts(with: ".format(".utf8) { whole = CodeText.braces(whole) }
    if byte(at) == UInt8(ascii: ":"), byte(at + 1) != UInt8(ascii: ":"), !calls.isEmpty, !isAfterEquals,
      whole.utf8.count <= 64
    {
      // The name of a member: `{"cmd": "…"}`.
      word = whole
      return
    }
    let call = calls.last
    let isAssigned = isAfterEquals && !word.isEmpty
    if isAssigned, calls.isEmpty, names.count < CodeScanner.nameLimit {
      names[word] = names[word] == nil || names[word] == whole ? whole : EffectText.hole
    }
    literals.append(
      CodeLiteral(
        text: whole, context: isAssigned ? word : call?.name ?? word,
        receiver: isAssigned ? call?.name ?? "" : call?.receiver ?? "",
        isAssigned: isAssigned, indentation: indentation, end: index, argument: call?.argument ?? 0))
  }

  private func isQuote(_ byte: UInt8) -> Bool {
    byte == Byte.quote || byte == Byte.doubleQuote || byte == Byte.backtick
  }

  private func isLiteral(_ at: Int) -> Bool {
    if isQuote(byte(at)) { return true }
    guard language == .python else { return false }
    for count in 1...2 where isQuote(byte(at + count)) && byte(at + count) != Byte.backtick {
      return (0..<count).allSatisfy { "rRbBfFuU".utf8.contains(byte(at + $0)) }
    }
    return false
  }

  private mutating func skipBlanks() {
    while index < text.count {
      if text[index] == 0x20 || (9...13).contains(text[index]) {
        index += 1
      } else if text[index] == Byte.backslash, byte(index + 1) == Byte.newline {
        index += 2
      } else {
        return
      }
    }
  }

  /// What is added that is no literal: a name whose value is known, or anything.
  private mutating func operand() -> String {
    let start = index
    var depth = 0
    while index < text.count {
      let byte = text[index]
      if byte == Byte.open || byte == UInt8(ascii: "[") { depth += 1 }
      if byte == Byte.close || byte == UInt8(ascii: "]") {
        if depth == 0 { break }
        depth -= 1
      }
      if depth == 0, !SQLTokens.isWord(byte), byte != UInt8(ascii: "."), byte != Byte.close, byte != UInt8(ascii: "]") {
        break
      }
      index += 1
    }
    let name = String(decoding: text[start..<index].prefix(64), as: UTF8.self)
    return value(of: name)
  }

  /// One literal at its prefix, where `isLiteral` says that there is one.
  private mutating func prefixed() -> String {
    let start = index
    while index < text.count, !isQuote(text[index]) { index += 1 }
    return one(text[start..<index])
  }

  /// One literal at the quotation mark; its prefix has been read.
  private mutating func one(_ prefix: ArraySlice<UInt8>) -> String {
    guard index < text.count else { return "" }
    let mark = text[index]
    let isTriple = byte(index + 1) == mark && byte(index + 2) == mark && (language == .python || language == .other)
    index += isTriple ? 3 : 1
    let isRaw = prefix.contains { $0 | 0x20 == UInt8(ascii: "r") } || language == .go && mark == Byte.backtick
    let isFormat = prefix.contains { $0 | 0x20 == UInt8(ascii: "f") }
    var out: [UInt8] = []
    while index < text.count {
      let current = text[index]
      if current == mark, !isTriple || byte(index + 1) == mark && byte(index + 2) == mark {
        index += isTriple ? 3 : 1
        break
      }
      // An apostrophe of a comment or of a text ends with its line.
      if current == Byte.newline, !isTriple, mark != Byte.backtick, language == .python { break }
      if current == Byte.backslash, !isRaw, index + 1 < text.count {
        if text[index + 1] == Byte.newline {
          index += 2
          continue
        }
        out += ANSIQuoting.decode(text[index..<(index + 2)])
        index += 2
      } else if isFormat, current == UInt8(ascii: "{") {
        if byte(index + 1) == current {
          out.append(current)
          index += 2
        } else {
          out += Array(computed(to: UInt8(ascii: "}"), open: current).utf8)
        }
      } else if isFormat, current == UInt8(ascii: "}") {
        out.append(current)
        index += byte(index + 1) == current ? 2 : 1
      } else if current == Byte.dollar && mark == Byte.backtick && language == .javascript
        || current == UInt8(ascii: "#") && mark == Byte.doubleQuote && language == .ruby,
        byte(index + 1) == UInt8(ascii: "{")
      {
        index += 1
        out += Array(computed(to: UInt8(ascii: "}"), open: UInt8(ascii: "{")).utf8)
      } else if current == Byte.dollar, mark == Byte.doubleQuote, language == .php, Byte.isNameStart(byte(index + 1)) {
        index += 1
        while index < text.count, Byte.isName(text[index]) { index += 1 }
        out += Array(EffectText.hole.utf8)
      } else {
        out.append(current)
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// `{expression}` at its brace: the value of a name that is known, or anything.
  private mutating func computed(to close: UInt8, open: UInt8) -> String {
    let start = index + 1
    var depth = 0
    while index < text.count {
      if text[index] == open { depth += 1 }
      if text[index] == close { depth -= 1 }
      index += 1
      if depth == 0 { break }
    }
    let name = String(decoding: text[min(start, index)..<max(start, index - 1)].prefix(64), as: UTF8.self).utf8Part(
      0..<64)
    return value(of: name)
  }

  /// Ruby's `<<~SQL` and PHP's `<<<SQL`.
  private mutating func hereDocument() {
    var at = index + 1
    guard byte(at) == UInt8(ascii: "<") else {
      index += 1
      return
    }
    at += 1
    if byte(at) == UInt8(ascii: "<") || byte(at) == UInt8(ascii: "~") || byte(at) == UInt8(ascii: "-") { at += 1 }
    let quote = isQuote(byte(at)) ? byte(at) : nil
    if quote != nil { at += 1 }
    let start = at
    while at < text.count, Byte.isName(text[at]) { at += 1 }
    let tag = text[min(start, text.count)..<min(at, text.count)]
    if nextNewline < at { nextNewline = text[min(at, text.count)...].firstIndex(of: Byte.newline) ?? Int.max }
    let newline = nextNewline
    guard tag.count > 1, newline < text.count else {
      index += 1
      return
    }
    var lines: [UInt8] = []
    var line = newline + 1
    while line < text.count {
      let end = text[line...].firstIndex(of: Byte.newline) ?? text.count
      let own = text[line..<end].drop { $0 == 0x20 || $0 == 0x09 }
      line = end + 1
      if own.starts(with: tag), own.count <= tag.count + 2 { break }
      lines += own + [Byte.newline]
    }
    let call = calls.last
    literals.append(
      CodeLiteral(
        text: CodeText.interpolated(String(decoding: lines, as: UTF8.self)), context: call?.name ?? word,
        receiver: call?.receiver ?? previousWord, isAssigned: isAfterEquals, indentation: indentation, end: newline,
        argument: call?.argument ?? 0))
    index = min(line, text.count)
    (isLineStart, indentation) = (true, 0)
  }
}
