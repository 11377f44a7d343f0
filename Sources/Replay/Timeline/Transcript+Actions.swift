import Model

extension Transcript {
  /// Values of parameters are shown up to this many columns each.
  private static let valueWidth = 80
  /// Resources of a change that are named.
  private static let resourceLimit = 6

  // MARK: Requests

  func statement(_ action: Action, _ event: Timeline.Event) -> [StyledLine] {
    let isChange = event.marks.contains(.change)
    let lines = text(of: action)
    var shown = [StyledLine()]
    for (index, text) in lines.enumerated() {
      var line = StyledLine(prompt(event, isFirst: index == 0), .prompt)
      line.append(text, action.text.isEmpty ? .warning : isChange ? .strong : .plain)
      let timed =
        index == 0 ? timed(event.at, sign: isChange ? "◆" : " ", .change, line) : indented(line)
      shown += timed.wrapped(to: options.width, indent: Self.gutter + prompt(event, isFirst: true).count)
    }
    let rest = action.text.utf8.count - options.textLimit
    if rest > 0 { shown.append(indented(StyledLine("… \(Figures.count(rest)) more bytes", .faint))) }
    if let parameters = action.parameters { shown += self.parameters(parameters).map(indented) }
    if action.isInferred, !action.text.isEmpty {
      shown.append(indented(StyledLine("(decoded; not byte for byte what was sent)", .warning)))
    }
    if action.parentID != nil {
      shown.append(indented(StyledLine("(goes on with the rows of an earlier statement)", .faint)))
    }
    if let identity = identity(of: action) { shown.append(indented(identity)) }
    return shown
  }

  /// As psql's: `shop=> `, `shop=*> ` in a transaction block, `shop=!> ` in a failed one, `shop-> ` on further lines.
  func prompt(_ event: Timeline.Event, isFirst: Bool) -> String {
    let block = event.marks.contains(.inBlock) ? "*" : event.marks.contains(.inFailedBlock) ? "!" : ""
    let name = TerminalText(session.target ?? session.protocolName, limit: 24).string
    return name + (isFirst ? "=" : "-") + block + "> "
  }

  func text(of action: Action) -> [TerminalText] {
    if action.text.isEmpty { return [TerminalText("(the statement was not captured)")] }
    var text = action.text.prefix(bytes: options.textLimit)
    while let last = text.utf8.last, last == 0x0A { text.unicodeScalars.removeLast() }
    return TerminalText.splitLines(text)
  }

  private func parameters(_ json: String) -> [StyledLine] {
    guard let values = ParameterValues.read(json) else { return [StyledLine("parameters: \(json)", .faint)] }
    var line = StyledLine("with ", .faint)
    for (index, value) in values.enumerated() {
      line.append(index == 0 ? "$1 = " : ", $\(index + 1) = ", .faint)
      if let value {
        line.append("'", .faint)
        line.append(TerminalText(value, limit: Self.valueWidth))
        line.append("'", .faint)
      } else {
        line.append("NULL", .null)
      }
    }
    return line.wrapped(to: textWidth, indent: 5)
  }

  /// A login, a cancel request, a notification.
  func note(_ action: Action) -> [StyledLine] {
    var line = StyledLine("── ", .faint)
    line.append(TerminalText(action.text))
    switch action.status {
    case .ok: break
    case .denied: line.append(" refused", .error)
    case .error: line.append(" failed", .error)
    case .incomplete: line.append(" (not all of it was captured)", .warning)
    }
    line.append(" ──", .faint)
    var lines = [StyledLine(), timed(action.startedAt, line)]
    if action.status != .ok { lines += message(action).map(indented) }
    return lines
  }

  // MARK: Answers

  func result(_ action: Action, _ event: Timeline.Event) throws -> [StyledLine] {
    let lines = detachment(action, event)
    var body: [StyledLine] = []
    switch action.status {
    case .ok:
      body += message(action)
      body += try data(action)
      body.append(tag(action))
    case .error, .denied, .incomplete:
      body += message(action)
      body += try data(action)
    }
    body += consequences(action)
    return lines + body.map(indented)
  }

  /// Which statement an answer belongs to that does not stand right below it.
  func detachment(_ action: Action, _ event: Timeline.Event) -> [StyledLine] {
    guard event.marks.contains(.detached) else { return [] }
    var line = StyledLine("↳ of \(action.startedAt.clock()) ", .faint)
    line.append(TerminalText(TerminalText.oneLine(action.text), limit: 40), .faint)
    return [StyledLine(), timed(event.at, line)]
  }

  /// On whose behalf it ran, where that differs from the session's.
  func identity(of action: Action) -> StyledLine? {
    action.identity.difference(from: session).map { StyledLine("(\($0))", .faint) }
  }

