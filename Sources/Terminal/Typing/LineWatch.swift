import Bytes

/// Follows a shell's terminal and says what it would run if Enter were pressed, where the shell marks its prompt (OSC 133 and 633).
///
/// The screen is the truth, as for `TypingReader`, which reads recordings afterwards; keys say when the screen has caught up with them. Memory is
/// bounded by the screen and the limits below.
public struct LineWatch: Sendable {
  /// Where the shell is, by its marks.
  public enum Stage: Sendable, Hashable {
    /// No mark has come.
    case unmarked
    /// A command is over or the prompt begins; where it ends is not known yet.
    case prompt
    /// The prompt has ended: what stands behind it is the line.
    case editing
    /// The line was entered, and the shell has not said yet what it makes of it.
    case entered
    /// A command runs: what is typed is for its program.
    case running
  }

  public enum Reading: Sendable, Hashable {
    /// What would run.
    case line(String)
    /// The screen may not show yet what was typed.
    case unsettled
    /// It cannot be known; why not.
    case unreadable(String)
  }

  /// Lines kept above the screen: a line that was wrapped may begin there.
  private static let scrollbackLimit = TypingReader.rowLimit
  private static let markLimit = 1_024
  /// Keys of one line whose text is worked out.
  private static let keyLimit = 4_096
  /// Bytes of a command over several lines.
  private static let textLimit = TypingReader.textLimit

  public private(set) var stage = Stage.unmarked
  private var emulator: Emulator
  private var scan = OutputScan()
  private var decoder = KeyDecoder()
  private var anchor: EditSession.Anchor?
  /// What the keys since the prompt make of the line, for each editor that is known.
  private var models = LineWatch.freshModels
  private var keyCount = 0
  /// Keys went on while no line was edited: the shell may take them for its next one.
  private var hasAhead = false
  /// The line that was entered, as it was read, and the lines of a command that the shell wants more of.
  private var entered: String?
  private var earlier: String?
  /// The shell tells when a command begins to run.
  public private(set) var marksBeginnings = false

  private static var freshModels: [LineModel] { LineModel.Dialect.allCases.map { LineModel($0) } }

  public init(size: TerminalSize) {
    var options = EmulatorOptions()
    (options.scrollbackLimit, options.markLimit) = (Self.scrollbackLimit, Self.markLimit)
    emulator = Emulator(size: size, options: options)
  }

  /// A full-screen program has the screen to itself.
  public var isAlternate: Bool { emulator.isAlternate }
  /// Lines that are pasted are announced to the shell as such, and run by no Enter among them.
  public var takesPastes: Bool { emulator.isBracketedPaste && stage == .editing }

  public mutating func resize(_ size: TerminalSize) { emulator.resize(size) }

  /// Takes what the shell and its programs wrote.
  ///
  /// - Returns: the lines that the shell began to run meanwhile, as its screen had them.
  public mutating func receive(_ bytes: [UInt8]) -> [String] {
    var begun: [String] = []
    var written = 0
    for (index, byte) in bytes.enumerated() {
      guard case .stringEnd = scan.take(byte) else { continue }
      emulator.write(bytes.span.extracting(written..<index + 1))
      written = index + 1
      readMarks(&begun)
    }
    if written < bytes.count { emulator.write(bytes.span.extracting(written..<bytes.count)) }
    readMarks(&begun)
    return begun
  }

  /// The keys since the prompt tell the line by themselves.
  public var isKnownByKeys: Bool { keyCount <= Self.keyLimit && models.contains(where: \.isKnown) }

  /// Takes keys that went on to the shell.
  public mutating func type(_ bytes: [UInt8]) {
    guard stage == .editing else { return hasAhead = true }
    for key in decoder.decode(bytes, record: 0, time: 0) where key.kind != .report {
      keyCount += 1
      guard keyCount <= Self.keyLimit else { continue }
      for index in models.indices { models[index].press(key.kind) }
    }
  }

  /// The line went on with its Enter, as it was read: the shell shows a prompt, asks for more, or runs it. Nil: it was given up.
  public mutating func enter(_ line: String?) {
    guard stage == .editing else { return }
    stage = .entered
    entered = line
  }

  /// What the keys make of the line; nil where only the shell knows.
  public var typedText: String? {
    guard stage == .editing, keyCount <= Self.keyLimit else { return nil }
    return models.first(where: \.isKnown)?.text
  }

  /// The line as it stands.
  ///
  /// `isStill`: nothing was typed or shown for so long that the screen has caught up, whatever the keys would make of it.
  public func reading(isStill: Bool) -> Reading {
    guard stage == .editing, !emulator.isAlternate, let anchor else { return .unreadable("no prompt stands there") }
    guard let first = emulator.cellRow(anchor.place.line) else {
      return .unreadable("it has more rows than the screen and \(Self.scrollbackLimit) lines above it")
    }
    // A line that is longer than its row may be shown in part: its prompt leaves the screen, or `>` stands at the margin.
    guard emulator.text(first, 0..<anchor.place.column) == anchor.prompt else {
      return isStill ? .unreadable("the screen does not show it from its beginning") : .unsettled
    }
    if let earlier, earlier.utf8.count > Self.textLimit {
      return .unreadable("the command is longer than \(Self.textLimit) bytes")
    }
    let cursor = emulator.place
    let known = keyCount > Self.keyLimit ? [] : models.filter(\.isKnown)
    let shown = emulator.editedText(
      anchor.place, last: lastLine(from: max(cursor.line, anchor.place.line)), end: cursor, right: anchor.right)
    if isCut(atMarginOf: lastLine(from: max(cursor.line, anchor.place.line))) {
      return isStill ? .unreadable("the screen does not show all of it") : .unsettled
    }
    var text: String?
    if let model = known.first(where: { TypingReader.same($0.text, shown) }) {
      text = model.text
    } else if let model = known.first(where: {
      $0.cursor == $0.line.count && isSuggested(behind: $0.text, anchor, shown)
    }) {
      text = model.text
    } else if isStill {
      guard known.isEmpty else { return .unreadable("the shell shows another line than was typed") }
      text = shown
    }
    guard let text else { return .unsettled }
    if HistoryExpansion.mayExpand(text) {
      return .unreadable("the shell may make another line of it (! and ^ recall earlier ones)")
    }
    return .line(whole(text))
  }

