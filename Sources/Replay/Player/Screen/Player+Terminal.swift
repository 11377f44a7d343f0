import Model
import Terminal

/// The screens of a session's terminals: the keys over them, and where they lead.
extension Player {
  // MARK: Going there and back

  /// Shows the terminal that an action is the recording of, from its beginning, or in which it was typed, from there; false
  /// when there is none.
  ///
  /// - Throws: what reading the case throws.
  public mutating func showTerminal(of actionID: String) throws -> Bool {
    let all = try allTerminals()
    for (index, found) in all.enumerated() {
      if found.recording.action.id == actionID {
        try open(index)
        return true
      }
      guard let typed = found.typed.first(where: { $0.id == actionID }) else { continue }
      try open(index)
      terminal?.playback.seek(to: typed.startedAt)
      return true
    }
    return false
  }

  /// Shows what was on a terminal at the time that the transcript has come to.
  mutating func showTerminal() throws {
    let clock = playback.clock
    let all = try allTerminals()
    guard !all.isEmpty else {
      notice = "no terminal was recorded in this session"
      return
    }
    let index = all.lastIndex { $0.recording.action.startedAt <= clock } ?? 0
    try open(index)
    terminal?.playback.seek(to: clock)
  }

  /// Shows the transcript at the time that the terminal has come to.
  mutating func showTranscript() {
    face = .transcript
    guard let terminal else { return }
    playback.seek(to: terminal.playback.clock)
    playback.isPaused = terminal.playback.isPaused
    playback.setSpeed(terminal.playback.speed)
    scroll = 0
  }

  private mutating func allTerminals() throws -> [(recording: TerminalRecording, typed: [Action])] {
    if let terminals { return terminals }
    let found = try reading.recordings(of: timeline.session).filter { $0.recording.hasTerminal }
    terminals = found
    return found
  }

  private mutating func open(_ index: Int) throws {
    guard let terminals, terminals.indices.contains(index) else { return }
    let (recording, typed) = terminals[index]
    if terminal?.actionID != recording.action.id {
      let recorded = try RecordedScreen(recording, typed: typed, from: reading)
      terminal = ScreenView(recorded, speed: options.speed, idleLimit: options.idleLimit)
    }
    if face == .transcript {
      terminal?.playback.isPaused = playback.isPaused
      terminal?.playback.setSpeed(playback.speed)
    }
    face = .screen
    if let damage = terminal?.recorded.damage { notice = damage }
  }

  private mutating func openNext() throws {
    let all = try allTerminals()
    guard all.count > 1, let here = all.firstIndex(where: { $0.recording.action.id == terminal?.actionID }) else {
      notice = "the session has no other terminal"
      return
    }
    let (isPaused, speed) = (terminal?.playback.isPaused ?? false, terminal?.playback.speed ?? 1)
    try open((here + 1) % all.count)
    terminal?.playback.isPaused = isPaused
    terminal?.playback.setSpeed(speed)
    notice = "terminal \((here + 1) % all.count + 1) of \(all.count): \(terminal?.recorded.recording.action.text ?? "")"
  }

  mutating func seekTerminal(to target: SeekTarget) {
    switch target {
    case .time(let time): terminal?.seek(to: time)
    case .event(let index):
      let events = timeline.events
      guard let terminal else { return }
      let time =
        index <= 0 ? terminal.playback.track.start : events.indices.contains(index) ? events[index].at : timeline.end
      self.terminal?.seek(to: time)
    }
  }

  // MARK: Keys

  mutating func watchTerminal(_ key: Key) throws {
    switch key {
    case .character(" "):
      guard terminal?.playback.isAtEnd == false else {
        notice = "← goes back, gg to the beginning, q leaves"
        return
      }
      terminal?.playback.isPaused.toggle()
    case .right, .character("l"): terminal?.seek(by: ScreenView.seekDistance)
    case .left, .character("h"): terminal?.seek(by: -ScreenView.seekDistance)
    case .character("."): terminal?.step(by: 1)
    case .character(","): terminal?.step(by: -1)
    case .down, .character("]"), .character("c"): goToCommand(isForward: true)
    case .up, .character("["), .character("C"): goToCommand(isForward: false)
    case .character("+"), .character("="): terminal?.playback.faster()
    case .character("-"), .character("_"): terminal?.playback.slower()
    case .home, .character("<"): terminal?.seek(to: Timestamp(nanoseconds: .min))
    case .end, .character(">"), .character("G"): terminal?.seek(to: Timestamp(nanoseconds: .max))
    case .character("i"), .character("s"): terminal?.playback.skipsIdle.toggle()
    case .character("H"): panTerminal(0, -1)
    case .character("L"): panTerminal(0, 1)
    case .character("K"), .pageUp: panTerminal(-1, 0)
    case .character("J"), .pageDown: panTerminal(1, 0)
    case .character("0"): terminal?.follow()
    case .character("z"):
      terminal?.isBare.toggle()
      display.forget()
    case .character("n"): sayMatch(terminal?.goToMatch(isForward: true))
    case .character("N"): sayMatch(terminal?.goToMatch(isForward: false))
    case .character("/"): mode = .search("")
    case .character("g"): mode = .goTo("")
    case .character("?"): mode = .help
    case .character("t"): showTranscript()
    case .tab: try openNext()
    case .character("q"), .character("Q"): isFinished = true
    case .escape: terminal?.forgetSearch()
    default: break
    }
  }

  private mutating func panTerminal(_ rows: Int, _ columns: Int) {
    terminal?.pan(rows: rows * max(1, size.rows / 3), columns: columns * max(1, size.columns / 3))
  }

  private mutating func goToCommand(isForward: Bool) {
    guard terminal?.commands.isEmpty == false else {
      notice = "no command is known to have been typed here"
      return
    }
    if terminal?.goToCommand(isForward: isForward) != true {
      notice = "no \(isForward ? "further" : "earlier") command"
    }
  }

  mutating func findOnScreens(_ text: String) throws {
    let reading = reading
    notice = try terminal?.find(text, from: reading) ?? "never to be read on this terminal: \(text)"
  }

  private mutating func sayMatch(_ said: String?) { notice = said ?? "search first: / and words" }
}
