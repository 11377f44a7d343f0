import Model
import Terminal

/// The recording of a terminal, ready to be sought in and searched, with the commands that were typed.
struct RecordedScreen {
  /// What was written to the terminal, a moment a record, and how the program ended.
  struct Track: Moments {
    fileprivate(set) var times: [Timestamp] = []
    fileprivate(set) var start: Timestamp
    fileprivate(set) var end: Timestamp

    var count: Int { times.count }
    func time(of index: Int) -> Timestamp { times[index] }

    func index(at time: Timestamp) -> Int {
      var low = 0
      var high = times.count
      while low < high {
        let middle = (low + high) / 2
        if times[middle] < time { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// Commands that are kept for the list and for jumps.
  static let commandLimit = 20_000

  let recording: TerminalRecording
  /// In order of time.
  let commands: [Action]
  let track: Track
  /// `0`, `signal TERM`, where the program's end is recorded.
  let exit: String?
  /// Why the recording stops before its end.
  let damage: String?
  private let index: ScreenIndex
  /// The terminal that was shown last, to go on from.
  private var shown: (position: Int, emulator: Emulator)
  /// Every line that was ever to be read, once somebody searched.
  private var lines: [ScreenText.Line]?

  init(_ recording: TerminalRecording, typed: [Action], from reading: any CaseReading) throws {
    self.recording = recording
    commands = Array(typed.prefix(Self.commandLimit))
    var index = ScreenIndex(size: recording.size)
    var exit: (text: String, at: Timestamp)?
    let isWhole = try recording.forEachRecord(from: reading) { record in
      if record.kind == .exit { exit = (String(decoding: record.bytes.prefix(100), as: UTF8.self), record.at) }
      index.append(record)
    }
    self.index = index
    self.exit = exit?.text
    damage =
      recording.isCut
      ? "\(Figures.count(recording.keptCount)) of \(Figures.count(recording.byteCount)) bytes are kept"
      : isWhole ? nil : "what follows could not be read"
    var times = (0..<index.count).compactMap(index.time)
    let last = times.last ?? recording.action.startedAt
    if let exit { times.append(max(last, exit.at)) }
    let start = min(recording.action.startedAt, times.first ?? recording.action.startedAt)
    track = Track(times: times, start: start, end: times.last ?? start)
    shown = (0, index.emulator(after: 0))
  }

  /// What the person saw after the first `position` moments.
  mutating func screen(after position: Int) -> Screen {
    let position = min(max(position, 0), index.count)
    if position < shown.position {
      shown = (position, index.emulator(after: position))
    } else if position > shown.position {
      index.advance(&shown.emulator, from: shown.position, to: position)
      shown.position = position
    }
    return shown.emulator.screen
  }

  /// Index of the command that was typed last by a time; nil before the first.
  func command(at time: Timestamp) -> Int? {
    var low = 0
    var high = commands.count
    while low < high {
      let middle = (low + high) / 2
      if commands[middle].startedAt <= time { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }

  /// The times at which lines came that hold `words`, capitals or not, in order; and the number of lines.
  mutating func search(_ words: String, from reading: any CaseReading) throws -> (times: [Timestamp], lineCount: Int) {
    let lines = try allLines(from: reading)
    let wanted = words.lowercased()
    var times: [Timestamp] = []
    var count = 0
    for line in lines where line.text.lowercased().contains(wanted) {
      count += 1
      if times.last != line.at { times.append(line.at) }
    }
    return (times.sorted(), count)
  }

  private mutating func allLines(from reading: any CaseReading) throws -> [ScreenText.Line] {
    if let lines { return lines }
    var text = ScreenText(size: recording.size)
    _ = try recording.forEachRecord(from: reading) { text.append($0) }
    text.finish()
    lines = text.lines
    return text.lines
  }
}
