/// What a program wrote to a terminal, as lines of text: a line begins anew at a carriage return, a backspace goes back,
/// tabs go to the next multiple of eight; colours, titles and moves of the cursor are dropped (ECMA-48 §5.4).
///
/// The lines are captured text still: a sink makes them safe for its place.
public struct TerminalStream: Sendable {
  /// Columns of a line; a longer one is broken.
  private static let lineLimit = 4096
  /// Characters of a control string (OSC, DCS) after which it is taken for text that lost its end.
  private static let stringLimit = 4096

  private enum State: Sendable, Hashable {
    case text
    case escape
    /// One more character belongs to the sequence: the choice of a character set.
    case escapeIntermediate
    case control
    case string(count: Int)
    /// ESC inside a string: `\` ends it.
    case stringEscape
  }

  /// Lines that have ended.
  public private(set) var lines: [String] = []
  private var line: [Unicode.Scalar] = []
  private var column = 0
  private var state = State.text
  private var parameters = ""
  /// Bytes of a character that is not whole yet.
  private var rest: [UInt8] = []

  public init() {}

  /// The line that has not ended.
  public var current: String { String(String.UnicodeScalarView(line)) }

  /// All lines, the last one without its end.
  public var text: String { (lines + (line.isEmpty ? [] : [current])).joined(separator: "\n") }

  /// Forgets the lines that have ended.
  mutating func dropLines() { lines.removeAll() }

  /// Takes bytes that a program wrote.
  public mutating func feed(_ bytes: some Sequence<UInt8>) {
    var all = rest
    all.append(contentsOf: bytes)
    let whole = Self.wholeCount(all)
    rest = Array(all[whole...])
    for scalar in String(decoding: all[..<whole], as: UTF8.self).unicodeScalars { take(scalar) }
  }

  /// Bytes before the beginning of a character that may go on.
  private static func wholeCount(_ bytes: [UInt8]) -> Int {
    for back in 1...3 where back <= bytes.count {
      let byte = bytes[bytes.count - back]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > back ? bytes.count - back : bytes.count
    }
    return bytes.count
  }

  private mutating func take(_ scalar: Unicode.Scalar) {
    switch state {
    case .text: plain(scalar)
    case .escape: escape(scalar)
    case .escapeIntermediate: state = (0x20...0x2F).contains(scalar.value) ? .escapeIntermediate : .text
    case .control: control(scalar)
    case .string(let count):
      switch scalar.value {
      case 0x07, 0x9C, 0x18, 0x1A: state = .text
      case 0x1B: state = .stringEscape
      default: state = count < Self.stringLimit ? .string(count: count + 1) : .text
      }
    case .stringEscape:
      state = .text
      if scalar != "\\" { escape(scalar) }
    }
  }

  private mutating func escape(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x5B: beginControl()
    case 0x5D, 0x50, 0x58, 0x5E, 0x5F: state = .string(count: 0)
    case 0x20...0x2F: state = .escapeIntermediate
    case 0x1B: state = .escape
    case 0..<0x20:
      state = .text
      plain(scalar)
    default: state = .text
    }
  }

  private mutating func beginControl() {
    state = .control
    parameters = ""
  }

  private mutating func control(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x20...0x3F: if parameters.utf8.count < 16 { parameters.unicodeScalars.append(scalar) }
    case 0x40...0x7E:
      state = .text
      // Line editors rub out with it what a shorter line leaves behind (EL, §8.3.41).
      if scalar == "K", parameters.isEmpty || parameters == "0" { line.removeLast(max(0, line.count - column)) }
    case 0x1B: state = .escape
    case 0x18, 0x1A: state = .text
    case 0..<0x20: plain(scalar)
    default: state = .text
    }
  }

  private mutating func plain(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x0A, 0x0B, 0x0C: endLine()
    case 0x0D: column = 0
    case 0x08: column = max(0, column - 1)
    case 0x09: repeat { put(" ", overwrites: false) } while column % 8 != 0
    case 0x07, 0x00, 0x0E, 0x0F: break
    case 0x1B: state = .escape
    case 0x9B: beginControl()
    case 0x90, 0x98, 0x9D, 0x9E, 0x9F: state = .string(count: 0)
    default: put(scalar, overwrites: true)
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar, overwrites: Bool) {
    if column >= Self.lineLimit { endLine() }
    if column < line.count {
      if overwrites { line[column] = scalar }
    } else {
      while line.count < column { line.append(" ") }
      line.append(scalar)
    }
    column += 1
  }

  private mutating func endLine() {
    var text = String.UnicodeScalarView(line)
    while text.last == " " { text.removeLast() }
    lines.append(String(text))
    line.removeAll(keepingCapacity: true)
    column = 0
  }
}
