import Bytes

/// A script cut into what psql sends, one request each, and psql's own commands (psqlscan.l).
struct PsqlScript {
  enum Item: Hashable {
    /// As sent, semicolon included.
    case query(String, isRepeated: Bool)
    /// Without its backslash; the rest of its line.
    case command(String, String)
  }

  /// Items of one script.
  static let itemLimit = 10_000

  private(set) var items: [Item] = []
  /// What stands behind the last statement: sent at the end of a file, not yet when it is typed.
  private(set) var pending = ""
  private(set) var variables: [String: String]

  private let text: [UInt8]
  private var index = 0
  private var buffer: [UInt8] = []
  private var parentheses = 0
  /// `BEGIN ATOMIC` and `CASE` within the body of a routine.
  private var bodies = 0
  /// The first words of the statement.
  private var words: [String] = []
  private var isBufferBlank = true
  private var expandedByteCount = 0

  init(_ text: String, variables: [String: String]) {
    self.text = Array(text.utf8)
    self.variables = variables
    while index < self.text.count, items.count < PsqlScript.itemLimit { step() }
    if !isBufferBlank { pending = String(decoding: buffer, as: UTF8.self) }
  }

  private mutating func take(to end: Int) {
    buffer += text[index..<min(end, text.count)]
    index = min(end, text.count)
    isBufferBlank = false
  }

  private mutating func step() {
    let byte = text[index]
    if byte == 0x20 || (9...13).contains(byte) {
      if !isBufferBlank { buffer.append(byte) }
      index += 1
    } else if let end = SQLTokens.comment(text, at: index) {
      // Comments within a statement are sent since psql 15; those before it are not.
      if isBufferBlank {
        index = end
      } else {
        take(to: end)
      }
    } else if byte == UInt8(ascii: ":"), substitute() {
      return
    } else if let end = SQLTokens.quoted(text, at: index) {
      take(to: end)
    } else if byte == Byte.backslash {
      command()
    } else if byte == UInt8(ascii: ";"), parentheses == 0, bodies == 0 {
      if isBufferBlank {
        index += 1
      } else {
        take(to: index + 1)
        send()
      }
    } else if Byte.isNameStart(byte) || byte >= 0x80 {
      word()
    } else {
      if byte == Byte.open { parentheses += 1 }
      if byte == Byte.close { parentheses = max(0, parentheses - 1) }
      take(to: index + 1)
    }
  }

  private mutating func word() {
    var end = index
    while end < text.count, SQLTokens.isWord(text[end]) || text[end] == Byte.dollar { end += 1 }
    if end - index <= 16, parentheses == 0 {
      let word = String(decoding: text[index..<end], as: UTF8.self).lowercased()
      if words.count < 4 { words.append(word) }
      let isRoutine =
        words.first == "create"
        && (["function", "procedure"].contains(words.dropFirst().first ?? "")
          || words.count > 3 && words[1] == "or" && words[2] == "replace"
            && ["function", "procedure"].contains(words[3]))
      if isRoutine {
        if word == "begin" || word == "case" && bodies > 0 { bodies += 1 }
        if word == "end" { bodies = max(0, bodies - 1) }
      }
    } else if words.count < 4 {
      words.append("")
    }
    take(to: end)
  }

  private mutating func send(isRepeated: Bool = false) {
    guard !isBufferBlank else { return }
    let query = String(decoding: buffer, as: UTF8.self)
    items.append(.query(query, isRepeated: isRepeated))
    let isCopy = words.first == "copy" && PsqlScript.readsInput(query)
    clear()
    if isCopy { skipData() }
  }

  private mutating func clear() {
    (buffer, words, parentheses, bodies, isBufferBlank) = ([], [], 0, 0, true)
  }

  private static func readsInput(_ query: String) -> Bool {
    let words = query.lowercased().split { !$0.isLetter }
    return zip(words, words.dropFirst()).contains { $0 == "from" && $1 == "stdin" }
  }

