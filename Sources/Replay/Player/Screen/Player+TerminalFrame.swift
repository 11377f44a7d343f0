import Model
import Terminal

/// Draws a captured terminal: the screen in its frame, the commands beside it, the rail and the status line below.
extension Player {
  /// The rows of the whole window and where the cursor stands; nil when no terminal is shown.
  mutating func screenFrame() -> (rows: [String], cursor: (row: Int, column: Int)?)? {
    guard var view = terminal else { return nil }
    // So that what it holds is changed where it is, and not copied.
    terminal = nil
    defer { terminal = view }
    let screen = view.screen
    let isTyping = if case .watching = mode { false } else { true }
    let layout = ScreenLayout(
      window: size, captured: screen.size, isBare: view.isBare && !isTyping && notice == nil,
      hasCommands: !view.commands.isEmpty)
    let part = view.part(of: screen, in: layout)
    view.drawn = ScreenView.Drawn(
      size: screen.size, rows: part.rows, columns: part.columns, title: screen.title, layout: layout)
    var rows: [String]
    if case .help = mode {
      rows = Help.lines(.screen).prefix(layout.height).map { rendered($0) }
    } else {
      rows = drawing(of: screen, part, layout, view)
    }
    rows += [String](repeating: "", count: max(0, layout.height - rows.count))
    let rail = layout.hasRail ? view.rail(width: size.columns) : nil
    if let rail { rows.append(rendered(rail.line(at: view.playback.clock))) }
    var cursor: (row: Int, column: Int)?
    if layout.hasStatus {
      terminal = view
      let (status, column) = statusLine
      terminal = nil
      rows.append(rendered(status))
      cursor = column.map { (size.rows - 1, min($0, size.columns - 1)) }
    }
    if case .watching = mode, screen.cursor.isVisible, part.rows.contains(screen.cursor.row),
      part.columns.contains(screen.cursor.column)
    {
      cursor = (
        screen.cursor.row - part.rows.lowerBound + layout.origin.row,
        screen.cursor.column - part.columns.lowerBound + layout.origin.column
      )
    }
    return (rows, cursor)
  }

  private func rendered(_ line: StyledLine) -> String {
    line.truncated(to: size.columns).rendered(isColoured: options.isColoured)
  }

  // MARK: The screen and its frame

  private func drawing(
    of screen: Screen, _ part: (rows: Range<Int>, columns: Range<Int>), _ layout: ScreenLayout, _ view: ScreenView
  ) -> [String] {
    var painter = ScreenPainter(depth: options.colours, columns: part.columns, origin: layout.origin.column)
    painter.isReversed = screen.isReversed
    var rows: [String] = []
    if layout.hasLid { rows.append(rendered(lid(of: screen, layout, view))) }
    for index in part.rows {
      let row = screen.rows.indices.contains(index) ? screen.rows[index] : .empty
      let found = view.search.map { Self.places(of: $0.words, in: row) } ?? []
      var text = layout.hasSides ? rendered(Self.leftSide(part.columns)) : ""
      text += painter.text(of: row, found: found)
      if layout.hasSides {
        text += ScreenPainter.move(to: layout.origin.column + layout.columns)
        text += rendered(Self.rightSide(index, part, screen.size))
      }
      rows.append(text)
    }
    if layout.hasLid {
      let line = "└" + String(repeating: "─", count: layout.columns) + "┘"
      rows.append(rendered(StyledLine(layout.hasSides ? line : String(line.dropFirst().dropLast()), .faint)))
    }
    guard let column = layout.listColumn else { return rows }
    let list = commandList(height: layout.height, width: layout.listWidth, view)
    while rows.count < list.count { rows.append("") }
    for (index, line) in list.enumerated() where line.width > 0 {
      rows[index] += ScreenPainter.move(to: column) + rendered(line)
    }
    return rows
  }

  private static func leftSide(_ columns: Range<Int>) -> StyledLine {
    columns.lowerBound > 0 ? StyledLine("‹", .warning) : StyledLine("│", .faint)
  }

  private static func rightSide(
    _ row: Int, _ part: (rows: Range<Int>, columns: Range<Int>), _ size: TerminalSize
  ) -> StyledLine {
    if row == part.rows.lowerBound, row > 0 { return StyledLine("▲", .warning) }
    if row == part.rows.upperBound - 1, part.rows.upperBound < size.rows { return StyledLine("▼", .warning) }
    return part.columns.upperBound < size.columns ? StyledLine("›", .warning) : StyledLine("│", .faint)
  }

