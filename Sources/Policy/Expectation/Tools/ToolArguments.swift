import Bytes
import Model

/// What a tool is asked to do, by its name and the names of its arguments.
struct ToolArguments {
  struct Edit {
    var old: String
    var new: String
    var isEverywhere: Bool
  }

  enum Purpose {
    case shell(String)
    case code(String, CodeLanguage)
    /// A program that calls tools: Codex's code mode.
    case program(String)
    case write(String, String, isAppending: Bool)
    case replace(String, [Edit])
    case patch(String)
    case fetch(method: String, url: String, body: String?)
    case statements([String])
    case nothing
  }

  /// Edits of one call: each goes through the whole file.
  private static let editLimit = 200

  private(set) var purpose = Purpose.nothing
  private(set) var directory: String?
  /// What is typed into a running program.
  private(set) var typed: String?
  /// The tool's name or its argument's says that it asks a database.
  private(set) var namesDatabase = false
  private(set) var target = EffectTarget()

  private static let shells: Set<String> = [
    "bash", "shell", "exec_command", "run_shell_command", "execute", "shell_command", "run_command", "execute_bash",
    "terminal",
    "local_shell_call", "local_shell", "cmdrunaction", "run_terminal_command", "runcommand", "run_terminal_cmd",
    "execute_command",
    "container.exec", "sh", "powershell", "developer__shell", "run_in_terminal", "runinterminal", "bash_command", "cmd",
    "run",
    "executecommand", "shell_exec", "exec", "command", "zsh", "run_bash",
  ]
  private static let writers: Set<String> = [
    "write", "create_file", "write_file", "createfile", "write_to_file", "writefile", "create", "filewrite",
    "filewriteaction",
    "save_file", "new_file", "write_new_file", "edit_file", "write_text_file",
  ]
  private static let typers: Set<String> = [
    "write_stdin", "send_input", "write_bash", "send_keys", "terminal_input", "write_to_terminal",
  ]
  private static let fetchers: Set<String> = [
    "webfetch", "web_fetch", "fetch", "fetch_url", "browser_navigate", "http_request", "httprequest", "read_url",
    "navigate",
    "fetch_webpage", "http", "open_url", "browse", "goto", "puppeteer_navigate", "url_fetch", "get_url",
  ]
  private static let readers: Set<String> = [
    "read", "grep", "glob", "view", "ls", "search", "websearch", "web_search", "read_file", "list_files",
    "search_files", "task",
    "agent", "todowrite", "update_plan", "google_web_search", "codebase_search", "find_file", "toolsearch",
    "askuserquestion",
    "skill", "find", "list_dir", "list_directory", "grep_search", "file_search", "semantic_search",
    "search_file_content", "glob_file_search",
  ]

  init(_ call: ToolCall) {
    guard call.arguments.utf8.count <= EffectExpander.argumentLimit else { return }
    let full = call.tool.lowercased()
    let name = ToolArguments.short(full)
    let document = JSONValue.document(in: Array(call.arguments.utf8))
    guard let document, document.isObject else {
      freeText(call, name)
      return
    }
    let fields = document["input"].flatMap { $0.isObject ? $0 : nil } ?? document
    func text(_ names: String...) -> String? {
      for name in names { if let found = fields[name]?.string { return found } }
      return nil
    }
    directory = text(
      "workdir", "cwd", "working_directory", "dir_path", "workingDirectory", "working_dir", "Cwd", "directory")
    typed = text("chars", "input", "text", "keys", "data", "command", "cmd")
    if ToolArguments.typers.contains(name) { return }
    if ToolArguments.readers.contains(name) { return }
    let path = text(
      "file_path", "path", "filename", "filePath", "file", "target_file", "TargetFile", "notebook_path",
      "absolute_path", "uri")
    if name.contains("patch"), let patch = text("input", "patch", "patchText", "diff") {
      purpose = .patch(patch)
    } else if let edits = fields["edits"]?.elements, let path, !edits.isEmpty {
      purpose = .replace(path, edits.prefix(ToolArguments.editLimit).compactMap(ToolArguments.edit))
    } else if let path, let edit = ToolArguments.edit(fields) {
      purpose = .replace(path, [edit])
    } else if let command = fields["command"]?.string ?? fields["sub_command"]?.string, let path,
      ["create", "str_replace", "insert", "view", "undo_edit"].contains(command)
    {
      // The editor of Anthropic's own tools.
      if command == "create", let content = text("file_text", "content") {
        purpose = .write(path, content, isAppending: false)
      }
      if command == "insert", let new = text("new_str", "insert_text") {
        purpose = .replace(path, [Edit(old: "\u{0}", new: new, isEverywhere: false)])
      }
    } else if let path,
      let content = text("content", "file_text", "contents", "text", "code", "code_edit", "CodeContent", "fileText"),
      ToolArguments.writers.contains(name) || name.contains("write") || name.contains("create")
    {
      purpose = .write(path, content, isAppending: name.contains("append") || fields["append"]?.bool == true)
    } else if let line = ToolArguments.line(fields),
      ToolArguments.shells.contains(name) || ToolArguments.isShell(full) || path == nil && !line.isBare
    {
      purpose = .shell(line.text)
    } else if let code = text("code", "source", "script", "python_code", "new_source"),
      let language = ToolArguments.language(name, text("language"))
    {
      purpose = .code(code, language)
    } else {
      requests(fields, name, full)
    }
  }