  /// The lines that a COPY takes, up to `\.`.
  private mutating func skipData() {
    while index < text.count, text[index] != Byte.newline { index += 1 }
    index = min(index + 1, text.count)
    while index < text.count {
      let end = text[index...].firstIndex(of: Byte.newline) ?? text.count
      let line = text[index..<end]
      index = min(end + 1, text.count)
      if line.elementsEqual([Byte.backslash, UInt8(ascii: ".")])
        || line.elementsEqual([Byte.backslash, UInt8(ascii: "."), 13])
      {
        return
      }
    }
  }

  // MARK: Commands

  private mutating func command() {
    index += 1
    guard index < text.count else { return }
    if text[index] == UInt8(ascii: ";") {
      // A semicolon that does not end what is sent.
      return take(to: index + 1)
    }
    if text[index] == Byte.backslash {
      index += 1
      return
    }
    let start = index
    // `\!` needs no blank behind it.
    if text[index] == UInt8(ascii: "!") || text[index] == UInt8(ascii: "?") {
      index += 1
    } else {
      while index < text.count, !(9...13).contains(text[index]), text[index] != 0x20, text[index] != Byte.backslash {
        index += 1
      }
    }
    let name = String(decoding: text[start..<index], as: UTF8.self)
    let argument = rest(isWholeLine: ["copy", "!", "sf", "sv", "ef", "ev", "help", "h"].contains(name))
    switch name {
    case "g", "gx", "gset", "gdesc", "gexec", "crosstabview", "bind", "parse", "sendpipeline": send()
    case "watch": send(isRepeated: true)
    case "r", "reset": clear()
    case "set":
      let parts = argument.split(separator: " ", maxSplits: 1).map(String.init)
      if let name = parts.first, variables.count < 1_000 {
        variables[name] = parts.count > 1 ? PsqlScript.word(parts[1]) : ""
      }
    case "unset": variables[argument] = nil
    default: items.append(.command(name, argument))
    }
  }

  private mutating func rest(isWholeLine: Bool) -> String {
    let start = index
    var quote: UInt8?
    while index < text.count, text[index] != Byte.newline {
      let byte = text[index]
      if let mark = quote {
        if byte == mark { quote = nil }
      } else if byte == Byte.quote || byte == Byte.doubleQuote {
        quote = byte
      } else if byte == Byte.backslash, !isWholeLine {
        break
      }
      index += 1
    }
    return String(decoding: text[start..<index], as: UTF8.self).utf8Part(0..<Int.max)
  }

  /// An argument without its quotes.
  static func word(_ text: String) -> String {
    guard text.count > 1, text.hasPrefix("'"), text.hasSuffix("'") else { return text }
    return String(text.dropFirst().dropLast()).replacing("''", with: "'")
  }

  // MARK: Variables

  /// `:name`, `:'name'` and `:"name"`, as far as they are set.
  private mutating func substitute() -> Bool {
    guard index + 1 < text.count, text[index + 1] != UInt8(ascii: ":") else {
      // `::` is a cast.
      guard index + 1 < text.count else { return false }
      take(to: index + 2)
      return true
    }
    let mark = text[index + 1]
    let isQuoted = mark == Byte.quote || mark == Byte.doubleQuote
    let start = isQuoted ? index + 2 : index + 1
    var end = start
    while end < text.count, SQLTokens.isWord(text[end]) { end += 1 }
    guard end > start, !isQuoted || end < text.count && text[end] == mark,
      let value = variables[String(decoding: text[start..<end], as: UTF8.self)],
      expandedByteCount + value.utf8.count <= EffectText.sizeLimit
    else { return false }
    expandedByteCount += value.utf8.count
    switch isQuoted ? mark : 0 {
    case Byte.quote: buffer += Array("'\(value.replacing("'", with: "''"))'".utf8)
    case Byte.doubleQuote: buffer += Array("\"\(value.replacing("\"", with: "\"\""))\"".utf8)
    default: buffer += Array(value.utf8)
    }
    isBufferBlank = false
    index = isQuoted ? end + 1 : end
    return true
  }
}
