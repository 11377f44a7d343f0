import Bytes
public import Model

/// Writes a recording as frames for a player in a page: what changed on the screen, and when.
///
/// The document is one JSON object; `docs/formats/terminal.md` describes it. A frame holds the rows that changed; rows
/// that only moved up are not written again; every so often a whole screen stands among them to seek from. At most 25
/// frames go to a second. When the document would grow past its limit, frames end, the last screen is written all the
/// same, and `cut` says what is missing between.
public struct FrameWriter {
  public struct Limits: Sendable, Hashable {
    /// Bytes of the frames; the document is a little larger.
    public var bytes = 8 << 20
    /// Milliseconds that a frame stands at least.
    public var frameTime: Int64 = 40
    /// Frames after which a whole screen is written.
    public var keyframeDistance = 100
    /// Looks that are told apart; beyond them text is plain.
    public var styles = 4096
    /// Places to jump to.
    public var marks = 10_000
    public init() {}
  }

  public let limits: Limits
  private var json: JSONWriter
  private var emulator: Emulator
  private var shown: Screen?
  private var styles: [CellStyle] = []
  private var styleNumbers: [CellStyle: Int] = [:]
  private var marks: [(at: Int64, label: String)] = []
  private var begun: Timestamp?
  /// Milliseconds of the last frame and of the last record.
  private var frameAt: Int64 = 0
  private var recordAt: Int64 = 0
  private var isDirty = true
  private var frameCount = 0
  private var keyframeAge = 0
  private var byteCount = 0
  private var resizeCount = 0
  /// Milliseconds from which frames are missing; nil while none is.
  public private(set) var cutAt: Int64?

  /// With `isEmbedded` the JSON may stand inside a page: `<`, `>` and `&` are escaped.
  public init(size: TerminalSize, limits: Limits = Limits(), isEmbedded: Bool = true) {
    self.limits = limits
    json = JSONWriter(for: isEmbedded ? .markup : .plain)
    emulator = Emulator(size: size, options: ScreenIndex.Limits.options)
    json.beginObject()
    json.member("version", 1)
    json.key("frames")
    json.beginArray()
  }

  /// Takes the next record; those that show nothing are passed over.
  public mutating func append(_ record: StreamRecord) {
    let isResize = record.kind == .resize
    guard isResize || record.kind == .output || record.kind == .errorOutput else { return }
    let at = milliseconds(record.at)
    if isDirty, at - frameAt >= limits.frameTime { writeFrame() }
    recordAt = at
    isDirty = true
    guard isResize else { return emulator.write(record.bytes) }
    guard resizeCount < ScreenIndex.Limits().resizes else { return }
    resizeCount += 1
    if let size = TerminalSize(text: String(decoding: record.bytes, as: UTF8.self)) { emulator.resize(size) }
  }

  /// Names a place to jump to, such as a command.
  public mutating func mark(_ label: String, at time: Timestamp) {
    guard marks.count < limits.marks else { return }
    marks.append((milliseconds(time), label))
  }

  /// The document; the writer is done.
  public mutating func finish() -> [UInt8] {
    if let cutAt {
      // The end is shown whatever was left out before it.
      self.cutAt = nil
      byteCount = 0
      shown = nil
      writeFrame(isLast: true)
      self.cutAt = cutAt
    } else if isDirty {
      writeFrame(isLast: true)
    }
    json.endArray()
    json.key("styles")
    json.array { json in for style in styles { Self.write(style, to: &json) } }
    json.key("marks")
    json.array { json in
      for mark in marks.sorted(by: { $0.at < $1.at }) {
        json.array { json in
          json.value(mark.at)
          json.value(mark.label)
        }
      }
    }
    json.member("began", begun?.description)
    json.member("duration", recordAt)
    json.key("cut")
    if let cutAt {
      json.array { json in
        json.value(cutAt)
        json.value(recordAt)
      }
    } else {
      json.null()
    }
    json.endObject()
    return json.take()
  }

  private mutating func milliseconds(_ time: Timestamp) -> Int64 {
    if begun == nil { begun = time }
    return max(time.nanoseconds(since: begun ?? time) / 1_000_000, recordAt)
  }