  /// `mcp__server__tool`, `functions.exec_command`, `server/tool`
  private static func short(_ name: String) -> String {
    var rest = name[...]
    if let mark = rest.ranges(of: "__").last, mark.upperBound < rest.endIndex { rest = rest[mark.upperBound...] }
    for separator in [".", "/", ":"] where name != "container.exec" {
      if let last = rest.split(separator: separator).last { rest = last }
    }
    return String(rest)
  }

  private static func isShell(_ name: String) -> Bool {
    name.contains("shell") || name.contains("bash") || name.contains("terminal") || name.contains("command")
  }

  private static func language(_ name: String, _ given: String?) -> CodeLanguage? {
    if let given {
      return CodeLanguage(interpreter: given.lowercased()) ?? (given.lowercased() == "javascript" ? .javascript : nil)
    }
    if name.contains("python") || name.contains("jupyter") || name.contains("notebook") || name == "code_interpreter" {
      return .python
    }
    if name.contains("javascript") || name.contains("node") { return .javascript }
    return name.contains("code") || name.contains("execute") ? .python : nil
  }

  /// A tool that takes text and no fields.
  private mutating func freeText(_ call: ToolCall, _ name: String) {
    let text = call.arguments
    typed = text
    if text.hasPrefix("*** Begin Patch") || name.contains("patch") {
      purpose = .patch(text)
    } else if name == "exec", text.contains("tools.") {
      purpose = .program(text)
    } else if ToolArguments.shells.contains(name) || ToolArguments.isShell(name) {
      // A request that was cut short still says how it begins.
      purpose = .shell(call.command.hasPrefix("{") ? "" : call.command)
    } else if name == "exec" || name.contains("python") || name.contains("code") {
      purpose = .code(text, name.contains("python") ? .python : .javascript)
    }
  }

  // MARK: Arguments

  private static func line(_ fields: JSONValue) -> (text: String, isBare: Bool)? {
    for name in ["command", "cmd", "commandLine", "CommandLine", "command_line", "shell_command", "script"] {
      guard let value = fields[name] else { continue }
      if let text = value.string {
        return (text, name == "script" || !text.contains(" "))
      }
      let words = value.elements.compactMap(\.string)
      guard !words.isEmpty, words.count == value.elements.count else { continue }
      let shell = words[0].split(separator: "/").last.map(String.init) ?? ""
      if words.count == 3, ["bash", "sh", "zsh", "dash"].contains(shell), words[1].hasPrefix("-"),
        words[1].hasSuffix("c")
      {
        return (words[2], false)
      }
      return (words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " "), false)
    }
    return nil
  }

  private static func edit(_ fields: JSONValue) -> Edit? {
    for (old, new) in [
      ("old_string", "new_string"), ("old_str", "new_str"), ("oldText", "newText"), ("oldString", "newString"),
      ("search", "replace"),
      ("old_text", "new_text"), ("TargetContent", "ReplacementContent"),
    ] {
      guard let before = fields[old]?.string, let after = fields[new]?.string ?? (fields[new] == nil ? "" : nil) else {
        continue
      }
      return Edit(
        old: before, new: after, isEverywhere: fields["replace_all"]?.bool ?? fields["replaceAll"]?.bool ?? false)
    }
    return nil
  }

  /// Statements and requests of tools of any name.
  private mutating func requests(_ fields: JSONValue, _ name: String, _ full: String) {
    let url = ["url", "uri", "endpoint", "Url", "URL"].lazy.compactMap { fields[$0]?.string }.first
    if let url, url.contains("://"),
      ToolArguments.fetchers.contains(name) || fields["method"]?.string != nil || name.contains("fetch")
        || name.contains("navigate")
    {
      let body = fields["body"] ?? fields["data"] ?? fields["json"]
      purpose = .fetch(method: fields["method"]?.string ?? "GET", url: url, body: body?.string)
      return
    }
    var texts: [String] = []
    for key in ["sql", "query", "statement", "sql_query", "statements", "queries", "sqlQuery", "sql_statement"] {
      guard let value = fields[key] else { continue }
      if key.lowercased().contains("sql") || key.hasPrefix("statement") { namesDatabase = true }
      if let text = value.string { texts.append(text) }
      for element in value.elements.prefix(EffectWatch.effectLimit) {
        if let text = element.string ?? element["sql"]?.string ?? element["query"]?.string { texts.append(text) }
      }
    }
    guard !texts.isEmpty else { return }
    for word in ["sql", "postgres", "database", "supabase", "neon", "psql", "pg_", "_db", "dbhub"]
    where full.contains(word) { namesDatabase = true }
    for key in ["connection_string", "connectionString", "dsn", "database_url", "url"] {
      if let found = fields[key]?.string.flatMap(ConnectionText.read) { target.merge(found) }
    }
    target.host = target.host ?? fields["host"]?.string
    target.database = target.database ?? fields["database"]?.string ?? fields["dbname"]?.string
    purpose = .statements(texts)
  }
}
