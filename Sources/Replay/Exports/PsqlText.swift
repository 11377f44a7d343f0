/// A captured statement, written so that psql sends exactly its text, as one request, and does nothing else.
///
/// psql acts on what is not quoted: a backslash begins one of its own commands (`\!` runs a shell command on the machine
/// of the person who replays), `:name` is replaced by a variable, and a semicolon sends what it has. `\;` and `\:` stand
/// for the plain signs (psql's documentation, "Meta-Commands" and "SQL Interpolation").
struct PsqlText: Hashable {
  /// Why a statement cannot go into a script.
  struct Obstacle: Error, Hashable {
    var reason: String
  }

  /// As it stands in the script, without what ends it.
  let script: String
  /// `;`, or `\g` where psql would not take a semicolon for an end.
  let terminator: String
  /// The first word, in capitals.
  let firstWord: String
  /// Numbers of the parameters that it names.
  let parameters: Set<Int>

  /// - Parameters:
  ///   - text: one or more statements.
  ///   - values: literals that stand for the parameters; nil when parameters stay.
  ///   - mayReadEscapes: an earlier statement changed how strings are read, so that a backslash in a plain string may end
  ///     it in one way or another.
  /// - Throws: `Obstacle` when psql cannot be made to send the text; `nothing` when there is nothing to send.
  init(_ text: String, values: [String]? = nil, mayReadEscapes: Bool = false) throws(Obstacle) {
    let bytes = Array(text.utf8)
    let tokens = SQLScanner.tokens(of: bytes)
    guard !bytes.contains(0) else { throw Obstacle(reason: "it holds a NUL character") }
    let significant = tokens.lastIndex { ![.blank, .lineComment, .blockComment, .semicolon].contains($0.kind) }
    guard let significant else { throw Self.nothing }
    var out: [UInt8] = []
    var depth = 0
    var lowest = 0
    var words: [String] = []
    var numbers: Set<Int> = []
    for (index, token) in tokens.enumerated() {
      guard !token.isUnterminated else { throw Obstacle(reason: "its quotes or comments do not end") }
      let own = bytes[token.range]
      switch token.kind {
      case .backslash: throw Obstacle(reason: "psql would take a part of it for a command of its own")
      case .semicolon:
        if index < significant { out += Array("\\;".utf8) }
        continue
      case .colon where Self.beginsVariable(bytes, token.range.upperBound): out += Array("\\:".utf8)
      case .string where mayReadEscapes && own.contains(UInt8(ascii: "\\")):
        throw Obstacle(reason: "where its strings end depends on a setting that was changed before")
      case .escapeString where Self.followsNumber(bytes, token.range.lowerBound):
        // From version 15 on the E belongs to the number, and a plain string follows.
        throw Obstacle(reason: "where its strings end depends on the version of psql")
      case .escapeString where token.isContinued:
        throw Obstacle(reason: "psql does not see that a string of it goes on behind a line break")
      case .lineComment where Self.followsExponent(bytes, token.range.lowerBound):
        // `1e--`: from version 15 on the first minus belongs to the number, and there is no comment.
        throw Obstacle(reason: "where its comments begin depends on the version of psql")
      case .parameter:
        let number = Int(String(decoding: own.dropFirst(), as: UTF8.self)) ?? 0
        numbers.insert(number)
        guard let values else {
          out += own
          continue
        }
        guard values.indices.contains(number - 1) else { throw Obstacle(reason: "a parameter has no value") }
        out += Array("(\(values[number - 1]))".utf8)
        continue
      case .open: depth += 1
      case .close:
        depth -= 1
        lowest = min(lowest, depth)
      // psql does not count the U of a `U&` as a word (psqlscan.l, xufailed).
      case .word
      where own.count == 1 && own.first.map { $0 | 0x20 } == UInt8(ascii: "u")
        && token.range.upperBound < bytes.count && bytes[token.range.upperBound] == UInt8(ascii: "&"):
        break
      case .word: words.append(String(decoding: own, as: UTF8.self).uppercased())
      default: break
      }
      if token.kind != .colon || !Self.beginsVariable(bytes, token.range.upperBound) { out += own }
    }
    if let last = tokens.last(where: { $0.kind != .blank && $0.kind != .semicolon }), last.kind == .lineComment {
      out.append(0x0A)
    }
    script = Self.withoutBlanks(out, keepsLast: out.last == 0x0A)
    parameters = numbers
    firstWord = words.first ?? ""
    // psql waits for a closing parenthesis, and in a CREATE FUNCTION with a body for its END.
    let isBalanced = depth == 0 && lowest == 0
    terminator = isBalanced && !(words.first == "CREATE" && words.contains("BEGIN")) ? ";" : "\n\\g"
  }

  /// The obstacle of a text without a statement.
  static let nothing = Obstacle(reason: "there is nothing to run")

  /// The script with what ends it.
  var line: String { script + terminator + "\n" }

  /// Whether PREPARE takes it (PostgreSQL documentation, PREPARE).
  var isPreparable: Bool {
    ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "WITH", "TABLE"].contains(firstWord)
  }

  /// A string constant that means the same whatever `standard_conforming_strings` says.
  static func literal(_ text: String) -> String {
    let quoted = text.replacing("'", with: "''")
    return text.utf8.contains(UInt8(ascii: "\\")) ? "E'\(quoted.replacing("\\", with: "\\\\"))'" : "'\(quoted)'"
  }

  private static func followsNumber(_ bytes: [UInt8], _ index: Int) -> Bool {
    index > 0 && ((0x30...0x39).contains(bytes[index - 1]) || bytes[index - 1] == UInt8(ascii: "."))
  }

  private static func followsExponent(_ bytes: [UInt8], _ index: Int) -> Bool {
    index > 1 && bytes[index - 1] | 0x20 == UInt8(ascii: "e") && followsNumber(bytes, index - 1)
  }

  private static func beginsVariable(_ bytes: [UInt8], _ index: Int) -> Bool {
    guard index < bytes.count else { return false }
    let next = bytes[index]
    return SQLScanner.beginsWord(next) || (0x30...0x39).contains(next) || next == UInt8(ascii: "'")
      || next == UInt8(ascii: "\"") || next == UInt8(ascii: "{")
  }

  private static func withoutBlanks(_ bytes: [UInt8], keepsLast: Bool) -> String {
    var bytes = bytes[...]
    while let last = bytes.last, SQLScanner.isBlank(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self) + (keepsLast ? "\n" : "")
  }
}
