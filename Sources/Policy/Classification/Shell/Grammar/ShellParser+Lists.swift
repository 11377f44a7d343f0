/// Lists, pipelines and simple commands (POSIX 2.9).
extension ShellParser {
  /// Commands up to what closes the list: `)`, `;;`, a word such as `done`, or the end.
  mutating func list() throws(ShellSyntaxError) -> ShellList {
    var list = ShellList()
    try skipNewlines()
    while !isAtListEnd() {
      list.items.append(try andOr())
      try separator(&list)
      try skipNewlines()
    }
    return list
  }

  /// A list that holds a command.
  mutating func body() throws(ShellSyntaxError) -> ShellList {
    let list = try list()
    guard !list.items.isEmpty else { throw failure("unexpected \(shown)") }
    return list
  }

  private static let closing: Set<String> = ["then", "elif", "else", "fi", "do", "done", "esac", "}"]

  private func isAtListEnd() -> Bool {
    guard let byte = look() else { return true }
    if byte == Byte.close { return true }
    if byte == UInt8(ascii: ";") { return look(1) == UInt8(ascii: ";") || look(1) == UInt8(ascii: "&") }
    guard let word = reservedWord() else { return false }
    return ShellParser.closing.contains(word)
  }

  /// `;`, `&` or a newline; nothing before what closes the list.
  mutating func separator(_ list: inout ShellList) throws(ShellSyntaxError) {
    skipBlanks()
    switch look() {
    case nil, Byte.newline, Byte.close: return
    case UInt8(ascii: ";"):
      if look(1) == UInt8(ascii: ";") || look(1) == UInt8(ascii: "&") { return }
      advance(1)
    case UInt8(ascii: "&"):
      if look(1) == UInt8(ascii: "&") { throw failure("unexpected &&") }
      advance(1)
      if let last = list.items.indices.last { list.items[last].isBackground = true }
    default:
      // Behind a compound command a reserved word is one without a separator: `if (x) then`.
      if compoundEnd == index, let word = reservedWord(), ShellParser.closing.contains(word) { return }
      throw failure("unexpected \(shown)")
    }
  }

  mutating func andOr() throws(ShellSyntaxError) -> ShellAndOr {
    var result = ShellAndOr(pipelines: [try pipeline()], joints: [])
    while true {
      skipBlanks()
      if has("&&") { result.joints.append(.and) } else if has("||") { result.joints.append(.or) } else { return result }
      advance(2)
      try skipNewlines()
      result.pipelines.append(try pipeline())
    }
  }

  private mutating func pipeline() throws(ShellSyntaxError) -> ShellPipeline {
    var result = ShellPipeline(commands: [])
    var hasPrefix = false
    skipBlanks()
    prefixes: while let word = reservedWord() {
      switch word {
      case "!":
        result.isNegated.toggle()
        advance(1)
      case "time":
        result.isTimed = true
        advance(4)
        skipBlanks()
        if has("-p"), look(2).map(Byte.isMeta) ?? true { advance(2) }
      default: break prefixes
      }
      try count()
      hasPrefix = true
      skipBlanks()
    }
    if hasPrefix, look() == nil || look() == Byte.newline || look() == UInt8(ascii: ";") { return result }
    result.commands.append(try command())
    while true {
      skipBlanks()
      guard look() == UInt8(ascii: "|"), look(1) != UInt8(ascii: "|") else { return result }
      let start = index
      let takesErrors = look(1) == UInt8(ascii: "&")
      advance(takesErrors ? 2 : 1)
      if takesErrors, let last = result.commands.indices.last {
        let one = ShellWord(
          parts: [.init(content: .literal([0x31]), isQuoted: false, range: start..<index)], range: start..<index)
        result.commands[last].redirections.append(
          ShellRedirection(kind: .duplicateOutput, descriptor: 2, target: one, range: start..<index))
      }
      try skipNewlines()
      result.commands.append(try command())
    }
  }

  mutating func command() throws(ShellSyntaxError) -> ShellCommand {
    skipBlanks()
    try count()
    settle()
    let start = index
    guard let byte = look() else { throw failure("unexpected end") }
    if byte == Byte.open { return try finish(try parenthesis(), from: start) }
    if let word = reservedWord(), let form = try compound(word) { return try finish(form, from: start) }
    return try simple(from: start)
  }

  /// The redirections behind a compound command.
  private mutating func finish(_ form: ShellCommand.Form, from start: Int) throws(ShellSyntaxError) -> ShellCommand {
    var command = ShellCommand(form: form, range: start..<index)
    // A function takes those of its body.
    if case .function = form { return command }
    if case .coprocess = form { return command }
    while true {
      skipBlanks()
      guard let redirection = try redirection() else { break }
      command.redirections.append(redirection)
      command.range = start..<index
    }
    skipBlanks()
    if let byte = look(), !Byte.isMeta(byte), !isAtListEnd() { throw failure("unexpected \(shown)") }
    if look() == Byte.open { throw failure("unexpected (") }
    if command.redirections.isEmpty { compoundEnd = index }
    return command
  }

