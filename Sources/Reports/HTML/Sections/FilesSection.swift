import Model

/// Which files moved, as the tree that they stand in.
struct FilesSection {
  let survey: CaseSurvey

  private var files: FileMoves { survey.files }

  func write(to html: inout HTMLWriter<some ReportSink>) {
    guard files.keptCount > 0 || files.omittedCount > 0 else { return }
    html.section(HTMLAnchor("files"), "Which files moved?") { html in
      let counts = Self.order.compactMap { verb in
        files.verbs[verb].map { "\(Figures.count($0)) \(Self.past(verb))" }
      }
      let failed = files.failedCount > 0 ? ["\(Figures.count(files.failedCount)) failed or denied"] : []
      html.element("p", .class("calm")) { html in
        html.text((counts + failed).joined(separator: ", ") + ".")
        if files.lookCount > 0 {
          html.text(" \(Figures.count(files.lookCount, "look")) at folders and attributes moved nothing.")
        }
      }
      for (host, root) in files.hosts.sorted(by: { $0.key < $1.key }) {
        html.element("div", .class("card files")) { html in
          html.element("h3") { html in html.element("code", text: host) }
          html.element("ul", .class("tree")) { html in writeChildren(of: root, to: &html) }
        }
      }
      if files.omittedCount > 0 {
        html.element(
          "p", .class("cut"),
          prose: """
            \(Figures.count(files.omittedCount, "further change")) of files are not listed here: \
            \(code: "exhibit actions --kind sftp --case \(ShellQuoting.word(survey.name + ".exhibit"))").
            """)
      }
    }
  }

  private func writeChildren(of node: FileMoves.Node, to html: inout HTMLWriter<some ReportSink>) {
    for (name, child) in node.children.sorted(by: { $0.key < $1.key }) { write(name, child, to: &html) }
  }

  private func write(_ name: String, _ node: FileMoves.Node, to html: inout HTMLWriter<some ReportSink>) {
    var (name, node) = (name, node)
    // A folder that holds one folder and nothing else stands on one line with it.
    while node.moves.isEmpty, node.children.count == 1, let (next, child) = node.children.first {
      name += name.hasSuffix("/") ? next : "/" + next
      node = child
    }
    html.element("li") { html in
      guard !node.children.isEmpty else {
        writeFile(name, node.moves, to: &html)
        return
      }
      html.element("details", HTMLAttribute("open")) { html in
        html.element("summary") { html in
          html.element("code", text: Self.short(name) + (name.hasSuffix("/") ? "" : "/"))
          html.element("span", .class("soft"), text: " " + Figures.count(node.count, "change"))
        }
        for move in node.moves { write(move, to: &html) }
        html.element("ul", .class("tree")) { html in writeChildren(of: node, to: &html) }
      }
    }
  }

  private func writeFile(_ name: String, _ moves: [FileMoves.Move], to html: inout HTMLWriter<some ReportSink>) {
    html.element("code", .class("leaf"), text: Self.short(name))
    for move in moves { write(move, to: &html) }
  }

  private func write(_ move: FileMoves.Move, to html: inout HTMLWriter<some ReportSink>) {
    let isFailed = move.status == .error || move.status == .denied
    html.element("div", .class(isFailed ? "move failed" : "move")) { html in
      html.element(
        "span", .class("mark move-\(Self.kind(move.verb))"), HTMLAttribute("aria-hidden", "true"),
        text: Self.mark(move.verb))
      html.element("span", .class("did")) { html in
        html.text(isFailed ? "\(move.verb) \(move.status == .denied ? "denied" : "failed")" : Self.past(move.verb))
        if move.status == .incomplete { html.text(", outcome missing") }
        if let other = move.other { html.write(" → \(code: Self.short(other))") }
        if let rights = move.rights { html.text(" \(rights)") }
      }
      if let size = move.size { html.element("span", .class("n"), text: Figures.bytes(size)) }
      if let digest = move.sha256 {
        html.element("details", .class("sha")) { html in
          html.element("summary") { html in
            html.text("SHA-256 ")
            html.element("code", text: String(digest.prefix(12)) + "…")
          }
          html.element("code", text: digest)
        }
      }
      html.element("span", .class("soft")) { html in
        html.element("a", .link(.action(move.actionID))) { html in html.time(move.at, survey.clock) }
        html.text(" \(survey.sessions[move.session].actor)")
      }
      if let outcome = move.outcome, outcome != .allowed { html.outcome(outcome) }
    }
  }

  /// The action has the whole path.
  private static func short(_ path: String) -> String {
    let excerpt = Excerpt(path, limit: 400)
    return excerpt.isCut ? excerpt.text + "…" : path
  }

  private static let order = [
    "put", "get", "edit", "rename", "copy", "link", "symlink", "mkdir", "setstat", "remove", "rmdir", "other",
  ]

  /// `put` is to the server, `get` from it.
  private static func past(_ verb: String) -> String {
    switch verb {
    case "put": "uploaded"
    case "get": "downloaded"
    case "edit": "read and written"
    case "rename": "renamed"
    case "copy": "copied"
    case "link", "symlink": "linked"
    case "mkdir": "made as a folder"
    case "setstat": "given other attributes"
    case "remove": "removed"
    case "rmdir": "removed as a folder"
    default: "unknown"
    }
  }

  private static func mark(_ verb: String) -> String {
    switch verb {
    case "put": "↑"
    case "get": "↓"
    case "rename", "link", "symlink", "copy": "→"
    case "remove", "rmdir": "×"
    case "mkdir": "+"
    default: "~"
    }
  }

  private static func kind(_ verb: String) -> String {
    switch verb {
    case "put", "edit", "mkdir": "in"
    case "get": "out"
    case "remove", "rmdir": "gone"
    default: "changed"
    }
  }
}
