/// What a plan says of the columns of one result: worked out once for all its rows.
public struct RowMask: Sendable {
  struct Cell: Sendable {
    /// The columns that it may be, each with what the plan says of it.
    var places: [ColumnPlace]
    var masks: [ColumnMask]
    /// It may be a column that a rule takes whole, and nobody can say: no value of it is shown.
    var isHidden = false
    /// Told where values are counted.
    var location: String
    /// The type is known, so that something else of it can stand in a value's place.
    var hasType: Bool
  }

  let cells: [Cell]
  /// Of values beyond those that were described.
  let rest: Cell
  /// No value can be masked.
  public let isIdle: Bool

  init(cells: [Cell], rest: Cell, readsNames: Bool) {
    (self.cells, self.rest) = (cells, rest)
    isIdle = !readsNames && !rest.isHidden && cells.allSatisfy { $0.masks.allSatisfy(\.isIdle) && !$0.isHidden }
  }

  func cell(_ index: Int) -> Cell { index < cells.count ? cells[index] : rest }
}
