import Bytes

extension Emulator {
  /// Shows printable ASCII as it is.
  mutating func put(_ bytes: Span<UInt8>, from start: Int, to end: Int) {
    let columns = size.columns
    var index = start
    while index < end {
      if isWrapPending { wrap() }
      let count = min(columns &- column, end &- index)
      rows[row].put(bytes, from: index, count: count, at: column, style: pen)
      index &+= count
      column &+= count
      if column >= columns {
        column = columns &- 1
        isWrapPending = modes.wraps
      }
    }
    lastScalar = UInt32(bytes[end &- 1])
  }

  /// Shows one character, or draws it over the one before.
  mutating func put(_ scalar: UInt32) {
    // C1 controls as characters, and SHY's kin: nothing is shown of what steers.
    if scalar >= 0x7F, scalar < 0xA0 { return }
    let width = CharacterColumns.count(scalar)
    guard width > 0 else { return combine(scalar) }
    let columns = size.columns
    guard width <= columns else { return }
    if isWrapPending { wrap() }
    if column &+ width > columns {
      guard modes.wraps else { return }
      wrap()
    }
    if modes.inserts { rows[row].insertBlanks(width, at: column, style: pen.erased) }
    rows[row].put(scalar, width: width, at: column, style: pen)
    lastScalar = scalar
    column &+= width
    if column >= columns {
      column = columns &- 1
      isWrapPending = modes.wraps
    }
  }

  /// Draws a mark over the character before the cursor; where there is none, nothing is shown.
  private mutating func combine(_ scalar: UInt32) {
    guard let mark = Unicode.Scalar(scalar) else { return }
    var target = isWrapPending ? column : column - 1
    guard target >= 0 else { return }
    if rows[row][target].isRightHalf { target -= 1 }
    guard target >= 0 else { return }
    let glyph = rows[row][target].glyph
    guard glyph != 0, glyph != Cell.rightHalf else { return }
    let combined = clusters.combine(glyph, with: mark)
    if combined != glyph { rows[row].replace(at: target, glyph: combined) }
  }

  /// The text goes on in the next row.
  private mutating func wrap() {
    isWrapPending = false
    rows[row].continues = true
    column = 0
    index()
  }

  /// One row down, scrolling at the bottom margin (IND).
  mutating func index() {
    if row == margins.upperBound - 1 {
      scrollUp(1)
    } else if row < size.rows - 1 {
      row += 1
    }
  }

  /// One row up, scrolling at the top margin (RI).
  mutating func reverseIndex() {
    if row == margins.lowerBound {
      scrollDown(1, in: margins)
    } else if row > 0 {
      row -= 1
    }
  }

  /// Moves the rows between the margins up. What leaves the top of the primary screen is kept above it.
  mutating func scrollUp(_ count: Int) {
    let keeps = margins.lowerBound == 0 && !modes.isAlternate
    removeRows(count, in: margins, keeping: keeps)
  }

  /// Takes rows out at the top of `range`; blank ones come in at its bottom.
  mutating func removeRows(_ count: Int, in range: Range<Int>, keeping keeps: Bool = false) {
    let count = min(count, range.count)
    let gone = range.lowerBound..<range.lowerBound + count
    if keeps { for row in gone { scrollback.append(rows[row]) } }
    let blank = blankRow()
    if count == 1 {
      rows.remove(at: range.lowerBound)
      rows.insert(blank, at: range.upperBound - 1)
    } else {
      rows.removeSubrange(gone)
      rows.insert(contentsOf: repeatElement(blank, count: count), at: range.upperBound - count)
    }
  }

  /// Moves the rows of `range` down; blank ones come in at its top.
  mutating func scrollDown(_ count: Int, in range: Range<Int>) {
    let count = min(count, range.count)
    rows.removeSubrange(range.upperBound - count..<range.upperBound)
    rows.insert(contentsOf: repeatElement(blankRow(), count: count), at: range.lowerBound)
  }

  /// A row of erased cells. All that come after one another with the same background share their memory until they are
  /// written to, so that erasing a large screen over and over costs little.
  mutating func blankRow() -> CellRow {
    let style = pen.erased
    if blank.columnCount != size.columns || blank.first?.style != style {
      blank = CellRow(columns: size.columns, style: style)
    }
    return blank
  }
}
