import Model
import Replay
import Terminal

/// A recording of a terminal: its frames for the player, and the screen at the end for who has no script.
struct TerminalFilm {
  /// The document of `FrameWriter`.
  let frames: [UInt8]
  /// When the first record was shown.
  let begun: Timestamp
  /// Frames are missing before the last.
  let isCut: Bool

  init?(_ payload: StoredPayload, of action: Action, byteLimit: Int) {
    guard payload.layout == .records else { return nil }
    var limits = FrameWriter.Limits()
    limits.bytes = byteLimit
    limits.marks = 0
    var writer = FrameWriter(size: TerminalShape.size(of: action), limits: limits)
    var first: Timestamp?
    var hasShown = false
    var cursor = StreamRecordCursor(payload.bytes)
    // A damaged end leaves what came before it.
    while let record = try? cursor.next() {
      switch record.kind {
      case .output, .errorOutput: hasShown = true
      case .resize: break
      default: continue
      }
      first = first ?? record.at
      writer.append(record)
    }
    guard hasShown, let first else { return nil }
    frames = writer.finish()
    isCut = writer.cutAt != nil
    begun = first
  }
}

/// What says that a program had a terminal, and how large it was.
enum TerminalShape {
  /// `terminal xterm-256color 80x24` among the parameters.
  static func declared(by action: Action) -> TerminalSize? {
    for case let value? in action.parameters.flatMap(ParameterValues.read) ?? [] where value.hasPrefix("terminal ") {
      if let size = value.split(separator: " ").last.flatMap({ TerminalSize(text: $0) }) { return size }
      return .standard
    }
    return nil
  }

  static func size(of action: Action) -> TerminalSize { declared(by: action) ?? .standard }

  /// A program that wrote to pipes has no screen.
  static func isTerminal(_ action: Action, _ payload: StoredPayload) -> Bool {
    guard action.kind == "exec" || action.kind == "shell" else { return false }
    if declared(by: action) != nil { return true }
    var cursor = StreamRecordCursor(payload.bytes)
    while let record = try? cursor.next() {
      if record.kind == .resize {
        return TerminalSize(text: String(decoding: record.bytes, as: UTF8.self)) != nil
      }
    }
    return false
  }
}

/// What a terminal showed, as text: the lines that left it at the top, and its last screen.
struct ShownText {
  let text: String
  let shownByteCount: Int

  /// Bytes that are drawn at most: what came after them is told by the player only.
  private static let drawnBytes = 4 << 20

  init(_ payload: StoredPayload, of action: Action) {
    var options = EmulatorOptions()
    options.scrollbackLimit = 2000
    var emulator = Emulator(size: TerminalShape.size(of: action), options: options)
    var shown = 0
    var resizes = 0
    var cursor = StreamRecordCursor(payload.bytes)
    while let record = try? cursor.next() {
      switch record.kind {
      case .output, .errorOutput:
        shown += record.bytes.count
        guard shown <= Self.drawnBytes else { continue }
        emulator.write(record.bytes)
      case .resize:
        resizes += 1
        guard resizes <= 1000, let size = TerminalSize(text: String(decoding: record.bytes, as: UTF8.self))
        else {
          continue
        }
        emulator.resize(size)
      default: continue
      }
    }
    text = emulator.plainText
    shownByteCount = shown
  }

  /// The end of the text, from the beginning of a line.
  func ending(byteLimit: Int) -> (text: String, isCut: Bool) {
    let utf8 = text.utf8
    guard utf8.count > byteLimit, byteLimit > 0 else { return (text, false) }
    var start = utf8.index(utf8.endIndex, offsetBy: -byteLimit)
    // A continuation byte (10xxxxxx) is inside a scalar: go on to the next first byte.
    while start < utf8.endIndex, utf8[start] & 0xC0 == 0x80 { start = utf8.index(after: start) }
    let rest = text[start...]
    guard let feed = rest.utf8.firstIndex(of: 0x0A) else { return (String(rest), true) }
    return (String(rest[rest.index(after: feed)...]), true)
  }
}
