public import Model

/// Plays a session in a terminal: keys and times in, what to write out. It knows neither a terminal nor a clock.
///
/// The caller writes `begin`, then in a loop: writes `output`, waits for input or for as long as `wait` says, and hands
/// over what came; at the end it writes `end`.
public struct Player {
  public struct Options: Sendable {
    /// Times the recorded pace.
    public var speed = 1.0
    /// Cut the time in which nothing happens.
    public var skipsIdle = false
    /// To this long, in nanoseconds of the session.
    public var idleLimit: Int64 = 1_000_000_000
    /// Rows of each result that are shown.
    public var rowLimit = 10
    /// NO_COLOR and a terminal without colours switch it off.
    public var isColoured = true

    public init() {}
  }

  /// What a person is doing.
  enum Mode {
    case watching
    case help
    case search(String)
    case goTo(String)
  }

  /// Time after which a lone escape character is the key.
  private static let escapeDelay: Int64 = 50_000_000
  /// The clock on the status line moves this often.
  private static let clockTick: Int64 = 100_000_000
  /// Characters of a search or a place.
  private static let promptLimit = 200

  let reading: any CaseReading
  let options: Options
  var size: WindowSize
  var playback: Playback
  var mode = Mode.watching
  var search: SearchResult?
  /// Said on the status line until the next key.
  var notice: String?
  /// Lines between the last line shown and the last there is.
  var scroll = 0
  var view: TranscriptView
  var rail: Rail
  var display = DisplayedLines()
  /// Actions begun by the end of each event.
  let counts: [Int]
  private var keys = KeyReader()

  /// A person has asked to leave.
  public private(set) var isFinished = false

  /// Begins at the start of the session.
  public init(_ timeline: Timeline, from reading: any CaseReading, options: Options, size: WindowSize) {
    self.reading = reading
    self.options = options
    self.size = size
    playback = Playback(
      timeline, speed: options.speed, skipsIdle: options.skipsIdle, idleLimit: options.idleLimit)
    view = TranscriptView(timeline, from: reading, rowLimit: options.rowLimit, width: size.columns)
    rail = Rail(timeline, width: size.columns)
    var begun = 0
    counts = timeline.events.map { event in
      if event.kind == .statement || event.kind == .note { begun += 1 }
      return begun
    }
  }

  public var timeline: Timeline { playback.timeline }

  /// What to write first.
  public static var begin: String { DisplayedLines.enter }
  /// What to write last: the terminal is as it was.
  public static var end: String { DisplayedLines.leave }

  /// Nanoseconds after which `output` may have something new although no key came; nil when only a key changes anything.
  public var wait: Int64? {
    if keys.isPending { return Self.escapeDelay }
    guard playback.isRunning, let next = playback.waitForNext else { return nil }
    return min(next, Self.clockTick)
  }

  /// Takes bytes from the keyboard; none says that the wait was over without any.
  ///
  /// - Throws: what reading the case throws, when a search reads it.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: Int64) throws {
    playback.advance(to: now)
    let pressed = keys.receive(bytes)
    for key in pressed { try press(key) }
    if pressed.isEmpty, keys.isPending, let key = keys.flush() { try press(key) }
  }

  /// Takes the end of the keyboard's input.
  public mutating func finish() { isFinished = true }

  public mutating func resize(to size: WindowSize) {
    guard size != self.size else { return }
    self.size = size
    view.resize(to: size.columns)
    rail = Rail(timeline, width: size.columns)
    display.forget()
  }

  /// Goes to a place.
  public mutating func seek(to target: SeekTarget) {
    switch target {
    case .event(let index): playback.seek(to: playback.stop(after: index))
    case .time(let time): playback.seek(to: time)
    }
    scroll = 0
  }

  // MARK: Keys

  mutating func press(_ key: Key) throws {
    notice = nil
    if key == .interrupt {
      isFinished = true
      return
    }
    switch mode {
    case .watching: try watch(key)
    case .help: mode = .watching
    case .search(let text): try edit(text, key) { .search($0) }
    case .goTo(let text): try edit(text, key) { .goTo($0) }
    }
  }

  private mutating func watch(_ key: Key) throws {
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
    case .end, .character(">"): step(to: timeline.events.count)
    case .pageUp, .character("b"): scroll(by: size.rows / 2)
    case .pageDown, .character("f"): scroll(by: -size.rows / 2)
    case .character("s"): playback.skipsIdle.toggle()
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

  /// Edits the text of a prompt.
  private mutating func edit(_ text: String, _ key: Key, _ make: (String) -> Mode) throws {
    switch key {
    case .character(let scalar):
      guard text.unicodeScalars.count < Self.promptLimit else { return }
      mode = make(text + String(scalar))
    case .backspace: mode = text.isEmpty ? .watching : make(String(text.unicodeScalars.dropLast()))
    case .escape: mode = .watching
    case .enter:
      let mode = mode
      self.mode = .watching
      guard !text.isEmpty else { return }
      if case .search = mode { try find(text) } else { go(to: text) }
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

  private mutating func go(to text: String) {
    guard let target = SeekTarget(parsing: text, in: timeline, from: playback.clock) else {
      notice = "\(text): neither an action, a time (02:16:37), a distance (+90, -5m) nor a share (50%)"
      return
    }
    seek(to: target)
  }

  private mutating func find(_ text: String) throws {
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
