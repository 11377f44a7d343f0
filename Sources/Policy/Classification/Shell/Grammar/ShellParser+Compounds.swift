/// Compound commands (POSIX 2.9.4, and bash's own).
extension ShellParser {
  /// The command that a reserved word begins; nil for a word that is none here.
  mutating func compound(_ word: String) throws(ShellSyntaxError) -> ShellCommand.Form? {
    let start = index
    switch word {
    case "then", "elif", "else", "fi", "do", "done", "esac", "}", "in", "]]": throw failure("unexpected \(word)")
    case "!", "time": return nil
    default: break
    }
    try descend()
    advance(word.utf8.count)
    let form: ShellCommand.Form
    switch word {
    case "{":
      form = .group(try body())
      try expect("}", start)
    case "if": form = try conditional(start)
    case "while", "until":
      let condition = try body()
      form = .loop(condition: condition, body: try loopBody(start))
    case "for": form = try forLoop(start)
    case "select":
      let (name, words) = try loopWords()
      form = .select(name: name, words: words, body: try loopBody(start))
    case "case": form = try cases(start)
    case "function": form = try function(start)
    case "[[":
      form = .test(try test(start))
    case "coproc": form = try coprocess()
    default: throw failure("unexpected \(word)")
    }
    depth -= 1
    return form
  }

  private mutating func expect(_ word: String, _ start: Int) throws(ShellSyntaxError) {
    skipBlanks()
    guard reservedWord() == word else {
      throw look() == nil ? failure("missing \(word)", at: start) : failure("unexpected \(shown)")
    }
    advance(word.utf8.count)
  }

  private mutating func conditional(_ start: Int) throws(ShellSyntaxError) -> ShellCommand.Form {
    var branches: [ShellCommand.Branch] = []
    while true {
      let condition = try body()
      try expect("then", start)
      branches.append(ShellCommand.Branch(condition: condition, body: try body()))
      guard reservedWord() == "elif" else { break }
      advance(4)
    }
    var otherwise: ShellList?
    if reservedWord() == "else" {
      advance(4)
      otherwise = try body()
    }
    try expect("fi", start)
    return .conditional(branches, otherwise: otherwise)
  }

  /// `do … done`, or bash's `{ … }`.
  private mutating func loopBody(_ start: Int) throws(ShellSyntaxError) -> ShellList {
    try skipNewlines()
    let isBraced = reservedWord() == "{"
    try expect(isBraced ? "{" : "do", start)
    let list = try body()
    try expect(isBraced ? "}" : "done", start)
    return list
  }

  private mutating func forLoop(_ start: Int) throws(ShellSyntaxError) -> ShellCommand.Form {
    skipBlanks()
    if has("((") {
      guard let head = try arithmeticCommand() else { throw failure("missing ))", at: start) }
      skipBlanks()
      if look() == UInt8(ascii: ";") { advance(1) }
      return .count(head, body: try loopBody(start))
    }
    let (name, words) = try loopWords()
    return .forEach(name: name, words: words, body: try loopBody(start))
  }

  /// `name [in word …] ;`
  private mutating func loopWords() throws(ShellSyntaxError) -> (String, [ShellWord]?) {
    skipBlanks()
    guard let word = try word() else { throw failure("unexpected \(shown)") }
    // That it is a name is asked when the loop runs.
    let name = word.plain ?? ""
    skipBlanks()
    if look() == UInt8(ascii: ";"), look(1) != UInt8(ascii: ";") {
      advance(1)
      return (name, nil)
    }
    try skipNewlines()
    guard reservedWord() == "in" else { return (name, nil) }
    advance(2)
    var words: [ShellWord] = []
    while true {
      skipBlanks()
      guard let word = try self.word() else { break }
      words.append(word)
    }
    guard look() == UInt8(ascii: ";") && look(1) != UInt8(ascii: ";") || look() == Byte.newline else {
      throw failure("unexpected \(shown)")
    }
    if look() == UInt8(ascii: ";") { advance(1) }
    return (name, words)
  }

  private mutating func cases(_ start: Int) throws(ShellSyntaxError) -> ShellCommand.Form {
    skipBlanks()
    guard let subject = try word() else { throw failure("unexpected \(shown)") }
    try skipNewlines()
    try expect("in", start)
    var arms: [ShellCommand.Arm] = []
    while true {
      try skipNewlines()
      if reservedWord() == "esac" { break }
      guard look() != nil else { throw failure("missing esac", at: start) }
      if look() == Byte.open {
        advance(1)
        skipBlanks()
      }
      var patterns: [ShellWord] = []
      while true {
        guard let pattern = try word() else { throw failure("unexpected \(shown)") }
        patterns.append(pattern)
        skipBlanks()
        guard look() == UInt8(ascii: "|"), look(1) != UInt8(ascii: "|") else { break }
        advance(1)
        skipBlanks()
      }
      guard look() == Byte.close else { throw failure("unexpected \(shown)") }
      advance(1)
      arms.append(ShellCommand.Arm(patterns: patterns, body: try list()))
      skipBlanks()
      if has(";;&") { advance(3) } else if has(";;") || has(";&") { advance(2) } else { break }
    }
    try expect("esac", start)
    return .cases(subject, arms)
  }

  // MARK: Functions

  /// `function name [()] command`
  private mutating func function(_ start: Int) throws(ShellSyntaxError) -> ShellCommand.Form {
    skipBlanks()
    guard let name = try word() else { throw failure("unexpected \(shown)") }
    skipBlanks()
    // `function f ( … )` has a subshell as its body.
    if look() == Byte.open, !has("((") {
      let before = index
      advance(1)
      skipBlanks()
      if look() == Byte.close { advance(1) } else { index = before }
    }
    return try definition(name)
  }

