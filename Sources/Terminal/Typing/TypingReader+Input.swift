import Model

extension TypingReader {
  /// Input: what was typed, or what a terminal answered.
  mutating func type(_ bytes: [UInt8]) {
    if session?.closing != nil { closeEditor() }
    let typed = decoder.decode(bytes, record: recordCount - 1, time: now.nanoseconds).filter { $0.kind != .report }
    guard !typed.isEmpty else { return }
    hasInput = true
    guard !emulator.isAlternate else { return }
    standAtPrompt()
    for key in typed { press(key) }
    if keys.count > Self.keyLimit {
      keys.removeFirst(keys.count - Self.keyLimit / 2)
      hasLostKeys = true
    }
  }

  /// The first key of a line tells where its prompt ends: at the cursor.
  private mutating func standAtPrompt() {
    let here = anchorHere()
    guard var open = session else {
      session = EditSession(
        editor: emulator.isBracketedPaste ? .announced : .unannounced, openedAt: shownAt ?? now,
        openedAtPlace: emulator.place,
        anchor: here, isAhead: !keys.isEmpty)
      return
    }
    guard keys.isEmpty, !open.isAhead else { return }
    if open.anchor?.isMarked == true {
      if open.anchor?.place == here.place { session?.anchor?.right = here.right }
      return
    }
    if open.editor == .unannounced || !here.prompt.isEmpty { open.anchor = here }
    session = open
  }

  /// Without keys a prompt is what the cursor stood behind for a while.
  mutating func standStill() {
    guard let shownAt, now.nanoseconds(since: shownAt) >= Self.stillness, !emulator.isAlternate,
      session == nil || session?.anchor == nil && session?.closing == nil
    else { return }
    let here = anchorHere()
    let editor = session?.editor ?? .unannounced
    guard !here.prompt.isEmpty, judge(here.prompt, editor: editor) != nil else { return }
    if session == nil {
      session = EditSession(
        editor: .unannounced, openedAt: shownAt, openedAtPlace: emulator.place, anchor: here, isAhead: false)
    } else {
      session?.anchor = here
    }
  }

  /// The cursor's line up to the cursor, and what stands behind it.
  func anchorHere(isMarked: Bool = false) -> EditSession.Anchor {
    let place = emulator.place
    var anchor = EditSession.Anchor(place: place, prompt: "", right: nil, isMarked: isMarked)
    guard let row = emulator.cellRow(place.line) else { return anchor }
    anchor.prompt = emulator.text(row, 0..<place.column)
    let shown = emulator.shownCount(row)
    if shown > place.column {
      var start = place.column
      while start < shown, row[start].glyph == 0 || row[start].glyph == 0x20 { start += 1 }
      anchor.right = (start, emulator.text(row, start..<shown))
    }
    return anchor
  }

  private mutating func press(_ key: Key) {
    guard session?.editor == .unannounced else {
      keys.append(key)
      return
    }
    switch key.kind {
    case .control(0x03), .control(0x1C), .control(0x1A):
      // The terminal's driver forgets what was typed.
      if let open = session, PromptShape.asksForSecret(open.anchor?.prompt ?? "") { hide(keys) }
      keys.removeAll()
      ahead.removeAll()
      session = nil
      abandonStatement()
    case .control(0x04) where keys.isEmpty || keys.last?.kind == .enter:
      if let open = session, let shape = judge(open.anchor?.prompt ?? "", editor: .unannounced) {
        programEnds(shape.program)
      }
      session = nil
    default: keys.append(key)
    }
  }

  /// Notes that keys are not to be kept.
  mutating func hide(_ keys: some Sequence<Key>) {
    for key in keys where key.kind != .enter {
      guard hidden.count < Self.hiddenLimit else {
        // Beyond the limit ranges grow instead of being told one by one: rather too much is erased than too little.
        for origin in key.origins {
          guard var last = hidden.popLast() else { return }
          if last.record == origin.record {
            last.range =
              min(last.range.lowerBound, origin.range.lowerBound)..<max(last.range.upperBound, origin.range.upperBound)
            hidden.append(last)
          } else {
            hidden.append(last)
            hidden.append(origin)
          }
        }
        continue
      }
      for origin in key.origins {
        if let last = hidden.last, last.record == origin.record, last.range.upperBound == origin.range.lowerBound {
          hidden[hidden.count - 1].range = last.range.lowerBound..<origin.range.upperBound
        } else {
          hidden.append(origin)
        }
      }
    }
  }

  /// The keys of the first line that was entered, its Enter with them; they are used up.
  mutating func takeLine() -> [Key]? {
    guard let enter = keys.firstIndex(where: { $0.kind == .enter }) else { return nil }
    let line = Array(keys[...enter])
    keys = keys[(enter + 1)...]
    return line
  }

  /// What the line editors that are known would make of keys.
  func models(_ line: some Sequence<Key>) -> [LineModel] {
    LineModel.Dialect.allCases.enumerated().map { index, dialect in
      var model = LineModel(dialect, killed: killed[index])
      for key in line { model.press(key.kind) }
      return model
    }
  }
}