  private static let declaring: Set<String> = [
    "declare", "typeset", "local", "export", "readonly", "eval", "alias", "let",
  ]

  private mutating func simple(from start: Int) throws(ShellSyntaxError) -> ShellCommand {
    var simple = ShellSimpleCommand()
    var redirections: [ShellRedirection] = []
    var last = start
    while true {
      skipBlanks()
      if let redirection = try redirection() {
        redirections.append(redirection)
      } else if simple.words.isEmpty, let assignment = try assignment(allowsList: redirections.isEmpty) {
        simple.assignments.append(assignment)
      } else if let word = try declared(simple) {
        simple.words.append(word)
      } else if let word = try word() {
        simple.words.append(word)
      } else {
        break
      }
      last = index
    }
    guard !simple.words.isEmpty || !simple.assignments.isEmpty || !redirections.isEmpty else {
      throw failure("unexpected \(shown)")
    }
    if look() == Byte.open {
      guard simple.words.count == 1, simple.assignments.isEmpty, redirections.isEmpty, let name = simple.words.first
      else { throw failure("unexpected (") }
      return try function(name, from: start)
    }
    return ShellCommand(form: .simple(simple), redirections: redirections, range: start..<last)
  }

  /// `declare a=(…)`: kept as a word, its elements with it.
  private mutating func declared(_ simple: ShellSimpleCommand) throws(ShellSyntaxError) -> ShellWord? {
    guard let name = simple.words.first?.plain, ShellParser.declaring.contains(name), isListAssignment(),
      let assignment = try assignment(allowsList: true)
    else { return nil }
    var parts = [
      ShellWordPart(content: .literal(Array("\(assignment.name)=".utf8)), isQuoted: false, range: assignment.range)
    ]
    for element in assignment.elements ?? [] {
      if parts.count > 1 { parts.append(.init(content: .literal([0x20]), isQuoted: true, range: element.range)) }
      parts += element.parts
    }
    return ShellWord(parts: parts, range: assignment.range)
  }

  private func isListAssignment() -> Bool {
    guard let first = look(), Byte.isNameStart(first) else { return false }
    var count = 1
    while let byte = look(count), Byte.isName(byte), count < 256 { count += 1 }
    if look(count) == UInt8(ascii: "+") { count += 1 }
    return look(count) == UInt8(ascii: "=") && look(count + 1) == Byte.open
  }

  /// `name=`, `name+=` or `name[…]=` where a word begins.
  private mutating func assignment(allowsList: Bool) throws(ShellSyntaxError) -> ShellAssignment? {
    settle()
    let start = index
    var at = index
    guard at < end, Byte.isNameStart(bytes[at]) else { return nil }
    while at < end, Byte.isName(bytes[at]) { at += 1 }
    let name = String(decoding: bytes[start..<at], as: UTF8.self)
    index = at
    var isElement = false
    if look() == UInt8(ascii: "[") {
      isElement = true
      advance(1)
      guard try subscripted() else {
        index = start
        return nil
      }
    }
    let isAppending = look() == UInt8(ascii: "+") && look(1) == UInt8(ascii: "=")
    guard isAppending || look() == UInt8(ascii: "=") else {
      index = start
      return nil
    }
    advance(isAppending ? 2 : 1)
    try count()
    var result = ShellAssignment(
      name: name, isAppending: isAppending, isElement: isElement, value: ShellWord(parts: [], range: index..<index),
      range: start..<index)
    if look() == Byte.open, !isElement {
      guard allowsList else { throw failure("unexpected (") }
      result.elements = try elements()
      // The word goes on until a blank.
      _ = try word()
    } else if let value = try word() {
      result.value = value
    }
    result.range = start..<index
    return result
  }

  /// After `[`, up to behind the `]` that closes it; false when a blank shows that there is none.
  private mutating func subscripted() throws(ShellSyntaxError) -> Bool {
    let start = index
    var at = index
    var level = 1
    while at < end, at - start < 1024 {
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "[") { level += 1 }
      if byte == UInt8(ascii: "]") { level -= 1 }
      if byte == Byte.newline || byte == UInt8(ascii: ";") { return false }
      if level == 0 {
        guard at < end, bytes[at] == UInt8(ascii: "=") || bytes[at] == UInt8(ascii: "+") else { return false }
        index = at
        return true
      }
    }
    return false
  }

  /// `( word … )` of an array.
  private mutating func elements() throws(ShellSyntaxError) -> [ShellWord] {
    try descend()
    let start = index
    advance(1)
    var words: [ShellWord] = []
    while true {
      try skipNewlines()
      if look() == Byte.close { break }
      guard let word = try word() else {
        throw look() == nil ? failure("missing )", at: start) : failure("unexpected \(shown)")
      }
      words.append(word)
    }
    advance(1)
    depth -= 1
    return words
  }
}