  func message(_ action: Action) -> [StyledLine] {
    guard let message = action.message, !message.isEmpty else {
      switch action.status {
      case .ok: return []
      case .error, .denied: return [StyledLine("ERROR:  \(action.code ?? "unknown")", .error)]
      case .incomplete: return [StyledLine("incomplete: its outcome was not captured", .warning)]
      }
    }
    if action.status == .incomplete { return [StyledLine("incomplete: \(message)", .warning)] }
    if message.hasPrefix("not run:") { return [StyledLine(message, .warning)] }
    let isFailure = action.status != .ok
    let parts = ServerLine.lines(of: message, defaultLabel: isFailure ? "ERROR" : "NOTE")
    return parts.enumerated().flatMap { index, part -> [StyledLine] in
      let code = index == 0 && isFailure ? action.code.map { "\($0): " } ?? "" : ""
      return TerminalText.splitLines(code + part.text).enumerated().flatMap { number, text -> [StyledLine] in
        var line = StyledLine(number == 0 ? "\(part.label):  " : "", isFailure && index == 0 ? .error : .warning)
        line.append(text, isFailure && index == 0 ? .error : .plain)
        return line.wrapped(to: textWidth, indent: part.label.count + 3)
      }
    }
  }

  func data(_ action: Action) throws -> [StyledLine] {
    var lines: [StyledLine] = []
    if action.kind == "copy", action.hasRequestPayload, let payload = try reading.requestPayload(of: action.id) {
      lines += copy(payload, sign: ">> ")
    }
    guard action.hasResponsePayload, let payload = try reading.responsePayload(of: action.id) else {
      // A result without rows still names its columns; nothing is drawn of rows that were not kept.
      guard !action.columns.isEmpty, action.rowCount ?? 0 == 0, action.status == .ok else { return lines }
      return lines + ResultTable(nil, names: action.columns, total: 0, rowLimit: 0).lines(width: textWidth)
    }
    guard payload.layout == .rows else { return lines + copy(payload, sign: "") }
    return lines
      + ResultTable(payload, names: action.columns, total: action.rowCount, rowLimit: options.rowLimit)
      .lines(width: textWidth)
  }

  /// The first lines of the data of a COPY.
  private func copy(_ payload: StoredPayload, sign: String) -> [StyledLine] {
    guard payload.layout == .text else {
      return [StyledLine("\(Figures.count(payload.byteCount)) bytes of binary data, sha256 \(payload.sha256)", .faint)]
    }
    let text = String(decoding: payload.bytes.prefix(options.textLimit), as: UTF8.self)
    let all = text.unicodeScalars.split(separator: "\n", maxSplits: options.rowLimit, omittingEmptySubsequences: false)
    var lines: [StyledLine] = []
    var shown: UInt64 = 0
    for part in all.prefix(options.rowLimit) where shown < payload.byteCount {
      let line = Substring(part)
      shown += UInt64(line.utf8.count) + 1
      var styled = StyledLine(sign, .faint)
      var builder = TerminalTextBuilder(limit: textWidth.map { max(8, $0 - sign.count) } ?? .max, expandsTabs: true)
      builder.append(line)
      styled.append(builder.finish())
      lines.append(styled)
    }
    if payload.byteCount > shown {
      let rest = payload.byteCount - shown
      lines.append(StyledLine("\(sign)… \(Figures.count(rest)) more bytes", .faint))
    } else if sign == ">> " {
      lines.append(StyledLine(">> \\.", .faint))
    }
    return lines
  }

  /// The command tag, or the count of rows, and how long it took.
  private func tag(_ action: Action) -> StyledLine {
    var line = StyledLine()
    let isTable = !action.columns.isEmpty || (action.hasResponsePayload && action.kind == "sql")
    if let count = action.rowCount, isTable, action.kind != "copy" {
      line.append("(\(Figures.of(count, "row"))\(count > 0 && !action.hasResponsePayload ? ", not kept" : ""))")
    }
    switch (action.verb, action.rowCount) {
    case _ where line.width > 0 && !action.isChange: break
    case ("INSERT", let count?): line.append("\(line.width > 0 ? "  " : "")INSERT 0 \(count)")
    case (let verb, let count?): line.append("\(line.width > 0 ? "  " : "")\(verb) \(count)")
    case (let verb, nil): line.append(verb)
    }
    if let ended = action.endedAt {
      let took = ended.nanoseconds(since: action.startedAt)
      line.append("  \(Figures.duration(nanoseconds: took))", took >= 1_000_000_000 ? .warning : .faint)
    }
    return line
  }

  /// What it changed, and whether that lasted.
  func consequences(_ action: Action) -> [StyledLine] {
    guard action.isChange else { return [] }
    var line = StyledLine("◆ \(action.effect.rawValue)", .change)
    let names = action.resources.prefix(Self.resourceLimit).map(\.description)
    if !names.isEmpty { line.append(": " + names.joined(separator: ", "), .change) }
    let more = action.resources.count - names.count
    if more > 0 { line.append(" and \(Figures.count(more)) more", .change) }
    if action.isUnfiltered { line.append(", every row: it has no WHERE", .error) }
    var lines = line.wrapped(to: textWidth, indent: 2)
    switch action.transaction {
    case .rolledBack: lines.append(StyledLine("↺ rolled back: it left no effect", .warning))
    case .undecided: lines.append(StyledLine("? the end of its transaction was not captured", .warning))
    case .notRun: lines.append(StyledLine("↺ it did not run", .warning))
    case .committed, nil: break
    }
    return lines
  }
}
