import Model

/// The keys over a transcript, and where they lead.
extension Player {
  mutating func watch(_ key: Key) throws {
    switch key {
    case .character(" "):
      guard !playback.isAtEnd else {
        notice = "← steps back, g goes elsewhere, q leaves"
        return
      }
      playback.isPaused.toggle()
    case .right, .character("l"): step(to: playback.stop(after: playback.position))
    case .left, .character("h"): step(to: playback.stop(before: playback.position))
    case .up, .character("+"), .character("="): playback.faster()
    case .down, .character("-"), .character("_"): playback.slower()
    case .home, .character("<"): step(to: 1)
    case .end, .character(">"), .character("G"): step(to: timeline.events.count)
    case .pageUp, .character("b"): scroll(by: size.rows / 2)
    case .pageDown, .character("f"): scroll(by: -size.rows / 2)
    case .character("s"), .character("i"): playback.skipsIdle.toggle()
    case .character("t"): try showTerminal()
    case .character("a"):
      view.toggleFields()
      notice = view.showsAllFields ? "all header fields" : "the header fields that tell most"
    case .character("c"): jump(to: .change, "change", isForward: true)
    case .character("C"): jump(to: .change, "change", isForward: false)
    case .character("e"): jump(to: [.error, .incomplete], "error or gap", isForward: true)
    case .character("E"): jump(to: [.error, .incomplete], "error or gap", isForward: false)
    case .character("n"): goToMatch(isForward: true)
    case .character("N"): goToMatch(isForward: false)
    case .character("/"): mode = .search("")
    case .character("g"): mode = .goTo("")
    case .character("?"): mode = .help
    case .character("q"), .character("Q"): isFinished = true
    case .escape: search = nil
    default: break
    }
  }

  // MARK: Moves

  private mutating func step(to index: Int) {
    playback.isPaused = true
    playback.seek(to: index)
    scroll = 0
  }

  /// Shows an event and, when it is a statement, its result.
  private mutating func show(_ index: Int) { step(to: playback.stop(after: index)) }

  private mutating func scroll(by lines: Int) {
    if scroll == 0, lines > 0 { playback.isPaused = true }
    scroll = max(0, scroll + lines)
  }

  private mutating func jump(to marks: Timeline.Marks, _ name: String, isForward: Bool) {
    let events = timeline.events
    let isWanted = { (index: Int) in
      !events[index].marks.isDisjoint(with: marks) && (events[index].kind != .result || marks != .change)
    }
    let found =
      isForward
      ? (min(playback.position, events.count)..<events.count).first(where: isWanted)
      : (0..<max(0, playback.stop(before: playback.position))).last(where: isWanted)
    guard let found else {
      notice = "no \(isForward ? "further" : "earlier") \(name)"
      return
    }
    show(found)
  }

  mutating func go(to text: String) {
    let here = face == .screen ? terminal?.playback.clock : playback.clock
    let range = face == .screen ? terminal.map { $0.playback.track.start...$0.playback.track.end } : nil
    guard let target = SeekTarget(parsing: text, in: timeline, from: here ?? playback.clock, within: range) else {
      notice = "\(text): neither an action, a time (02:16:37), a distance (+90, -5m) nor a share (50%)"
      return
    }
    seek(to: target)
  }

  mutating func find(_ text: String) throws {
    if face == .screen { return try findOnScreens(text) }
    let result = try SearchResult(text, in: timeline, from: reading)
    guard !result.events.isEmpty else {
      notice = "not found: \(text)"
      return
    }
    search = result
    goToMatch(isForward: true)
  }

  private mutating func goToMatch(isForward: Bool) {
    guard let search else {
      notice = "search first: / and words"
      return
    }
    let here = playback.position
    let next =
      isForward
      ? search.events.firstIndex { $0 >= here } ?? 0
      : search.events.lastIndex { $0 < playback.stop(before: here) } ?? search.events.count - 1
    show(search.events[next])
    notice = "\(next + 1) of \(search.events.count) for /\(search.words)   n next   N previous"
  }
}
