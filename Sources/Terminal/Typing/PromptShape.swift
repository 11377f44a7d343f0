/// What a prompt says of the program that asks, judged by its last line.
struct PromptShape: Sendable, Hashable {
  var program: TypedCommand.Program
  /// The program asks for the rest of a statement.
  var isContinuation: Bool
  /// No other program is known to ask like this.
  var isDistinctive: Bool

  /// Signs that end a shell's prompt: of the Bourne and C shells, and of themes in use.
  static let shellSigns: Set<Character> = [
    "$", "#", "%", ">", "❯", "➜", "»", "λ", "▶", "⟩", "➤", "›", "→", "✗", "⚡", "±", "❱", "∴", "ᐅ", "⮞", "❭",
  ]

  /// Words that zsh puts before `>` while a construct is open (`%_`).
  private static let openConstructs: Set<Substring> = [
    "quote", "dquote", "bquote", "heredoc", "heredocd", "for", "foreach", "while", "until", "repeat", "select", "if",
    "then", "else", "elif", "case", "cursh", "subsh", "function", "cmdsubst", "mathsubst", "braceparam", "math", "cond",
    "cmdand", "cmdor", "pipe", "errpipe", "array", "insubst", "elif-then", "always", "do",
  ]

  /// Prompts of programs by the word before their sign.
  private static let named: [(suffix: String, name: String)] = [
    ("sqlite>", "sqlite"), ("ghci>", "ghci"), ("scala>", "scala"), ("jshell>", "jshell"), ("(gdb)", "gdb"),
    ("(Pdb)", "pdb"), ("(lldb)", "lldb"), ("sftp>", "sftp"), ("ftp>", "ftp"), ("julia>", "julia"), ("redis>", "redis"),
    ("ipdb>", "pdb"), ("mongo>", "mongo"), ("octave>", "octave"), ("lftp>", "lftp"), ("ksql>", "ksql"),
  ]

  /// Nil when nothing is known of such a prompt. `last` is whose prompt came before, `running` the first word of the shell
  /// command that runs, when there is one.
  init?(_ prompt: String, last: TypedCommand.Program?, running: String?) {
    let text = prompt.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    guard let sign = text.last else { return nil }
    if let known = Self.statementPrompt(text, sign, last: last, running: running) {
      self = known
    } else if let known = Self.namedPrompt(text, running: running) {
      self = known
    } else if sign == ">", text.dropLast().split(separator: " ").allSatisfy({ Self.openConstructs.contains($0) }),
      text.count > 1 || last == .shell
    {
      self.init(program: .shell, isContinuation: true, isDistinctive: text.count > 1)
    } else if Self.shellSigns.contains(sign) {
      self.init(program: .shell, isContinuation: false, isDistinctive: false)
    } else {
      return nil
    }
  }

  private init(program: TypedCommand.Program, isContinuation: Bool, isDistinctive: Bool = true) {
    self.program = program
    self.isContinuation = isContinuation
    self.isDistinctive = isDistinctive
  }

  /// Python and the clients of databases.
  private static func statementPrompt(
    _ text: String, _ sign: Character, last: TypedCommand.Program?, running: String?
  ) -> PromptShape? {
    if text == ">>>" { return PromptShape(program: .python, isContinuation: false) }
    if text == "...", last == .python { return PromptShape(program: .python, isContinuation: true) }
    if text.hasPrefix("In ["), text.hasSuffix("]:") { return PromptShape(program: .python, isContinuation: false) }
    if text == "...:", last == .python { return PromptShape(program: .python, isContinuation: true) }
    if text == "mysql>" || text.hasPrefix("mysql [") && sign == ">" || text.hasPrefix("MariaDB [") && sign == ">" {
      return PromptShape(program: .mysql, isContinuation: false)
    }
    if last == .mysql, ["->", "'>", "\">", "`>", "/*>"].contains(text) {
      return PromptShape(program: .mysql, isContinuation: true)
    }
    if text.hasSuffix("...>"), last == .other("sqlite") {
      return PromptShape(program: .other("sqlite"), isContinuation: true)
    }
    if text.hasPrefix("irb("), sign == ">" || sign == "*" || sign == "\"" {
      return PromptShape(program: .other("irb"), isContinuation: sign != ">")
    }
    if text == "...", last == .other("node") { return PromptShape(program: .other("node"), isContinuation: true) }
    guard sign == ">" || sign == "#" else { return nil }
    return psql(text.dropLast(), last: last)
  }

  /// `%/%R%x%# `: the database, a sign of what is open, one of the transaction (psql's manual, "Prompting").
  private static func psql(_ text: Substring, last: TypedCommand.Program?) -> PromptShape? {
    var text = text
    if let state = text.last, "*!?".contains(state), text.dropLast().last.map({ "=-'\"$(*^@!".contains($0) }) == true {
      text.removeLast()
    }
    guard let open = text.popLast(), !text.isEmpty,
      text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == "." })
    else { return nil }
    if open == "=" || open == "^" { return PromptShape(program: .psql, isContinuation: false) }
    guard last == .psql, "-'\"$(*".contains(open) else { return nil }
    return PromptShape(program: .psql, isContinuation: true)
  }

  private static func namedPrompt(_ text: String, running: String?) -> PromptShape? {
    for (suffix, name) in named where text.hasSuffix(suffix) {
      return PromptShape(program: .other(name), isContinuation: false)
    }
    if text.hasSuffix(">"), isRedis(text.dropLast()) {
      return PromptShape(program: .other("redis"), isContinuation: false)
    }
    guard let running, text == ">" || text == "> " else { return nil }
    switch running {
    case "node", "nodejs": return PromptShape(program: .other("node"), isContinuation: false)
    case "R": return PromptShape(program: .other("R"), isContinuation: false)
    case "mongosh", "mongo": return PromptShape(program: .other("mongo"), isContinuation: false)
    case "deno", "bun", "lua", "clisp", "erl", "perl", "sml":
      return PromptShape(program: .other(running), isContinuation: false)
    default: return nil
    }
  }

  /// `127.0.0.1:6379[1](TX)`.
  private static func isRedis(_ text: Substring) -> Bool {
    var text = text
    if text.hasSuffix("(TX)") { text = text.dropLast(4) }
    if text.hasSuffix("]"), let bracket = text.lastIndex(of: "[") { text = text[..<bracket] }
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex else { return false }
    let port = text[text.index(after: colon)...]
    return !port.isEmpty && port.count <= 5 && port.allSatisfy(\.isNumber)
      && text[..<colon].allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" }
  }

  /// The prompt asks for something that must not be shown.
  static func asksForSecret(_ prompt: String) -> Bool {
    let text = prompt.lowercased()
    return [
      "assword", "assphrase", "asscode", "passwort", "contraseña", "mot de passe", "verification code", "one-time",
      "otp", "pin for", "secret",
    ]
    .contains { text.contains($0) }
  }

  /// Columns that the prompt covers in a line that begins with one: up to its first sign with a blank after it.
  static func columns(in line: String) -> Int? {
    var count = 0
    var isSign = false
    for character in line {
      if isSign, character == " " { return count + 1 }
      isSign = shellSigns.contains(character)
      count += 1
      if count > 200 { return nil }
    }
    return nil
  }
}
