/// What programs switch on and off.
struct TerminalModes: Sendable, Equatable {
  /// DECAWM.
  var wraps = true
  /// IRM.
  var inserts = false
  /// LNM: a line feed returns the carriage too.
  var isNewLine = false
  /// DECOM: rows are counted from the top margin.
  var isOrigin = false
  /// DECTCEM.
  var showsCursor = true
  /// DECSCNM.
  var isReversed = false
  var isAlternate = false
  /// DECLRMM: `CSI s` sets margins, which are not followed, instead of saving the cursor.
  var hasSideMargins = false
  var isBracketedPaste = false
  var isApplicationCursor = false
  var isApplicationKeypad = false
  /// The number of the mode that was set last of 9, 1000, 1002, 1003; 0 for none.
  var mouse: UInt16 = 0
}

/// What DECSC keeps and DECRC brings back (VT510 manual).
struct SavedCursor: Sendable {
  var row = 0
  var column = 0
  var isWrapPending = false
  var pen = CellStyle.plain
  var charsets = Charsets()
  var isOrigin = false
}

/// The four character sets and the one in use (ISO 2022).
struct Charsets: Sendable, Equatable {
  enum Charset: Sendable { case ascii, graphics, british }

  private var sets: InlineSets = InlineSets()
  var active = 0
  /// SS2 or SS3: for one character only.
  var single: Int?

  struct InlineSets: Sendable, Equatable {
    var g0 = Charset.ascii
    var g1 = Charset.ascii
    var g2 = Charset.ascii
    var g3 = Charset.ascii
  }

  /// Nothing is to be translated.
  var isPlain: Bool { single == nil && self[active] == .ascii }

  subscript(number: Int) -> Charset {
    get {
      switch number {
      case 0: sets.g0
      case 1: sets.g1
      case 2: sets.g2
      default: sets.g3
      }
    }
    set {
      switch number {
      case 0: sets.g0 = newValue
      case 1: sets.g1 = newValue
      case 2: sets.g2 = newValue
      default: sets.g3 = newValue
      }
    }
  }

  /// What a byte of 0x20...0x7E shows.
  mutating func translate(_ byte: UInt8) -> UInt32 {
    let set = self[single ?? active]
    single = nil
    switch set {
    case .ascii: return UInt32(byte)
    case .british: return byte == 0x23 ? 0xA3 : UInt32(byte)
    case .graphics:
      guard byte >= 0x5F, byte <= 0x7E else { return UInt32(byte) }
      return Self.graphics[Int(byte) - 0x5F]
    }
  }

  /// DEC Special Graphics from 0x5F on: blank, then the symbols and lines of the VT100.
  private static let graphics: [UInt32] = Array(
    "\u{A0}◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·".unicodeScalars.map(\.value))
}
