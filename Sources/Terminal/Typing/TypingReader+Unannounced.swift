import Model

extension TypingReader {
  /// A line feed comes while keys were typed at a place that no line editor announced.
  mutating func lineEndsUnannounced(_ open: EditSession) {
    let prompt = open.anchor?.prompt ?? ""
    let judgement = judge(prompt, editor: .unannounced)
    guard let line = takeLine() else {
      if !hasInput, judgement != nil { return entersUnseen(open) }
      // Output in between; at a prompt it may be a list of candidates, and the line is drawn again.
      if judgement == nil, !PromptShape.asksForSecret(prompt) { session = nil }
      return
    }
    session = nil
    let models = self.models(line.dropLast())
    let place = emulator.place
    let end = place.column == 0 ? open.beforeReturn : place
    let last = place.line
    let read =
      prompt.isEmpty
      ? lineFrom(open.openedAtPlace, last: last) : self.read(open, last: last, end: end, keyed: models.first?.text)
    let typed = line.filter(\.isPrintable)
    if PromptShape.asksForSecret(prompt)
      || !typed.isEmpty && !shows(read?.text ?? "", models, atPrompt: judgement != nil)
    {
      hide(line)
      return
    }
    guard let read else { return }
    if let judgement, !read.text.isEmpty || judgement.isContinuation {
      return enter(read, models: models, open: open, at: Timestamp(nanoseconds: line.last?.time ?? now.nanoseconds))
    }
    guard judgement == nil, !read.text.isEmpty else { return }
    ahead.append(AheadLine(text: read.text, keys: line))
    if ahead.count > Self.aheadLimit { ahead.removeFirst() }
  }

  /// A line was entered; keys are not in the recording.
  private mutating func entersUnseen(_ open: EditSession) {
    session = nil
    let place = emulator.place
    let end = place.column == 0 ? open.beforeReturn : place
    guard let read = self.read(open, last: place.line, end: end, keyed: nil), !read.text.hasSuffix("^C") else { return }
    enter(read, models: [], open: open, at: now, isUnconfirmed: true)
  }

  /// Something of what was typed is to be seen, or may be: a line that keys made from the history says nothing.
  private func shows(_ text: String, _ models: [LineModel], atPrompt: Bool) -> Bool {
    if models.contains(where: { $0.isKnown && ($0.text.isEmpty || text.contains($0.text)) }) { return true }
    guard text.contains(where: { $0 != "*" && $0 != "•" && $0 != "●" }) else { return false }
    return atPrompt || models.allSatisfy { !$0.isKnown }
  }

  /// The text from a place to the end of a line.
  private func lineFrom(_ place: TerminalPlace, last: UInt64) -> ScreenLine? {
    let open = EditSession(
      editor: .unannounced, openedAt: now, openedAtPlace: place,
      anchor: EditSession.Anchor(place: place, prompt: "", right: nil, isMarked: true), isAhead: false)
    return read(open, last: last, end: nil, keyed: nil)
  }

  /// An editor began while keys waited at a place where nothing was echoed.
  mutating func echoNothing(_ open: EditSession) {
    let prompt = open.anchor?.prompt ?? ""
    guard let enter = keys.firstIndex(where: { $0.kind == .enter }), enter > 0 else {
      guard !keys.isEmpty, !keys.contains(where: { $0.kind == .enter }) else { return }
      if PromptShape.asksForSecret(prompt) { hide(keys) }
      // A key that was not echoed went to the program that ran (a pager's q): it belongs to no line.
      let shown = lineFrom(open.openedAtPlace, last: open.openedAtPlace.line)?.text ?? ""
      let typed = models(keys).first?.text ?? ""
      if typed.isEmpty || !shown.contains(typed) { keys.removeAll() }
      return
    }
    guard PromptShape.asksForSecret(prompt) || !prompt.isEmpty && judge(prompt, editor: .unannounced) == nil else {
      return
    }
    if let line = takeLine() { hide(line) }
  }

  /// A line is complete on the screen that nobody is known to have typed at its prompt: perhaps it was typed ahead.
  mutating func claim(_ first: AheadLine) {
    let place = emulator.place
    let typed = first.text
    guard let row = emulator.cellRow(place.line), !typed.isEmpty else { return }
    let text = emulator.text(row, 0..<emulator.shownCount(row))
    guard text.hasSuffix(typed) else { return }
    let prompt = String(text.dropLast(typed.count))
    guard !prompt.isEmpty, prompts.contains(where: { $0.text == prompt }) else { return }
    ahead.removeFirst()
    let open = EditSession(
      editor: .unannounced, openedAt: now, openedAtPlace: place, anchor: nil, isAhead: true)
    enter(
      ScreenLine(text: typed, prompt: prompt, isPromptKnown: true), models: models(first.keys.dropLast()), open: open,
      at: first.keys.last.map { Timestamp(nanoseconds: $0.time) } ?? now, isAhead: true)
  }

  /// A line feed comes where no key was typed since the last line; keys that were sent at once with an earlier line may
  /// have been read by now: by a prompt for a secret, by a program, or by a shell that announces nothing.
  mutating func takeSecretAhead() {
    let place = emulator.place
    guard let row = emulator.cellRow(place.line), !keys.isEmpty || !ahead.isEmpty else { return }
    let text = emulator.text(row, 0..<emulator.shownCount(row))
    if PromptShape.asksForSecret(text), text.hasSuffix(":") || text.hasSuffix("?") {
      if let first = ahead.first {
        hide(first.keys)
        ahead.removeFirst()
      } else if let line = takeLine() {
        hide(line)
      }
      return
    }
    guard let typed = firstLineText, !typed.isEmpty, text.hasSuffix(typed) else { return }
    let prompt = String(text.dropLast(typed.count))
    guard let line = takeLine() else { return }
    if judge(prompt, editor: .unannounced) != nil {
      let open = EditSession(editor: .unannounced, openedAt: now, openedAtPlace: place, anchor: nil, isAhead: true)
      enter(
        ScreenLine(text: typed, prompt: prompt, isPromptKnown: true), models: models(line.dropLast()), open: open,
        at: Timestamp(nanoseconds: line.last?.time ?? now.nanoseconds), isAhead: true)
    } else {
      ahead.append(AheadLine(text: typed, keys: line))
      if ahead.count > Self.aheadLimit { ahead.removeFirst() }
    }
  }

  /// At the end of the recording: what was typed at a prompt for a secret, or showed nothing, is not kept.
  mutating func endOpenSecret() {
    let shown = emulator.cellRow(emulator.place.line).map { emulator.text($0, 0..<emulator.shownCount($0)) } ?? ""
    while let typed = firstLineText, session?.editor != .unannounced, let line = takeLine() {
      if !typed.isEmpty, !shown.hasSuffix(typed) { hide(line) }
    }
    guard let open = session, open.editor == .unannounced, keys.contains(where: \.isPrintable) else { return }
    let prompt = open.anchor?.prompt ?? ""
    if PromptShape.asksForSecret(prompt) || emulator.place == open.anchor?.place { hide(keys) }
  }
}
