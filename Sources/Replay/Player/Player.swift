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
    /// What the person's terminal can show.
    public var colours = ColourDepth.indexed
    var isColoured: Bool { colours != .none }

    public init() {}
  }

  /// What of the session is shown.
  enum Face {
    case transcript
    /// A terminal as its user saw it.
    case screen
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
  /// A terminal that is written to all the time is shown this often.
  private static let frameTick: Int64 = 15_000_000
  /// Characters of a search or a place.
  private static let promptLimit = 200

  let reading: any CaseReading
  let options: Options
  var size: WindowSize
  var playback: Playback<Timeline>
  var mode = Mode.watching
  var face = Face.transcript
  /// The terminal that is shown, or was.
  var terminal: ScreenView?
  /// The terminals of the session, in order of time, once somebody asked.
  var terminals: [(recording: TerminalRecording, typed: [Action])]?
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
  /// A terminal may have been recorded: something was written that is no message of a protocol.
  let hasScreens: Bool
  private var keys = KeyReader()

  /// A person has asked to leave.
  public internal(set) var isFinished = false

  /// Begins at the start of the session.
  public init(_ timeline: Timeline, from reading: any CaseReading, options: Options, size: WindowSize) {
    self.reading = reading
    self.options = options
    self.size = size
    playback = Playback(
      timeline, speed: options.speed, skipsIdle: options.skipsIdle, idleLimit: options.idleLimit)
    view = TranscriptView(timeline, from: reading, rowLimit: options.rowLimit, width: size.columns)
    rail = Rail(timeline, width: size.columns)
    hasScreens = timeline.messages.contains { $0.kind == .output }
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
    switch face {
    case .transcript: return playback.waitForNext.map { min($0, Self.clockTick) }
    case .screen: return terminal?.playback.waitForNext.map { min(max($0, Self.frameTick), Self.clockTick) }
    }
  }

  /// Takes bytes from the keyboard; none says that the wait was over without any.
  ///
  /// - Throws: what reading the case throws, when a search reads it.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: Int64) throws {
    advance(to: now)
    let pressed = keys.receive(bytes)
    for key in pressed { try press(key) }
    if pressed.isEmpty, keys.isPending, let key = keys.flush() { try press(key) }
  }

  mutating func advance(to now: Int64) {
    switch face {
    case .transcript: playback.advance(to: now)
    case .screen: terminal?.playback.advance(to: now)
    }
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

  /// Says that something else has written to the terminal: the next output draws everything.
  public mutating func redraw() { display.forget() }

  /// Goes on from where it is.
  public mutating func play() {
    playback.isPaused = false
    terminal?.playback.isPaused = false
  }

  /// Goes to a place.
  public mutating func seek(to target: SeekTarget) {
    if face == .screen { return seekTerminal(to: target) }
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
    case .watching:
      switch face {
      case .transcript: try watch(key)
      case .screen: try watchTerminal(key)
      }
    case .help: mode = .watching
    case .search(let text): try edit(text, key) { .search($0) }
    case .goTo(let text): try edit(text, key) { .goTo($0) }
    }
  }

  private var isGoingTo: Bool { if case .goTo = mode { true } else { false } }

  /// Edits the text of a prompt.
  private mutating func edit(_ text: String, _ key: Key, _ make: (String) -> Mode) throws {
    switch key {
    // At a prompt for a place, what would be typed there anyway: `gg`.
    case .character("g") where text.isEmpty && isGoingTo:
      mode = .watching
      seek(to: .event(0))
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
}
