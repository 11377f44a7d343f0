public import Model

/// Everything that was ever to be read on a terminal: each different line once, in the order of its first appearance,
/// with the time. What a search looks through.
///
/// A line is taken when the screen comes to rest: when it leaves at the top, when the screen is erased or changed for
/// another, and when the output pauses. So a line that is typed is taken as a whole and not at every key.
public struct ScreenText: Sendable {
  public struct Line: Sendable, Hashable {
    public var text: String
    /// When it was first seen.
    public var at: Timestamp
    /// Number of the record that was being shown.
    public var position: Int
  }

  public struct Limits: Sendable, Hashable {
    /// Different lines kept.
    public var lines = 100_000
    /// Bytes of text kept.
    public var bytes = 16 << 20
    /// Nanoseconds without output after which what stands on the screen counts as read.
    public var pause: Int64 = 200_000_000
    /// Bytes of output after which the screen is read even without a pause, as a fast full-screen program makes none.
    public var byteDistance = 16 << 10
    /// Changes of size that are followed: each costs as much as the screen is large.
    public var resizes = 4096
    public init() {}
  }

  public let limits: Limits
  public private(set) var lines: [Line] = []
  /// Lines are missing because there were more than the limits allow.
  public private(set) var isCut = false
  private var seen: Set<String> = []
  private var byteCount = 0
  private var resizeCount = 0
  private var emulator: Emulator
  private var position = 0
  private var bytesSince = 0
  private var last: Timestamp?
  /// When what stands on the screen was written.
  private var shownAt: Timestamp?

  public init(size: TerminalSize, options: EmulatorOptions = EmulatorOptions(), limits: Limits = Limits()) {
    self.limits = limits
    emulator = Emulator(size: size, options: options)
  }

  /// Takes the next record; those that show nothing are passed over.
  public mutating func append(_ record: StreamRecord) {
    defer { position += 1 }
    switch record.kind {
    case .output, .errorOutput: break
    case .resize:
      guard resizeCount < limits.resizes else { return }
      resizeCount += 1
      readScreen()
      if let size = TerminalSize(text: String(decoding: record.bytes, as: UTF8.self)) { emulator.resize(size) }
      return
    default: return
    }
    if let last {
      let (elapsed, isLong) = record.at.nanoseconds.subtractingReportingOverflow(last.nanoseconds)
      if isLong || elapsed >= limits.pause { readScreen() }
    }
    last = record.at
    let bytes = record.bytes.span
    var start = 0
    if isErasing(bytes, at: 0) { readScreen() }
    while start < bytes.count {
      let end = cut(bytes, from: start)
      emulator.write(bytes.extracting(start..<end))
      shownAt = record.at
      bytesSince += end - start
      start = end
      // Erasing comes next, or much was written: what stands there now was seen.
      if end < bytes.count || bytesSince >= limits.byteDistance { readScreen() } else { readScrolledOff() }
    }
  }

  /// The end of what is shown before the screen is erased or changed for another.
  private func cut(_ bytes: Span<UInt8>, from start: Int) -> Int {
    let bound = min(bytes.count, start + limits.byteDistance)
    var index = start + 1
    while index < bound {
      if isErasing(bytes, at: index) { return index }
      index += 1
    }
    return bound
  }

  /// A sequence begins here that erases (`ESC [ … J`), or changes to another screen (`ESC [ ? 1049 h`, `l` and their kin).
  private func isErasing(_ bytes: Span<UInt8>, at index: Int) -> Bool {
    guard index + 2 < bytes.count, bytes[index] == 0x1B, bytes[index + 1] == 0x5B else { return false }
    var end = index + 2
    while end < bytes.count, end - index < 12, bytes[end] < 0x40 { end += 1 }
    guard end < bytes.count else { return false }
    if bytes[end] == 0x4A { return true }
    return bytes[index + 2] == 0x3F && end - index > 5 && bytes[index + 3] == 0x31
  }

  /// Reads what stands on the screen at the end.
  public mutating func finish() { readScreen() }

  private mutating func readScrolledOff() {
    guard emulator.hasScrolledOff else { return }
    join(emulator.takeScrolledOff().rows)
  }

  private mutating func readScreen() {
    bytesSince = 0
    readScrolledOff()
    join(emulator.screen.rows)
  }

  /// Rows of one line are put together, so that what was wrapped is found.
  private mutating func join(_ rows: [ScreenRow]) {
    var line = ""
    for row in rows {
      line += row.text
      if row.continues, line.utf8.count < 1 << 16 { continue }
      add(line)
      line = ""
    }
    add(line)
  }

  private mutating func add(_ line: String) {
    guard !line.isEmpty, !isCut || lines.count < limits.lines, !seen.contains(line) else { return }
    guard lines.count < limits.lines, byteCount + line.utf8.count <= limits.bytes else {
      isCut = true
      return
    }
    byteCount += line.utf8.count
    seen.insert(line)
    lines.append(Line(text: line, at: shownAt ?? Timestamp(nanoseconds: 0), position: position))
  }
}