  /// With the lines before it that the shell wants more of.
  private func whole(_ text: String) -> String { earlier.map { "\($0)\n\(text)" } ?? text }

  /// Lines of the same command before the one that is edited.
  public var earlierCount: Int { earlier.map { $0.count { $0 == "\n" } + 1 } ?? 0 }

  /// Two lines that run alike.
  public static func same(_ left: String, _ right: String) -> Bool { TypingReader.same(left, right) }

  /// The cursor stands behind what was typed, and more follows it on the screen: a shell suggests it, and does not run it.
  private func isSuggested(behind typed: String, _ anchor: EditSession.Anchor, _ shown: String) -> Bool {
    guard !typed.isEmpty, shown.hasPrefix(typed), shown != typed else { return false }
    let cursor = emulator.place
    guard cursor.line >= anchor.place.line, let row = emulator.cellRow(cursor.line) else { return false }
    var before = ""
    for line in anchor.place.line..<cursor.line {
      guard let row = emulator.cellRow(line), row.continues else { return false }
      before += emulator.text(row, (line == anchor.place.line ? anchor.place.column : 0)..<row.cells.count)
    }
    before += emulator.text(row, (cursor.line == anchor.place.line ? anchor.place.column : 0)..<cursor.column)
    return TypingReader.same(before, typed)
  }

  /// `>` in the last columns of a row that does not go on: an editor that scrolls sideways shows that there is more.
  private func isCut(atMarginOf line: UInt64) -> Bool {
    guard let row = emulator.cellRow(line), !row.continues else { return false }
    let shown = emulator.shownCount(row)
    return shown + 1 >= row.cells.count && shown > 0 && emulator.text(row, shown - 1..<shown) == ">"
  }

  /// The last row of the line: what is edited stands at the bottom, over blank rows.
  private func lastLine(from line: UInt64) -> UInt64 {
    var last = line
    while last - line < UInt64(TypingReader.rowLimit), let row = emulator.cellRow(last + 1),
      emulator.shownCount(row) > 0
    {
      last += 1
    }
    return last
  }

  // MARK: Marks

  private mutating func readMarks(_ begun: inout [String]) {
    for mark in emulator.takeMarks() where !emulator.isAlternate {
      switch mark.kind {
      // While a line is edited a prompt is drawn anew, and the line with it.
      case .promptStart: if stage != .editing { stage = .prompt }
      case .commandFinished: stage = .prompt
      case .commandStart: promptEnds()
      case .continuationStart:
        // What the shell took may be another line than was read, or one that was typed ahead.
        if stage == .editing || stage == .entered, let anchor, emulator.place.line > anchor.place.line {
          let shown = whole(
            emulator.editedText(anchor.place, last: emulator.place.line - 1, end: nil, right: anchor.right))
          if entered.map({ Self.same($0, shown) }) != true { entered = shown }
          stage = .entered
        }
      case .continuationEnd:
        if stage == .entered, let line = entered, anchor.map({ emulator.place.line > $0.place.line }) ?? true {
          promptEnds()
          earlier = line
        } else if stage == .editing || stage == .entered {
          // The same one is drawn anew.
          let known = (stage, entered, earlier)
          stage = .editing
          promptEnds()
          (stage, entered, earlier) = known
        }
      case .commandExecuted:
        marksBeginnings = true
        if stage == .editing || stage == .entered, let anchor {
          let place = emulator.place
          let last = place.column == 0 && place.line > anchor.place.line ? place.line - 1 : place.line
          begun.append(whole(emulator.editedText(anchor.place, last: last, end: nil, right: anchor.right)))
        } else {
          begun.append("")
        }
        (entered, earlier) = (nil, nil)
        stage = .running
      default: break
      }
    }
  }

  private mutating func promptEnds() {
    var here = EditSession.Anchor(place: emulator.place, prompt: "", right: nil, isMarked: true)
    if let row = emulator.cellRow(here.place.line) {
      here.prompt = emulator.text(row, 0..<here.place.column)
      // Readline sends its prompt again when it draws the line anew, and the mark then may come behind the line.
      if stage == .editing, let known = anchor, !known.prompt.isEmpty, here.prompt != known.prompt,
        here.prompt.hasPrefix(known.prompt), let column = emulator.columns(of: known.prompt, in: row)
      {
        here.place.column = column
        here.prompt = known.prompt
      }
      here.right = stage == .editing ? anchor?.right : right(of: row, behind: here.place.column)
    }
    if stage != .editing {
      models = Self.freshModels
      keyCount = hasAhead ? Self.keyLimit + 1 : 0
      hasAhead = false
    }
    anchor = here
    (entered, earlier) = (nil, nil)
    stage = .editing
  }

  /// What stands at the right margin while the line is empty (zsh's RPROMPT).
  private func right(of row: CellRow, behind column: Int) -> (column: Int, text: String)? {
    let shown = emulator.shownCount(row)
    guard shown > column else { return nil }
    var start = column
    while start < shown, row[start].glyph == 0 || row[start].glyph == 0x20 { start += 1 }
    return (start, emulator.text(row, start..<shown))
  }
}
