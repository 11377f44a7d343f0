import Bytes

/// What lines have in common that differ in constants only: operators, programs, subcommands and options stay, all other
/// words are `?`. A word with a secret in it is always `?`.
enum ShellShape {
  /// A longer shape is cut and told apart by its digest.
  private static let limit = 400

  /// Of one command, by its words.
  static func of(_ words: [ShellValue]) -> String? {
    guard !words.isEmpty else { return nil }
    var out = Writer()
    for (index, word) in words.prefix(256).enumerated() {
      out.word(word.isKnown ? word.text : "*", index: index, first: words.first?.text ?? "")
    }
    return out.finish()
  }

  /// Of a script.
  static func of(_ script: ShellScript, _ hidden: [Range<Int>]) -> String {
    var out = Writer()
    out.hidden = hidden
    out.list(script.list)
    return out.finish()
  }

  private struct Writer {
    var text = ""
    var hidden: [Range<Int>] = []
    private let subcommands: Set<String> = [
      "git", "docker", "podman", "kubectl", "helm", "npm", "pnpm", "yarn", "bun", "cargo", "go", "gh", "glab", "aws",
      "gcloud", "az", "terraform", "systemctl",
      "apt", "apt-get", "brew", "pip", "pip3", "swift", "dotnet", "uv", "poetry", "svn", "docker-compose", "dnf", "yum",
    ]

    mutating func put(_ piece: String) {
      guard text.utf8.count < 64 << 10 else { return }
      if !text.isEmpty { text += " " }
      text += piece
    }

    mutating func word(_ word: String, index: Int, first: String) {
      if index == 0 { return put(word.utf8.count <= 64 ? word : "?") }
      if word.hasPrefix("-") {
        let name = word.prefix { $0 != "=" }
        // A letter with its value attached would be told by its length.
        let isName = name.hasPrefix("--") ? name.utf8.count <= 40 : name.utf8.count <= 2
        return put(isName ? String(name) + (name.endIndex < word.endIndex ? "=?" : "") : String(name.prefix(2)) + "?")
      }
      let isSubcommand =
        subcommands.contains(first) && index <= 2 && word.utf8.count <= 24
        && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
      put(
        isSubcommand && (index == 1 || first == "gh" || first == "aws" || first == "az" || first == "gcloud")
          ? word : "?")
    }

    // MARK: The tree

    mutating func list(_ list: ShellList) {
      for (index, item) in list.items.enumerated() {
        if index > 0 { put(";") }
        for (number, pipeline) in item.pipelines.enumerated() {
          if number > 0, item.joints.indices.contains(number - 1) { put(item.joints[number - 1].rawValue) }
          if pipeline.isNegated { put("!") }
          for (place, command) in pipeline.commands.enumerated() {
            if place > 0 { put("|") }
            self.command(command)
          }
        }
        if item.isBackground { put("&") }
      }
    }

    private mutating func command(_ command: ShellCommand) {
      switch command.form {
      case .simple(let simple):
        for assignment in simple.assignments { put("\(assignment.name)=?") }
        let first = simple.words.first?.plain ?? ""
        for (index, word) in simple.words.enumerated() { self.word(word, index, first) }
      case .group(let body): braces("{", body, "}")
      case .subshell(let body): braces("(", body, ")")
      case .conditional(let branches, let otherwise):
        for branch in branches {
          braces("if", branch.condition, "then")
          list(branch.body)
        }
        if let otherwise { braces("else", otherwise, "") }
        put("fi")
      case .loop(let condition, let body):
        braces("while", condition, "do")
        braces("", body, "done")
      case .forEach(_, _, let body), .count(_, let body), .select(_, _, let body): braces("for ? do", body, "done")
      case .cases(_, let arms):
        put("case ?")
        for arm in arms { braces("?)", arm.body, ";;") }
        put("esac")
      case .function(let name, let body):
        put(name.utf8.count <= 64 ? "\(name)()" : "?()")
        self.command(body)
      case .test: put("[[ ? ]]")
      case .arithmetic: put("(( ? ))")
      case .coprocess(let body):
        put("coproc")
        self.command(body)
      }
      for redirection in command.redirections {
        put("\(redirection.descriptor.map(String.init) ?? "")\(redirection.kind.rawValue) ?")
      }
    }

    private mutating func braces(_ open: String, _ body: ShellList, _ close: String) {
      if !open.isEmpty { put(open) }
      list(body)
      if !close.isEmpty { put(close) }
    }

    private mutating func word(_ word: ShellWord, _ index: Int, _ first: String) {
      if hidden.contains(where: { $0.overlaps(word.range) }) { return put("?") }
      let text = word.parts.reduce(into: "") { result, part in
        if case .literal(let bytes) = part.content {
          result += String(decoding: bytes, as: UTF8.self)
        } else {
          result += "="
        }
      }
      self.word(text, index: index, first: first)
    }

    func finish() -> String {
      guard text.utf8.count > ShellShape.limit else { return text }
      let hash = SHA256()
      hash.update(Array(text.utf8).span)
      return String(decoding: text.utf8.prefix(ShellShape.limit), as: UTF8.self) + "… "
        + hash.finish().bytes.prefix(8).hex
    }
  }
}
