public import Model

/// A whole recording, ready to be sought in: copies of the emulator every so often, and what was written between.
///
/// A copy shares every row with its neighbours that did not change between them. When there would be too many, every
/// other one goes and the distance doubles, so memory stays bounded however long the recording is.
public struct ScreenIndex: Sendable {
  /// How far keyframes stand apart and how many there are.
  public struct Limits: Sendable, Hashable {
    /// Bytes of output after which a keyframe is made.
    public var byteDistance = 64 << 10
    /// Nanoseconds after which the next record makes a keyframe.
    public var timeDistance: Int64 = 10_000_000_000
    /// Output that a keyframe for its time must be worth: a person at a prompt writes little.
    public var byteMinimum = 1 << 10
    public var keyframes = 256
    /// Cells of all keyframes together, if they shared none.
    public var cells = 16 << 20
    /// Changes of size that are followed: each costs as much as the screen is large.
    public var resizes = 4096
    public init() {}

    /// Options of the terminals of an index: lines above the screen are kept only for a window that grows.
    public static var options: EmulatorOptions {
      var options = EmulatorOptions()
      options.scrollbackLimit = 200
      options.markLimit = 0
      return options
    }
  }

  struct Keyframe: Sendable {
    var at: Timestamp
    /// Records written before it.
    var position: Int
    var emulator: Emulator
  }

  /// One record of the recording that changes the screen: its bytes stand in `bytes`.
  struct Step: Sendable {
    var at: Timestamp
    var range: Range<Int>
    var isResize: Bool
  }

  public let limits: Limits
  /// The size that the terminal had first.
  public let size: TerminalSize
  private(set) var keyframes: [Keyframe]
  private(set) var steps: [Step] = []
  private(set) var bytes: [UInt8] = []
  private var current: Emulator
  private var bytesSince = 0
  private var distanceFactor = 1
  private var resizeCount = 0
  /// Why the records could not be read to their end; nil when they could.
  public private(set) var damage: String?

  /// Starts without any record.
  public init(size: TerminalSize, options: EmulatorOptions = Limits.options, limits: Limits = Limits()) {
    self.size = size
    self.limits = limits
    current = Emulator(size: size, options: options)
    keyframes = [Keyframe(at: Timestamp(nanoseconds: .min), position: 0, emulator: current)]
  }

  /// Takes a whole payload of layout `records`. What cannot be read ends it, and `damage` says so.
  public init(
    records payload: [UInt8], size: TerminalSize, options: EmulatorOptions = Limits.options,
    limits: Limits = Limits()
  ) {
    self.init(size: size, options: options, limits: limits)
    var cursor = StreamRecordCursor(payload)
    do {
      while let record = try cursor.next() { append(record) }
    } catch {
      damage = "\(error)"
    }
  }

  /// Records that changed the screen.
  public var count: Int { steps.count }
  public var first: Timestamp? { steps.first?.at }
  public var last: Timestamp? { steps.last?.at }
  /// The terminal as it is at the end.
  public var end: Emulator { current }

  /// Takes the next record; those that show nothing (input, exit) are passed over.
  public mutating func append(_ record: StreamRecord) {
    let isResize = record.kind == .resize
    guard isResize || record.kind == .output || record.kind == .errorOutput else { return }
    if isResize {
      guard resizeCount < limits.resizes else { return }
      resizeCount += 1
    }
    // A clock that was set back does not make a recording go backwards.
    let at = max(record.at, steps.last?.at ?? record.at)
    makeKeyframe(before: at)
    let begun = bytes.count
    bytes.append(contentsOf: record.bytes)
    steps.append(Step(at: at, range: begun..<bytes.count, isResize: isResize))
    bytesSince += record.bytes.count
    apply(steps.count - 1, to: &current)
  }

  private mutating func makeKeyframe(before at: Timestamp) {
    guard let last = keyframes.last else { return }
    let (elapsed, isLong) = at.nanoseconds.subtractingReportingOverflow(last.at.nanoseconds)
    let isDue = isLong || elapsed >= limits.timeDistance && bytesSince >= limits.byteMinimum
    guard bytesSince >= limits.byteDistance * distanceFactor || isDue && bytesSince > 0 && distanceFactor == 1 else {
      return
    }
    keyframes.append(Keyframe(at: steps.last?.at ?? at, position: steps.count, emulator: current))
    bytesSince = 0
    let cells = current.size.columns * (2 * current.size.rows + current.options.scrollbackLimit)
    if keyframes.count > max(min(limits.keyframes, limits.cells / cells), 2) {
      keyframes = keyframes.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      distanceFactor *= 2
    }
  }

  private func apply(_ index: Int, to emulator: inout Emulator) {
    let step = steps[index]
    if step.isResize {
      if let size = TerminalSize(text: String(decoding: bytes[step.range], as: UTF8.self)) { emulator.resize(size) }
    } else {
      emulator.write(bytes.span.extracting(step.range))
    }
  }

  /// Records written up to and including the moment.
  public func position(at time: Timestamp) -> Int {
    var low = 0
    var high = steps.count
    while low < high {
      let middle = (low + high) / 2
      if steps[middle].at <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The terminal after the first `position` records: the nearest keyframe, and what was written since.
  public func emulator(after position: Int) -> Emulator {
    let position = min(max(position, 0), steps.count)
    guard position < steps.count else { return current }
    var low = 0
    var high = keyframes.count
    while low < high {
      let middle = (low + high) / 2
      if keyframes[middle].position <= position { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return Emulator(size: size, options: current.options) }
    let keyframe = keyframes[low - 1]
    var emulator = keyframe.emulator
    for index in keyframe.position..<position { apply(index, to: &emulator) }
    return emulator
  }

  /// Takes a terminal as it was after `position` records on to a later position, faster than by a keyframe when it is near.
  public func advance(_ emulator: inout Emulator, from position: Int, to next: Int) {
    let steps = max(position, 0)..<max(min(next, steps.count), max(position, 0))
    if steps.upperBound < self.steps.count, isKeyframe(within: steps) {
      emulator = self.emulator(after: steps.upperBound)
    } else {
      for index in steps { apply(index, to: &emulator) }
    }
  }

  /// A keyframe stands behind the first of these records and not behind the last.
  private func isKeyframe(within steps: Range<Int>) -> Bool {
    keyframes.contains { steps.lowerBound < $0.position && $0.position <= steps.upperBound }
  }

  /// When the record was written that is shown next after the first `position`; the last one's time when there is none.
  public func time(of position: Int) -> Timestamp? {
    steps.indices.contains(position) ? steps[position].at : steps.last?.at
  }

  /// What was seen at a moment.
  public func screen(at time: Timestamp) -> Screen {
    var emulator = emulator(after: position(at: time))
    return emulator.screen
  }
}
