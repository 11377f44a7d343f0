import Model
import Terminal

/// A terminal as the person saw it, at one moment of its recording: where the replay of it is, and what of it is shown.
struct ScreenView {
  /// Nanoseconds that an arrow key moves by.
  static let seekDistance: Int64 = 5_000_000_000

  var recorded: RecordedScreen
  var playback: Playback<RecordedScreen.Track>
  /// The first row and column that are shown; nil follows the cursor.
  private var pan: (row: Int, column: Int)?
  /// Where the part that is shown was last.
  private var corner = (row: 0, column: 0)
  private(set) var search: (words: String, times: [Timestamp])?
  private var rail: Rail
  private var railWidth = 0
  var isBare = false

  /// What the window shows of the captured screen, for the status line.
  struct Drawn {
    var size: TerminalSize
    var rows: Range<Int>
    var columns: Range<Int>
    var title: String
    var layout: ScreenLayout
  }
  var drawn: Drawn?

  init(_ recorded: RecordedScreen, speed: Double, idleLimit: Int64) {
    self.recorded = recorded
    playback = Playback(recorded.track, speed: speed, skipsIdle: true, idleLimit: idleLimit)
    rail = Rail([], from: recorded.track.start, until: recorded.track.end, width: 1)
  }

  var actionID: String { recorded.recording.action.id }
  var commands: [Action] { recorded.commands }

  /// What the person saw now.
  var screen: Screen {
    mutating get { recorded.screen(after: playback.position) }
  }

  /// The command that was typed last.
  var currentCommand: Int? { recorded.command(at: playback.clock) }

  // MARK: Moves

  mutating func seek(to time: Timestamp) {
    playback.isPaused = true
    playback.seek(to: time)
  }

  mutating func seek(by nanoseconds: Int64) {
    let (sum, overflow) = playback.clock.nanoseconds.addingReportingOverflow(nanoseconds)
    seek(to: Timestamp(nanoseconds: overflow ? (nanoseconds < 0 ? .min : .max) : sum))
  }

  /// One record on or back.
  mutating func step(by count: Int) {
    playback.isPaused = true
    playback.seek(to: playback.position + count)
  }

  /// Goes to the next command or the one before, to where it was entered; false when there is none.
  mutating func goToCommand(isForward: Bool) -> Bool {
    let current = currentCommand
    var next = isForward ? current.map { $0 + 1 } ?? 0 : (current ?? 0) - 1
    // Back to the beginning of the one that runs, first.
    if !isForward, let current, commands[current].startedAt < playback.clock { next = current }
    guard commands.indices.contains(next) else { return false }
    seek(to: commands[next].startedAt)
    return true
  }

  // MARK: Search

  /// Goes to the first place from here on that reads so; what to say about it.
  mutating func find(_ words: String, from reading: any CaseReading) throws -> String? {
    let found = try recorded.search(words, from: reading)
    guard !found.times.isEmpty else { return nil }
    search = (words, found.times)
    let next = found.times.firstIndex { $0 >= playback.clock } ?? 0
    return show(next)
  }

  mutating func forgetSearch() { search = nil }

  mutating func goToMatch(isForward: Bool) -> String? {
    guard let search else { return nil }
    let times = search.times
    let next =
      isForward
      ? times.firstIndex { $0 > playback.clock } ?? 0 : times.lastIndex { $0 < playback.clock } ?? times.count - 1
    return show(next)
  }

  private mutating func show(_ index: Int) -> String? {
    guard let search, search.times.indices.contains(index) else { return nil }
    seek(to: search.times[index])
    return "\(index + 1) of \(search.times.count) for /\(search.words)   n next   N previous"
  }

  // MARK: The part that is shown

  mutating func follow() { pan = nil }

  mutating func pan(rows: Int, columns: Int) {
    let from = pan ?? corner
    pan = (max(0, from.row + rows), max(0, from.column + columns))
  }

  var isPanned: Bool { pan != nil }

  /// Rows and columns that are shown: where the person went, or where the cursor is.
  mutating func part(of screen: Screen, in layout: ScreenLayout) -> (rows: Range<Int>, columns: Range<Int>) {
    if let wanted = pan {
      corner = wanted
    } else {
      corner.row = Self.following(screen.cursor.row, corner.row, layout.rows)
      corner.column = Self.following(screen.cursor.column, corner.column, layout.columns)
    }
    corner.row = min(max(0, corner.row), screen.size.rows - layout.rows)
    corner.column = min(max(0, corner.column), screen.size.columns - layout.columns)
    if pan != nil { pan = corner }
    return (corner.row..<corner.row + layout.rows, corner.column..<corner.column + layout.columns)
  }

  /// As it was when the cursor is within; otherwise as little further as brings it in.
  private static func following(_ cursor: Int, _ corner: Int, _ length: Int) -> Int {
    if cursor < corner { return cursor }
    return cursor >= corner + length ? cursor - length + 1 : corner
  }

  // MARK: The rail

  mutating func rail(width: Int) -> Rail {
    if railWidth != width {
      let signs = commands.lazy.map { command in
        (command.startedAt, command.status == .error ? Rail.Sign.error : command.isChange ? .change : .command)
      }
      rail = Rail(signs, from: recorded.track.start, until: recorded.track.end, width: width)
      railWidth = width
    }
    return rail
  }
}
