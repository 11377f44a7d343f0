/// What one pass over one file that was given may expand to, archives within it included.
final class ArchiveBudget {
  let limits: ArchiveLimits
  private let byteCount: UInt64
  /// Bytes expanded so far.
  private(set) var expandedCount: UInt64 = 0
  var memberCount = 0
  /// Bytes that the next member may expand to whatever its ratio; patience ends with the bombs met.
  private(set) var allowance: UInt64

  init(_ limits: ArchiveLimits, byteCount: UInt64) {
    self.limits = limits
    self.byteCount = byteCount
    allowance = limits.memberAllowance
  }

  /// False when the archive as a whole expands too far.
  func spend(_ count: Int) -> Bool {
    expandedCount += UInt64(count)
    if expandedCount <= limits.archiveAllowance { return true }
    let (bound, overflow) = byteCount.multipliedReportingOverflow(by: limits.expansionRatio)
    return overflow || expandedCount <= bound
  }

  func noteBomb() { allowance = max(allowance / 2, limits.memberAllowance / 64) }
}
