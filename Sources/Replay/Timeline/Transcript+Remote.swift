import Model

extension Action {
  /// Something done to a file by a file transfer protocol.
  var isFile: Bool { ["sftp", "scp", "rsync"].contains(kind) }
}

extension Transcript {
  /// Commits of a push, and files of a commit, that are shown.
  private static let commitLimit = 50
  private static let fileLimit = 40
  /// Sessions that were carried by a forwarding.
  private static let sessionLimit = 8

  // MARK: Typed commands

  /// A command that was typed, below its shell.
  func typed(_ action: Action, _ event: Timeline.Event) -> [StyledLine] {
    let isChange = event.marks.contains(.change)
    let sign = event.marks.contains(.error) ? "✗" : isChange ? "◆" : " "
    return text(of: action).enumerated().flatMap { index, text -> [StyledLine] in
      var line = StyledLine(index == 0 ? "  $ " : "  > ", .prompt)
      line.append(text, isChange ? .strong : .plain)
      if index == 0 { line.append(action.isInferred ? "  (typed, as the screen tells)" : "  (typed)", .faint) }
      let whole =
        index == 0
        ? timed(event.at, sign: sign, event.marks.contains(.error) ? .error : .change, line) : indented(line)
      return whole.wrapped(to: options.width, indent: Self.gutter + 4)
    }
  }

  // MARK: Files

  /// `put /srv/app/config.yml  1,234 bytes  sha256 9f86d0…`.
  func file(_ action: Action) throws -> [StyledLine] {
    let isFailure = action.status == .error || action.status == .denied
    var line = StyledLine("\(action.kind)  ", .prompt)
    line.append(TerminalText(action.text), action.isChange ? .strong : .plain)
    var facts = action.parameters.flatMap(ParameterValues.read)?.compactMap(\.self) ?? []
    if !facts.contains(where: { $0.hasPrefix("sha256 ") }) {
      let content =
        action.hasRequestPayload
        ? try reading.requestPayload(of: action.id)
        : action.hasResponsePayload ? try reading.responsePayload(of: action.id) : nil
      if let content { facts.append("sha256 \(content.sha256) of what moved") }
    }
    for fact in facts { line.append(TerminalText("  " + fact, limit: 120), .faint) }
    if action.status == .incomplete { line.append("  its outcome was not captured", .warning) }
    if isFailure { line.append(action.status == .denied ? "  refused" : "  failed", .error) }
    let sign = isFailure ? "✗" : action.isChange ? "◆" : " "
    let whole = timed(action.startedAt, sign: sign, isFailure ? .error : .change, line)
    var lines = whole.wrapped(to: options.width, indent: Self.gutter + 2)
    if isFailure { lines += message(action).map(indented) }
    return lines
  }

  // MARK: Forwardings

  /// The sessions that went through a forwarding: those inside this one that were opened meanwhile.
  func carried(by action: Action) throws -> [StyledLine] {
    let children = try reading.sessions().filter { session in
      guard session.parentID == action.sessionID, session.startedAt >= action.startedAt else { return false }
      return action.endedAt.map { session.startedAt <= $0 } ?? true
    }
    let destination = action.resources.first?.name
    let exact = children.filter { $0.server == destination || $0.target == destination }
    let shown = exact.isEmpty ? children : exact
    var lines = shown.prefix(Self.sessionLimit).map { session in
      StyledLine(
        "session \(session.id): \(session.protocolName) to \(session.server), "
          + "\(Figures.of(session.actionCount, "action"))\(exact.isEmpty ? " (by its time)" : "")", .faint)
    }
    if shown.count > lines.count {
      lines.append(StyledLine("… \(Figures.of(shown.count - lines.count, "more session"))", .faint))
    }
    return lines
  }

  // MARK: Pushes

  /// `refs/heads/main  1a2b3c4d..5e6f7a8b`.
  func references(_ action: Action) -> [StyledLine] {
    let values = action.parameters.flatMap(ParameterValues.read)?.compactMap(\.self) ?? []
    return values.prefix(Self.commitLimit).map { value in
      let words = value.split(separator: " ", maxSplits: 2)
      guard words.count == 3 else { return StyledLine(value, .faint) }
      var line = StyledLine("\(words[2])  ", .strong)
      let isNone = { (id: Substring) in id.allSatisfy { $0 == "0" } }
      if isNone(words[0]) {
        line.append("created at \(words[1].prefix(12))")
      } else if isNone(words[1]) {
        line.append("deleted, was \(words[0].prefix(12))", .warning)
      } else {
        line.append("\(words[0].prefix(12))..\(words[1].prefix(12))")
      }
      return line
    }
  }

  /// The references of a push, its commits and what they did to files.
  func pushed(_ action: Action, _ payload: StoredPayload) -> [StyledLine] {
    var lines = references(action)
    let commits = CommitRecord.read(payload.bytes)
    for commit in commits.prefix(Self.commitLimit) {
      var line = StyledLine("commit \(commit.id.prefix(12))  ", .prompt)
      line.append(TerminalText(commit.subject, limit: 200))
      line.append(TerminalText("  \(commit.author)", limit: 120), .faint)
      lines.append(line)
      let changes = commit.changes
      for change in changes.prefix(Self.fileLimit) {
        var line = StyledLine("  \(change.kind) ", .change)
        line.append(TerminalText(change.path, limit: 400))
        lines.append(line)
      }
      if changes.count > Self.fileLimit {
        lines.append(StyledLine("  … \(Figures.of(changes.count - Self.fileLimit, "more file"))", .faint))
      }
      for note in commit.notes.prefix(2) { lines.append(StyledLine("  \(note)", .warning)) }
    }
    if commits.count > Self.commitLimit {
      lines.append(StyledLine("… \(Figures.of(commits.count - Self.commitLimit, "more commit"))", .faint))
    }
    if payload.isCut { lines.append(StyledLine("… the history was cut: older commits are missing", .warning)) }
    return lines
  }
}
