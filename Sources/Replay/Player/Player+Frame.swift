import Model

extension Player {
  /// Rows from which the rail has a row of its own.
  private static let rowsWithRail = 8

  /// What to write so that the terminal shows the replay as it is at `now`; empty when it does.
  ///
  /// - Throws: what reading the case throws.
  public mutating func output(at now: Int64) throws -> String {
    advance(to: now)
    if face == .screen, let (rows, cursor) = screenFrame() { return display.update(to: rows, cursor: cursor) }
    let (lines, cursor) = try frame()
    return display.update(to: lines.map { $0.rendered(isColoured: options.isColoured) }, cursor: cursor)
  }

  /// The lines of a transcript with what stands below it, each no wider than the window.
  mutating func frame() throws -> (lines: [StyledLine], cursor: (row: Int, column: Int)?) {
    let hasRail = size.rows >= Self.rowsWithRail
    let height = size.rows - (hasRail ? 2 : 1)
    var lines = try body(height)
    lines += [StyledLine](repeating: StyledLine(), count: max(0, height - lines.count))
    if hasRail { lines.append(rail.line(at: playback.clock)) }
    let (status, column) = statusLine
    lines.append(status)
    return (lines.map { $0.truncated(to: size.columns) }, column.map { (size.rows - 1, min($0, size.columns - 1)) })
  }

  private mutating func body(_ height: Int) throws -> [StyledLine] {
    if case .help = mode { return Array(Help.lines(face).prefix(height)) }
    var running: [StyledLine] = []
    if scroll == 0, let line = runningLine { running.append(line) }
    let lines = try view.lines(before: playback.position, height: height - running.count, scroll: &scroll)
    guard let search else { return lines + running }
    return lines.map { $0.highlighting(search.words) } + running
  }

  /// Said while the last statement has no answer yet.
  private var runningLine: StyledLine? {
    guard playback.position > 0, playback.position < timeline.events.count else { return nil }
    let last = timeline.events[playback.position - 1]
    guard last.kind == .statement else { return nil }
    let since = playback.clock.nanoseconds(since: last.at)
    guard since > 0 || playback.isPaused else { return nil }
    var line = StyledLine()
    line.pad(to: Transcript.gutter)
    line.append("… running \(Figures.coarse(nanoseconds: since))", .warning)
    return line
  }

  // MARK: The status line

  /// The line, and the column of the cursor when something is typed.
  var statusLine: (StyledLine, Int?) {
    switch mode {
    case .search(let text): return prompt("/", text, "Enter finds   Esc leaves")
    case .goTo(let text): return prompt("go to: ", text, "17   02:16:37   +90   -5m   50%   end")
    case .watching, .help: break
    }
    var line = StyledLine(" ", .bar)
    line.append(state, .barStrong)
    line.append("  ", .bar)
    if let notice {
      line.append(notice, .barStrong)
    } else {
      line.append(face == .screen ? terminalFigures : figures)
    }
    // Help is always offered; the rest where there is room.
    if notice == nil {
      let hint = hints.first { line.width + $0.count + 2 <= size.columns } ?? ""
      if hint.isEmpty, let last = hints.last { line = line.truncated(to: max(1, size.columns - last.count - 1)) }
      let shown = hint.isEmpty ? hints.last ?? "" : hint
      line.pad(to: size.columns - shown.count, .bar)
      line.append(shown, .bar)
    }
    line = line.truncated(to: size.columns)
    line.pad(to: size.columns, .bar)
    return (line, nil)
  }

  /// What the keys do, from all that is worth saying to the least.
  private var hints: [String] {
    let other = face == .screen ? "t transcript" : hasScreens ? "t screen" : ""
    let moves = face == .screen ? "space ←→ ↑↓ ±  / g" : "space ←→ ±  / g"
    return [[moves, other, "? help", "q"], [other, "? help", "q"], ["? help"]].map { words in
      words.filter { !$0.isEmpty }.joined(separator: "  ") + " "
    }
  }

  private var figures: StyledLine {
    var line = StyledLine(playback.clock.clock(), .bar)
    let length = timeline.end.nanoseconds(since: timeline.start)
    let passed = playback.clock.nanoseconds(since: timeline.start)
    line.append("  \(Figures.clock(nanoseconds: passed))/\(Figures.clock(nanoseconds: length))", .bar)
    line.append("  \(begunCount)/\(Figures.count(actionCount))", .bar)
    line.append("  \(speedText)×", .bar)
    if playback.skipsIdle { line.append("  skip idle", .bar) }
    if scroll > 0 { line.append("  ↑ \(Figures.of(scroll, "line"))", .barStrong) }
    if let next = nextText { line.append("  \(next)", .bar) }
    return line
  }

  private func prompt(_ sign: String, _ text: String, _ hint: String) -> (StyledLine, Int?) {
    var line = StyledLine(sign, .strong)
    // The end of what is typed is what a person looks at.
    let typed = String(String.UnicodeScalarView(text.unicodeScalars.suffix(max(1, size.columns - sign.count - 2))))
    line.append(typed)
    let column = line.width
    if line.width + hint.count + 3 <= size.columns {
      line.pad(to: size.columns - hint.count - 1)
      line.append(hint, .faint)
    }
    return (line, column)
  }

  private var state: String {
    let (isAtEnd, isPaused) =
      face == .screen
      ? (terminal?.playback.isAtEnd ?? true, terminal?.playback.isPaused ?? true)
      : (playback.isAtEnd, playback.isPaused)
    if isAtEnd { return "■ end    " }
    return isPaused ? "‖ paused " : "▶ playing"
  }

  private var speedText: String { Self.speedText(playback.speed) }

  static func speedText(_ speed: Double) -> String { speed >= 1 ? "\(Int(speed))" : "1/\(Int(1 / speed))" }

  /// Said when a person would wonder whether anything still comes.
  private var nextText: String? {
    guard playback.isRunning, let wait = playback.waitForNext, wait >= 2_000_000_000 else { return nil }
    return "next in \(Figures.coarse(nanoseconds: wait))"
  }

  private var actionCount: Int { counts.last ?? 0 }
  private var begunCount: String { Figures.count(playback.position > 0 ? counts[playback.position - 1] : 0) }
}
