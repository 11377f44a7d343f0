import Model

/// What psql's own commands do (psql's manual, "Meta-Commands").
enum PsqlCommand {
  /// What a command acts on besides the server, named by its first argument.
  enum Object: Sendable {
    case none
    /// A file that psql reads or writes, or a program when the name begins with `|`.
    case file(String)
    case database
    /// The rest of the line runs in a shell.
    case shell
    /// The rest of the line is COPY without its first word.
    case copy
  }

  struct Entry: Sendable {
    var effect: Effect
    var object: Object
    var note: String?
    /// What it does when it has no argument.
    var bare: Effect?

    init(_ effect: Effect, _ object: Object = .none, bare: Effect? = nil, note: String? = nil) {
      (self.effect, self.object, self.bare, self.note) = (effect, object, bare, note)
    }
  }

  private static let session = Entry(.session)
  private static let table: [String: Entry] = {
    var table: [String: Entry] = [:]
    let ofSession =
      "q quit x timing a C f H t T pset set unset prompt encoding echo qecho warn if elif else endif errverbose h help ? "
      + "copyright r reset p print cd setenv getenv bind bind_named parse close close_prepared restrict unrestrict "
      + "crosstabview gdesc gset watch html startpipeline endpipeline syncpipeline sync flush flushrequest getresults "
      + "sendpipeline"
    for name in ofSession.split(separator: " ") { table[String(name)] = session }
    for name in "l list z sf sv conninfo lo_list".split(separator: " ") { table[String(name)] = Entry(.read) }
    for name in ["c", "connect"] { table[name] = Entry(.session, .database) }
    let script = Entry(.execute, .file("execute"), note: "the statements are in a file")
    for name in "i ir include include_relative".split(separator: " ") { table[String(name)] = script }
    let editor = Entry(.execute, note: "what an editor leaves is sent")
    for name in "e edit ef ev".split(separator: " ") { table[String(name)] = editor }
    let results = Entry(.transfer, .file("write"), bare: .session)
    for name in "o out g gx s w write".split(separator: " ") { table[String(name)] = results }
    table["s"] = Entry(.transfer, .file("write"), bare: .read)
    table["gexec"] = Entry(.execute, note: "the values of the result are sent as statements")
    table["!"] = Entry(.execute, .shell)
    table["copy"] = Entry(.transfer, .copy)
    table["lo_import"] = Entry(.write, .file("read"))
    table["lo_export"] = Entry(.transfer, .file("write"))
    table["lo_unlink"] = Entry(.write)
    table["password"] = Entry(.privilege)
    return table
  }()

  /// Nil for what is none of psql's commands. `+` asks for more, `S` for system objects, `x` for another layout.
  static func entry(_ name: String) -> Entry? {
    if let known = table[name] { return known }
    // `\d`, `\dt`, `\dfS+`, `\du`: all describe.
    if name.hasPrefix("d"), name.utf8.count <= 12, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "+") }) {
      return Entry(.read)
    }
    var stem = Substring(name)
    while let last = stem.last, last == "+" || last == "S" || last == "x", stem.count > 1 { stem.removeLast() }
    return stem.count < name.count ? table[String(stem)] : nil
  }

  /// The first word, without the quotes around it.
  static func firstWord(_ arguments: String) -> String {
    guard let open = arguments.first, open == "'" || open == "\"" else {
      return String(arguments.prefix { !$0.isWhitespace })
    }
    return String(arguments.dropFirst().prefix { $0 != open })
  }

  /// `\copy` as the statement that psql sends for it, and the file or program at this end.
  ///
  ///     \copy { table [(columns)] | (query) } { from | to } { 'file' | program 'command' | stdin | … } [options]
  static func copy(_ arguments: String) -> (statement: String, isFrom: Bool, program: String?, file: String?)? {
    var depth = 0
    var quote: Character?
    var words: [(text: Substring, isPlain: Bool)] = []
    var begun: String.Index?
    var hasQuote = false
    func end(_ place: String.Index) {
      if let start = begun { words.append((arguments[start..<place], !hasQuote)) }
      (begun, hasQuote) = (nil, false)
    }
    for place in arguments.indices {
      let character = arguments[place]
      if let open = quote {
        if character == open { quote = nil }
        continue
      }
      if character.isWhitespace, depth == 0 {
        end(place)
        continue
      }
      if begun == nil { begun = place }
      switch character {
      case "'", "\"": (quote, hasQuote) = (character, true)
      case "(": depth += 1
      case ")": depth -= 1
      default: break
      }
    }
    end(arguments.endIndex)
    guard
      let way = words.firstIndex(where: { $0.isPlain && ["from", "to"].contains($0.text.lowercased()) }), way > 0,
      let target = words.dropFirst(way + 1).first
    else { return nil }
    let isFrom = words[way].text.lowercased() == "from"
    let isProgram = target.isPlain && target.text.lowercased() == "program"
    let place = isProgram ? way + 2 : way + 1
    guard place < words.count else { return nil }
    let name = firstWord(String(words[place].text))
    let isStandard =
      !isProgram && target.isPlain && ["stdin", "stdout", "pstdin", "pstdout"].contains(name.lowercased())
    let rest = words.dropFirst(place + 1).map { String($0.text) }
    let what = words[..<way].map { String($0.text) }
    let statement = (["COPY"] + what + (isFrom ? ["FROM STDIN"] : ["TO STDOUT"]) + rest).joined(separator: " ")
    return (statement, isFrom, isProgram ? name : nil, isProgram || isStandard ? nil : name)
  }
}
