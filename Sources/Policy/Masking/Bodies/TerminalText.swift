import Bytes

/// Tells what a program wrote for eyes from what it wrote for the terminal: control sequences (ECMA-48 §5.4, §5.6), as xterm reads
/// them.
struct TerminalText: Sendable {
  enum Element {
    case visible(UInt8)
    /// Bytes that show nothing: colours, sizes, one control character.
    case hidden([UInt8])
    /// A sequence with text in it: what begins it, the text, what ends it.
    case text([UInt8], content: [UInt8], end: [UInt8])
    /// The character before it is struck over.
    case backspace
    /// What no text has.
    case binary(UInt8)
  }

  /// Bytes of a sequence's parameters.
  private static let parameterLimit = 256
  /// Bytes of a text within a sequence: a title, a link. Of a longer one nothing goes on.
  static let textLimit = 16 << 10

  private enum State {
    case plain
    /// 0xC2, which may begin a control character of two bytes.
    case prefix
    case escape
    case parameters
    case text
    case textEscape
  }

  private var state = State.plain
  private var gathered: [UInt8] = []
  private var head: [UInt8] = []

  /// Nothing is half read.
  var isPlain: Bool { if case .plain = state { true } else { false } }

  mutating func take(_ byte: UInt8, _ give: (Element) -> Void) {
    switch state {
    case .plain: plain(byte, give)
    case .prefix:
      state = .plain
      guard (0x80...0x9F).contains(byte) else {
        give(.visible(0xC2))
        return plain(byte, give)
      }
      begin(byte - 0x40, [0xC2, byte], give)
    case .escape:
      gathered.append(byte)
      switch byte {
      case 0x5B, 0x50, 0x58, 0x5D, 0x5E, 0x5F: begin(byte, gathered, give)
      case 0x20...0x2F where gathered.count < 8: break
      case 0x30...0x7E: end(.hidden(gathered), give)
      default: spill(give)
      }
    case .parameters:
      gathered.append(byte)
      switch byte {
      case 0x20...0x3F where gathered.count + head.count < Self.parameterLimit: break
      case 0x40...0x7E: end(.text(head, content: Array(gathered.dropLast()), end: [byte]), give)
      default: spill(give)
      }
    case .text:
      switch byte {
      case 0x07: end(.text(head, content: gathered, end: [byte]), give)
      case 0x18, 0x1A: end(.text(head, content: gathered, end: [byte]), give)
      case 0x1B: state = .textEscape
      default: if gathered.count <= Self.textLimit { gathered.append(byte) }
      }
    case .textEscape:
      // Of `ESC \` the end; with anything else it is over too, and another sequence begins.
      if byte == 0x5C { return end(.text(head, content: gathered, end: [0x1B, byte]), give) }
      end(.text(head, content: gathered, end: [0x1B, 0x5C]), give)
      (state, gathered) = (.escape, [0x1B])
      take(byte, give)
    }
  }

  /// The end: what is half read is given as what it would be read as without a terminal; of a text nothing.
  mutating func finish(_ give: (Element) -> Void) {
    switch state {
    case .plain: break
    case .prefix: give(.visible(0xC2))
    case .escape, .parameters: spill(give)
    case .text, .textEscape: break
    }
    (state, gathered, head) = (.plain, [], [])
  }

  private func isBinary(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x00...0x06, 0x10, 0x12, 0x14...0x17, 0x19, 0x1C...0x1F: true
    default: false
    }
  }

  private mutating func plain(_ byte: UInt8, _ give: (Element) -> Void) {
    switch byte {
    case 0x1B: (state, gathered) = (.escape, [byte])
    case 0xC2: state = .prefix
    case 0x08: give(.backspace)
    case 0x07, 0x0E, 0x0F, 0x11, 0x13, 0x18, 0x1A, 0x7F: give(.hidden([byte]))
    default: give(isBinary(byte) ? .binary(byte) : .visible(byte))
    }
  }

  /// A control character of the second set, by its letter behind an escape.
  private mutating func begin(_ letter: UInt8, _ bytes: [UInt8], _ give: (Element) -> Void) {
    switch letter {
    case 0x5B: (state, head, gathered) = (.parameters, bytes, [])
    case 0x50, 0x58, 0x5D, 0x5E, 0x5F: (state, head, gathered) = (.text, bytes, [])
    default: end(.hidden(bytes), give)
    }
  }

  private mutating func end(_ element: Element, _ give: (Element) -> Void) {
    (state, gathered, head) = (.plain, [], [])
    give(element)
  }

  /// It was no sequence: all of it but what began it is text.
  private mutating func spill(_ give: (Element) -> Void) {
    let bytes = head + gathered
    (state, gathered, head) = (.plain, [], [])
    give(.hidden([bytes.first ?? 0x1B]))
    for byte in bytes.dropFirst() { plain(byte, give) }
  }
}
