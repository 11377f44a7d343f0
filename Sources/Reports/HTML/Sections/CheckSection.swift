import Model

/// Commands of other people's tools that show the same facts.
struct CheckSection {
  let survey: CaseSurvey

  private static let files = 40
  private static let packets = 12

  func write(to html: inout HTMLWriter<some ReportSink>) {
    html.section(HTMLAnchor("check"), "How to check this without us") { html in
      html.element(
        "p", .class("soft"),
        text:
          "None of these commands runs our code. A forged report would say that it is genuine: compare its own digest with one that reached you another way."
      )
      writeSources(to: &html)
      writeCase(to: &html)
      writePackets(to: &html)
    }
  }

  private func writeSources(to html: inout HTMLWriter<some ReportSink>) {
    guard !survey.sources.isEmpty else { return }
    html.element("h3", text: "The evidence is what it was")
    var lines: [String] = []
    let files = survey.sources.filter { !$0.path.contains("!") && $0.path != "-" }
    if !files.isEmpty {
      lines.append("sha256sum -c <<'END'")
      lines += files.prefix(Self.files).map(Self.checkLine)
      lines.append("END")
    }
    for source in survey.sources.filter({ $0.path.contains("!") }).prefix(Self.files) {
      lines.append("# \(source.sha256)")
      lines.append(Self.memberLine(source.path))
    }
    for source in survey.sources.filter({ $0.path == "-" }).prefix(1) {
      lines.append("# \(source.sha256) was read from standard input")
    }
    command(lines, to: &html)
    html.element("p", .class("soft"), text: "The case digest is over all digests of sources, sorted, one a line:")
    command(
      [
        "sqlite3 -readonly \(caseFile) 'SELECT DISTINCT sha256 FROM sources ORDER BY 1' | sha256sum",
        "# \(survey.digest)",
      ],
      to: &html)
  }

  /// A line that `sha256sum -c` reads: names with a backslash or a line break are escaped and say so.
  private static func checkLine(_ source: Source) -> String {
    let path = source.path
    guard path.contains("\\") || path.contains("\n") || path.contains("\r") else { return source.sha256 + "  " + path }
    let escaped = path.flatMap { character -> [Character] in
      switch character {
      case "\\": ["\\", "\\"]
      case "\n": ["\\", "n"]
      case "\r": ["\\", "r"]
      case "\r\n": ["\\", "r", "\\", "n"]
      default: [character]
      }
    }
    return "\\" + source.sha256 + "  " + String(escaped)
  }

  /// A member of an archive, taken out by libarchive's own tool.
  private static func memberLine(_ path: String) -> String {
    let parts = path.split(separator: "!", omittingEmptySubsequences: false).map(String.init)
    var command = ""
    for (index, member) in parts.dropFirst().enumerated() {
      let archive = index == 0 ? ShellQuoting.word(parts[0]) : "-"
      command += (index == 0 ? "" : " | ") + "bsdtar -xOf \(archive) \(ShellQuoting.word(member))"
    }
    return command + " | sha256sum"
  }

  private var caseFile: String { ShellQuoting.word(survey.name + ".exhibit") }

  private func writeCase(to html: inout HTMLWriter<some ReportSink>) {
    html.element("h3", text: "The case file says what this page says")
    var lines = [
      "sqlite3 -readonly -box \(caseFile) \"SELECT effect, status, count(*) FROM actions GROUP BY 1, 2\"",
      "sqlite3 -readonly -box \(caseFile) \"SELECT code, count(*) FROM anomalies GROUP BY 1\"",
    ]
    if let worst = survey.exceptions.entries.first(where: { $0.action != nil })?.action {
      let id = worst.id.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
      let query = "SELECT started_ns, verb, text, status, source_id, packet FROM actions WHERE id = '\(id)'"
      // Double quotes are kinder to read, where nothing in them means anything to a shell.
      let isPlain = worst.id.utf8.allSatisfy {
        $0 != 0x60 && $0 != 0x24 && $0 != 0x5C && $0 != 0x22 && $0 != 0x21 && $0 > 0x20 && $0 < 0x7F
      }
      lines.append("sqlite3 -readonly -line \(caseFile) \(isPlain ? "\"\(query)\"" : ShellQuoting.word(query))")
    }
    command(lines, to: &html)
  }

  private func writePackets(to html: inout HTMLWriter<some ReportSink>) {
    var lines: [String] = []
    for entry in survey.exceptions.entries {
      guard lines.count < Self.packets * 2, let action = entry.action else { continue }
      let place = EvidencePlace(action, survey)
      guard let packet = place.packet, let source = place.source, source.kind.hasPrefix("pcap") else { continue }
      lines.append(
        "# \(survey.clock.time(action.startedAt)) \(VisibleText.marked(Excerpt(action.text, limit: 72).text))")
      let path = source.path
      guard !path.contains("!") else {
        let extract = Self.memberLine(path).split(separator: "|").dropLast().joined(separator: "|")
        lines.append("\(extract)| tshark -r - -V -Y 'frame.number == \(packet)'")
        continue
      }
      lines.append("tshark -r \(ShellQuoting.word(path)) -V -Y 'frame.number == \(packet)'")
    }
    guard !lines.isEmpty else { return }
    html.element("h3", text: "The packets hold the statements")
    html.element(
      "p", .class("soft"),
      prose: "The same filter works in Wireshark. A statement may go on in later packets of its flow.")
    command(lines, to: &html)
    guard survey.sessions.contains(where: { $0.isEncrypted && $0.isDecrypted }) else { return }
    html.element(
      "p", .class("soft"),
      prose: "Of a session that was decrypted, tshark shows the inside with \(code: "-o tls.keylog_file:FILE").")
  }

  private func command(_ lines: [String], to html: inout HTMLWriter<some ReportSink>) {
    html.element("pre", .class("command")) { html in
      html.element("code", HTMLAttribute("dir", "ltr")) { html in html.block(lines.joined(separator: "\n")) }
    }
  }
}
