/// Lines that left the screen at the top, the last of them kept.
struct Scrollback: Sendable {
  let limit: Int
  private var rows: [CellRow] = []
  /// Index of the oldest once the ring is full.
  private var oldest = 0
  /// Lines that ever came in, taken back ones not counted.
  private(set) var total: UInt64 = 0
  /// Of the newest lines, how many nobody has asked for yet; may exceed `count`.
  private(set) var untaken = 0

  init(limit: Int) { self.limit = max(limit, 0) }

  var count: Int { rows.count }

  mutating func append(_ row: CellRow) {
    total += 1
    untaken += 1
    guard limit > 0 else { return }
    if rows.count < limit {
      rows.append(row)
    } else {
      rows[oldest] = row
      oldest = oldest + 1 == limit ? 0 : oldest + 1
    }
  }

  /// The newest line, which goes back to the screen.
  mutating func takeBack() -> CellRow? {
    guard !rows.isEmpty else { return nil }
    straighten()
    total -= 1
    untaken = max(untaken - 1, 0)
    return rows.removeLast()
  }

  /// The newest line goes on below it.
  var newestContinues: Bool {
    guard !rows.isEmpty else { return false }
    return rows[oldest == 0 ? rows.count - 1 : oldest - 1].continues
  }

  /// From the oldest to the newest.
  var lines: [CellRow] { Array(rows[oldest...] + rows[..<oldest]) }

  /// The lines that came since the last call, and how many of them were no longer kept.
  mutating func take() -> (rows: [CellRow], missed: Int) {
    let available = min(untaken, rows.count)
    let missed = untaken - available
    untaken = 0
    return (newest(available), missed)
  }

  /// The newest `count` lines, the oldest of them first.
  private func newest(_ count: Int) -> [CellRow] {
    (0..<count).map { offset in
      let index = oldest + rows.count - count + offset
      return rows[index >= rows.count ? index - rows.count : index]
    }
  }

  private mutating func straighten() {
    guard oldest != 0 else { return }
    rows = lines
    oldest = 0
  }
}