  /// `┌ title ─────── 80×24 ┐`
  private func lid(of screen: Screen, _ layout: ScreenLayout, _ view: ScreenView) -> StyledLine {
    let figures = " \(screen.size.columns)×\(screen.size.rows)\(screen.isAlternate ? ", alternate" : "") "
    var line = StyledLine(layout.hasSides ? "┌─" : "──", .faint)
    let width = layout.columns + (layout.hasSides ? 2 : 0)
    let title = screen.title.isEmpty ? view.recorded.recording.action.text : screen.title
    let room = width - figures.count - 6
    if room > 8, !title.isEmpty { line.append(StyledLine(TerminalText(" \(title) ", limit: room), .strong)) }
    func rule(to column: Int) {
      line.append(String(repeating: "─", count: max(0, column - line.width)), .faint)
    }
    rule(to: width - figures.count - (layout.hasSides ? 2 : 1))
    if line.width + figures.count + 1 <= width { line.append(figures, .faint) }
    rule(to: width - (layout.hasSides ? 1 : 0))
    if layout.hasSides { line.append("┐", .faint) }
    return line
  }

  /// Columns of a row that read like `words`, capitals or not.
  static func places(of words: String, in row: ScreenRow) -> [Range<Int>] {
    let wanted = words.lowercased()
    guard !wanted.isEmpty else { return [] }
    var text = ""
    var columns: [Int] = []
    var column = 0
    for run in row.runs {
      for cell in run.cells {
        let folded = cell.lowercased()
        text += folded
        columns += repeatElement(column, count: folded.utf8.count)
        column += run.isWide ? 2 : 1
      }
    }
    columns.append(column)
    return text.ranges(of: wanted).compactMap { range in
      let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
      let end = text.utf8.distance(from: text.startIndex, to: range.upperBound)
      guard columns.indices.contains(start), columns.indices.contains(end), columns[start] < columns[end] else {
        return nil
      }
      return columns[start]..<columns[end]
    }
  }

  // MARK: The commands

  private func commandList(height: Int, width: Int, _ view: ScreenView) -> [StyledLine] {
    let commands = view.commands
    let current = view.currentCommand
    var head = StyledLine("Commands", .strong)
    head.append("  \(current.map { Figures.count($0 + 1) } ?? "–") of \(Figures.count(commands.count))", .faint)
    // The one that runs stands in the upper half, with what comes next below it.
    let room = height - 1
    let first = min(max(0, (current ?? 0) - room / 2), max(0, commands.count - room))
    let lines = commands.indices.dropFirst(first).prefix(room).map { index -> StyledLine in
      let command = commands[index]
      let time = Figures.clock(nanoseconds: command.startedAt.nanoseconds(since: view.playback.track.start))
      let isCurrent = index == current
      var line = StyledLine(isCurrent ? "▶ " : "  ", .strong)
      line.append("\(time) ", .faint)
      if command.status == .error {
        line.append("✗ ", .error)
      } else if command.isChange {
        line.append("◆ ", .change)
      } else {
        line.append("  ")
      }
      let isAhead = current.map { index > $0 } ?? true
      line.append(
        StyledLine(
          TerminalText(command.text, limit: max(1, width - line.width)), isCurrent ? .strong : isAhead ? .faint : .plain
        ))
      return line.truncated(to: width)
    }
    return [head] + lines
  }

  // MARK: The status line

  var terminalFigures: StyledLine {
    guard let view = terminal else { return StyledLine() }
    let playback = view.playback
    // What a narrow window cuts off comes last, and what the rail tells is left out.
    let isNarrow = size.columns < 72
    var line = StyledLine(playback.clock.clock(fractionDigits: isNarrow ? 0 : 3), .bar)
    if !isNarrow {
      let length = playback.track.end.nanoseconds(since: playback.track.start)
      let passed = playback.clock.nanoseconds(since: playback.track.start)
      line.append("  \(Figures.clock(nanoseconds: passed))/\(Figures.clock(nanoseconds: length))", .bar)
    }
    line.append("  \(Self.speedText(playback.speed))×", .bar)
    if playback.isAtEnd, let exit = view.recorded.exit {
      line.append("  exit ", .bar)
      line.append(TerminalText(exit), .barStrong)
    }
    guard let drawn = view.drawn else { return line }
    if drawn.rows.count < drawn.size.rows {
      line.append("  rows \(drawn.rows.lowerBound + 1)–\(drawn.rows.upperBound)/\(drawn.size.rows)", .barStrong)
    }
    if drawn.columns.count < drawn.size.columns {
      let shown = "\(drawn.columns.lowerBound + 1)–\(drawn.columns.upperBound)/\(drawn.size.columns)"
      line.append("  columns \(shown)", .barStrong)
    }
    if playback.skippedNanoseconds >= 100_000_000 {
      line.append("  idle skipped: \(Figures.coarse(nanoseconds: playback.skippedNanoseconds))", .bar)
    } else if playback.skipsIdle {
      line.append("  skip idle", .bar)
    }
    if drawn.layout.listColumn == nil, let current = view.currentCommand {
      line.append("  ▸ ", .bar)
      line.append(TerminalText(view.commands[current].text, limit: 60), .bar)
    }
    if !drawn.layout.hasLid, !drawn.title.isEmpty {
      line.append("  ", .bar)
      line.append(TerminalText(drawn.title, limit: 40), .bar)
    }
    return line
  }
}
