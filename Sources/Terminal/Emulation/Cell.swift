/// One place of the screen: what stands there and how it looks. Sixteen bytes.
struct Cell: Equatable, Sendable {
  /// 0 where nothing was written; otherwise a scalar, or the number of a cluster, with the flags below.
  var glyph: UInt32
  var style: CellStyle

  /// The value is the number of a cluster: a character with others over it.
  static let clusterFlag: UInt32 = 1 << 31
  /// The character covers this cell and the next.
  static let wideFlag: UInt32 = 1 << 30
  static let valueMask: UInt32 = (1 << 24) - 1
  /// The right half of a wide character.
  static let rightHalf: UInt32 = .max

  static let blank = Cell(glyph: 0, style: .plain)

  var isRightHalf: Bool { glyph == Self.rightHalf }
  var isWide: Bool { glyph != Self.rightHalf && glyph & Self.wideFlag != 0 }
}

/// Characters that are more than one scalar, each kept once.
struct ClusterTable: Sendable {
  /// More different ones than any text of people has; beyond it the marks over a character are lost, not the character.
  static let countLimit = 1 << 16
  /// Scalars of one character: a hostile stream may pile up marks without end.
  static let scalarLimit = 8

  private var texts: [String] = []
  private var numbers: [String: UInt32] = [:]

  func text(_ number: UInt32) -> String {
    let index = Int(number)
    return texts.indices.contains(index) ? texts[index] : "\u{FFFD}"
  }

  /// The text of a glyph that is neither blank nor a right half.
  func text(glyph: UInt32) -> String {
    let value = glyph & Cell.valueMask
    if glyph & Cell.clusterFlag != 0 { return text(value) }
    return Unicode.Scalar(value).map { String(Character($0)) } ?? "\u{FFFD}"
  }

  /// The glyph of `glyph` with `scalar` over it.
  mutating func combine(_ glyph: UInt32, with scalar: Unicode.Scalar) -> UInt32 {
    var scalars = text(glyph: glyph).unicodeScalars
    guard scalars.count < Self.scalarLimit else { return glyph }
    scalars.append(scalar)
    let text = String(scalars)
    let flags = glyph & Cell.wideFlag | Cell.clusterFlag
    if let number = numbers[text] { return number | flags }
    guard texts.count < Self.countLimit else { return glyph }
    let number = UInt32(truncatingIfNeeded: texts.count)
    texts.append(text)
    numbers[text] = number
    return number | flags
  }
}
