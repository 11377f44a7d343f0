import Model

/// How large reads usually are: nine of ten stay below, told by powers of two in constant memory.
struct UsualSizes: Sendable {
  /// Reads by the binary logarithm of their rows and bytes.
  private var rowBins = [Int](repeating: 0, count: 65)
  private var byteBins = [Int](repeating: 0, count: 65)
  private(set) var count = 0

  mutating func add(_ rows: UInt64, _ bytes: UInt64) {
    count += 1
    rowBins[64 - rows.leadingZeroBitCount] += 1
    byteBins[64 - bytes.leadingZeroBitCount] += 1
  }

  /// Takes back what was added, so that something can be held against the others.
  mutating func remove(_ rows: UInt64, _ bytes: UInt64) {
    count -= 1
    rowBins[64 - rows.leadingZeroBitCount] -= 1
    byteBins[64 - bytes.leadingZeroBitCount] -= 1
  }

  /// What nine of ten stay below.
  var rows: UInt64 { usual(rowBins) }
  var bytes: UInt64 { usual(byteBins) }

  /// What is unusual about a read; nil when nothing is.
  func excess(_ action: Action, factor: Int) -> String? {
    let count = UInt64(max(0, action.rowCount ?? 0))
    if count >= UInt64(BulkExport.rowsNeeded), count >= rows.multipliedClamped(by: UInt64(factor)) {
      return "\(count) rows; fewer than \(rows) have nine of ten reads"
    }
    if action.bytesOut >= BulkExport.bytesNeeded, action.bytesOut >= bytes.multipliedClamped(by: UInt64(factor)) {
      return "\(action.bytesOut) bytes; fewer than \(bytes) have nine of ten reads"
    }
    return nil
  }

  private func usual(_ bins: [Int]) -> UInt64 {
    var seen = 0
    for (bin, number) in bins.enumerated() {
      seen += number
      if seen * 10 >= count * 9 { return bin >= 63 ? UInt64(1) << 63 : UInt64(1) << bin }
    }
    return 1
  }
}

extension UInt64 {
  func multipliedClamped(by factor: UInt64) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }

  func addingClamped(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
