import Model

extension TypingReader {
  /// DEC mode 2004 was set: a line editor waits for a line.
  mutating func editorBegins(at mark: TerminalMark) {
    guard !emulator.isAlternate else { return }
    if let open = session, open.editor == .unannounced { echoNothing(open) }
    let isMarked = session?.anchor?.isMarked == true
    let here = isMarked ? session?.anchor : mark.column > 0 ? anchorHere() : nil
    session = EditSession(
      editor: .announced, openedAt: now, openedAtPlace: TerminalPlace(line: mark.line, column: mark.column),
      anchor: here, isAhead: !keys.isEmpty)
  }

  /// The mode was reset: the line was entered or given up.
  mutating func editorEnds() {
    guard var open = session, open.editor == .announced, open.closing == nil else { return }
    let place = emulator.place
    var closing = EditSession.Closing(at: now, end: place)
    if place.column == 0, let before = open.beforeReturn, before.line + 1 == place.line {
      // Readline leaves the line before it resets the mode; zsh and others do so afterwards.
      closing.end = before
      closing.hasMoved = true
    }
    open.closing = closing
    session = open
  }

  /// The cursor is where the output of the command begins.
  mutating func closeEditor() {
    guard let open = session, let closing = open.closing else { return }
    session = nil
    let place = emulator.place
    let last = place.line > closing.end.line ? place.line - 1 : closing.end.line
    var ending = keys.firstIndex { Self.ends($0.kind) }
    var line = ending.map { Array(keys[...$0]) } ?? []
    var models = self.models(line.dropLast())
    let keyed = models.first(where: \.isKnown)?.text
    let read = self.read(open, last: last, end: closing.end, keyed: line.isEmpty ? nil : keyed)
    if let read { passOverElsewhere(read.text, &ending, &line, &models) }
    guard let ending, let final = line.last else {
      return closeWithoutEnter(open, closing, read, hasMoved: closing.hasMoved || place.line > closing.end.line)
    }
    if final.kind == .control(0x04) {
      // ^D deletes a character unless the line is empty.
      guard let read, read.text.isEmpty else { return closeAfterDelete(open, closing, read) }
      keys = keys[(ending + 1)...]
      promptCame(of: judge(read.prompt, editor: .announced)?.program ?? .shell, at: open.openedAt)
      return programEnds(judge(read.prompt, editor: .announced)?.program ?? .shell)
    }
    keys = keys[(ending + 1)...]
    for index in models.indices { killed[index] = Array(models[index].killRing.prefix(Self.keyLimit)) }
    if final.kind == .control(0x03) { return abandonStatement() }
    guard let read else { return enterUnread(keyed, open, final) }
    enter(read, models: models, open: open, at: Timestamp(nanoseconds: final.time))
  }

  /// Lines that stand before the one that was read were typed elsewhere: at a program that took them without a word. As
  /// nothing showed them, they are not kept.
  private mutating func passOverElsewhere(
    _ text: String, _ ending: inout Int?, _ line: inout [Key], _ models: inout [LineModel]
  ) {
    // An Enter that something held back until ^C gave the line up was typed here all the same.
    while let at = ending, line.last?.kind == .enter,
      models.allSatisfy({ $0.isKnown && !Self.same($0.text, text) && !Self.same($0.text + "^C", text) }),
      let next = keys[(at + 1)...].firstIndex(where: { Self.ends($0.kind) })
    {
      if models.contains(where: { !$0.text.isEmpty }) { hide(line) }
      keys = keys[(at + 1)...]
      ending = next
      line = Array(keys[...next])
      models = self.models(line.dropLast())
    }
  }

  private static func ends(_ kind: Key.Kind) -> Bool {
    switch kind {
    // ^O enters the line too, and goes on with the next of the history.
    case .enter, .control(0x0F), .control(0x03), .control(0x04): true
    default: false
    }
  }

  private mutating func closeAfterDelete(_ open: EditSession, _ closing: EditSession.Closing, _ read: ScreenLine?) {
    let ending = keys.firstIndex { [.enter, .control(0x0F), .control(0x03)].contains($0.kind) }
    let line = ending.map { Array(keys[...$0]) } ?? Array(keys)
    keys.removeFirst(line.count)
    if line.last?.kind == .control(0x03) { return abandonStatement() }
    guard let read, let final = line.last else { return }
    enter(read, models: models(line.dropLast()), open: open, at: Timestamp(nanoseconds: final.time))
  }

  /// The editor is done, and no Enter of this line is known.
  private mutating func closeWithoutEnter(
    _ open: EditSession, _ closing: EditSession.Closing, _ read: ScreenLine?, hasMoved: Bool
  ) {
    guard let read else { return }
    if let index = ahead.firstIndex(where: { $0.text == read.text }) {
      let claimed = ahead[index]
      ahead.removeSubrange(...index)
      let at = claimed.keys.last.map { Timestamp(nanoseconds: $0.time) } ?? closing.at
      return enter(read, models: models(claimed.keys.dropLast()), open: open, at: at, isAhead: true)
    }
    guard hasMoved, !read.text.hasSuffix("^C") else {
      if read.text.hasSuffix("^C") { abandonStatement() }
      return
    }
    enter(read, models: [], open: open, at: closing.at, isUnconfirmed: true)
  }

  /// Nothing could be read off the screen; the keys are all there is.
  private mutating func enterUnread(_ keyed: String?, _ open: EditSession, _ final: Key) {
    guard let keyed, !keyed.isEmpty, let program = lastProgram else { return }
    record(
      keyed, at: Timestamp(nanoseconds: final.time), openedAt: open.openedAt,
      judgement: Judgement(program: program, isContinuation: false, weight: 0.6), confidence: 0.6, basis: "keys only",
      prompt: nil, below: emulator.place.line)
  }
}