  /// Writes what is shown now if it differs from what was.
  private mutating func writeFrame(isLast: Bool = false) {
    isDirty = false
    guard cutAt == nil else { return }
    let screen = emulator.screen
    if screen == shown { return }
    let at = frameCount == 0 ? 0 : isLast ? max(recordAt, frameAt) : max(recordAt, frameAt + limits.frameTime)
    let isWhole = shown == nil || shown?.size != screen.size || keyframeAge >= limits.keyframeDistance
    let before = json.bytes.count
    if byteCount >= limits.bytes {
      cutAt = at
      return
    }
    json.beginObject()
    json.member("t", at)
    if isWhole {
      json.key("size")
      json.array { json in
        json.value(screen.size.columns)
        json.value(screen.size.rows)
      }
    }
    writeState(screen, isWhole: isWhole)
    writeRows(screen, isWhole: isWhole)
    json.endObject()
    byteCount += json.bytes.count - before
    keyframeAge = isWhole ? 0 : keyframeAge + 1
    frameCount += 1
    frameAt = at
    shown = screen
  }

  /// Cursor, title and modes, where they changed.
  private mutating func writeState(_ screen: Screen, isWhole: Bool) {
    if isWhole || screen.cursor != shown?.cursor {
      json.key("c")
      json.array { json in
        json.value(screen.cursor.row)
        json.value(screen.cursor.column)
        json.value(screen.cursor.isVisible ? 1 : 0)
      }
    }
    if isWhole || screen.title != shown?.title { json.member("title", screen.title) }
    if isWhole || screen.isReversed != shown?.isReversed { json.member("reversed", screen.isReversed) }
  }

  private mutating func writeRows(_ screen: Screen, isWhole: Bool) {
    var old = isWhole ? [] : shown?.rows ?? []
    let scrolled = isWhole ? 0 : Self.scrolledRows(from: old, to: screen.rows)
    if scrolled > 0 {
      json.member("up", scrolled)
      old = Array(old.dropFirst(scrolled)) + Array(repeating: ScreenRow.empty, count: scrolled)
    }
    json.key("r")
    json.beginObject()
    for (index, row) in screen.rows.enumerated() {
      if isWhole ? row.runs.isEmpty : row.runs == old[index].runs { continue }
      json.key(String(index))
      json.beginArray()
      for run in row.runs { write(run) }
      json.endArray()
    }
    json.endObject()
  }

  /// How many rows the screen went up: where more rows are found again moved than in their place.
  private static func scrolledRows(from old: [ScreenRow], to new: [ScreenRow]) -> Int {
    guard old.count == new.count, let top = new.first, !top.runs.isEmpty else { return 0 }
    let still = zip(old, new).reduce(0) { $0 + ($1.0.runs == $1.1.runs && !$1.1.runs.isEmpty ? 1 : 0) }
    var tries = 0
    for offset in 1..<max(old.count, 2) where offset < old.count && old[offset].runs == top.runs {
      let moved = zip(old.dropFirst(offset), new).reduce(0) {
        $0 + ($1.0.runs == $1.1.runs && !$1.1.runs.isEmpty ? 1 : 0)
      }
      if moved > still { return offset }
      // A screen of equal rows is not compared with itself at every offset.
      tries += 1
      if tries == 4 { break }
    }
    return 0
  }

  /// Plain text as a string; otherwise the number of its look, the text, and 2 when its characters are wide.
  private mutating func write(_ run: StyledRun) {
    if run.style == .plain, !run.isWide { return json.value(run.text) }
    let number = number(of: run.style)
    json.array { json in
      json.value(number)
      json.value(run.text)
      if run.isWide { json.value(2) }
    }
  }

  /// 0 is the plain look.
  private mutating func number(of style: CellStyle) -> Int {
    if style == .plain { return 0 }
    if let number = styleNumbers[style] { return number }
    guard styles.count < limits.styles else { return 0 }
    styles.append(style)
    styleNumbers[style] = styles.count
    return styles.count
  }

  /// Foreground, background (an index, `#rrggbb`, or null) and the bits of the attributes.
  private static func write(_ style: CellStyle, to json: inout JSONWriter) {
    json.array { json in
      for color in [style.foreground, style.background] {
        switch color {
        case .standard: json.null()
        case .indexed(let index): json.value(Int(index))
        case .rgb(let red, let green, let blue):
          json.value("#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        }
      }
      json.value(Int(style.attributes.rawValue))
    }
  }
}