  /// `name () command`, after the name.
  mutating func function(_ name: ShellWord, from start: Int) throws(ShellSyntaxError) -> ShellCommand {
    try descend()
    advance(1)
    skipBlanks()
    guard look() == Byte.close else { throw failure("unexpected \(shown)") }
    advance(1)
    guard name.parts.allSatisfy({ if case .literal = $0.content { true } else { false } }) else {
      throw failure("no name of a function", at: start)
    }
    let form = try definition(name)
    depth -= 1
    return ShellCommand(form: form, range: start..<index)
  }

  private mutating func definition(_ name: ShellWord) throws(ShellSyntaxError) -> ShellCommand.Form {
    try skipNewlines()
    let body = try command()
    if case .simple = body.form { throw failure("no body of a function", at: body.range.lowerBound) }
    return .function(name: String(decoding: bytes[name.range.clamped(to: 0..<bytes.count)], as: UTF8.self), body: body)
  }

  /// `coproc [name] command`: the name is only one before a compound command.
  private mutating func coprocess() throws(ShellSyntaxError) -> ShellCommand.Form {
    skipBlanks()
    let before = index
    if reservedWord() == nil, let name = try word(), name.plain != nil {
      skipBlanks()
      if look() == Byte.open || reservedWord().map({ $0 != "!" && $0 != "time" && $0 != "in" }) == true {
        return .coprocess(try command())
      }
    }
    reread += index - before
    index = before
    return .coprocess(try command())
  }

  // MARK: Parentheses

  /// `( … )` and `(( … ))`.
  mutating func parenthesis() throws(ShellSyntaxError) -> ShellCommand.Form {
    if has("(("), let head = try arithmeticCommand() { return .arithmetic(head) }
    let start = index
    try descend()
    advance(1)
    let list = try body()
    guard look() == Byte.close else {
      throw look() == nil ? failure("missing )", at: start) : failure("unexpected \(shown)")
    }
    advance(1)
    depth -= 1
    return .subshell(list)
  }

  /// `((…))`; nil, and nothing read, when it is two parentheses that only stand together.
  private mutating func arithmeticCommand() throws(ShellSyntaxError) -> ShellWord? {
    let start = index
    advance(2)
    guard let parts = try arithmetic(from: start) else {
      index = start
      return nil
    }
    return ShellWord(parts: parts, range: start..<index)
  }

  // MARK: Tests

  /// `[[ … ]]`: the operands.
  private mutating func test(_ start: Int) throws(ShellSyntaxError) -> [ShellWord] {
    var words: [ShellWord] = []
    try skipNewlines()
    try testOr(&words, start)
    try skipNewlines()
    guard reservedWord() == "]]" else {
      throw look() == nil ? failure("missing ]]", at: start) : failure("unexpected \(shown)")
    }
    advance(2)
    return words
  }

  private mutating func testOr(_ words: inout [ShellWord], _ start: Int) throws(ShellSyntaxError) {
    while true {
      try testTerm(&words, start)
      try skipNewlines()
      guard has("&&") || has("||") else { return }
      advance(2)
      try skipNewlines()
    }
  }

  private mutating func testTerm(_ words: inout [ShellWord], _ start: Int) throws(ShellSyntaxError) {
    try skipNewlines()
    while reservedWord() == "!" {
      try count()
      advance(1)
      try skipNewlines()
    }
    if look() == Byte.open {
      try descend()
      advance(1)
      try testOr(&words, start)
      guard look() == Byte.close else { throw failure("unexpected \(shown)") }
      advance(1)
      depth -= 1
      return
    }
    guard reservedWord() != "]]", let first = try word() else { throw failure("unexpected \(shown)") }
    words.append(first)
    skipBlanks()
    if let name = first.plain, ShellParser.unary.contains(name) {
      guard !isTestOperator(), reservedWord() != "]]", let operand = try word() else {
        if reservedWord() == "]]" { throw failure("unexpected ]]") }
        return try testRest(&words)
      }
      words.append(operand)
      return
    }
    try testRest(&words)
  }

  private static let unary: Set<String> = Set("abcdefghknoprstuvwxzGLNORS".map { "-\($0)" })
  private static let binary: Set<String> = [
    "=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef",
  ]

  private func isTestOperator() -> Bool {
    look() == nil || look() == Byte.newline || look() == Byte.close || look() == UInt8(ascii: "&")
      || look() == UInt8(ascii: "|")
  }

  private mutating func testRest(_ words: inout [ShellWord]) throws(ShellSyntaxError) {
    if isTestOperator() || reservedWord() == "]]" { return }
    if look() == UInt8(ascii: "<") || look() == UInt8(ascii: ">") {
      advance(1)
      skipBlanks()
      guard let operand = try word() else { throw failure("unexpected \(shown)") }
      words.append(operand)
      return
    }
    let at = index
    guard let name = try word()?.plain, ShellParser.binary.contains(name) else {
      throw failure("no operator of [[", at: at)
    }
    skipBlanks()
    let mode: WordMode = name == "=~" ? .regex : name.hasPrefix("-") ? .plain : .pattern
    guard reservedWord() != "]]" || mode == .plain, let operand = try word(mode) else {
      throw failure("unexpected \(shown)")
    }
    words.append(operand)
  }
}
