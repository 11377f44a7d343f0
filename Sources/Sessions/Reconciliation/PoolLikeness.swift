import Model

/// How much a connection of a log, which no captured one is, looks like a pool's that carried what was captured before it.
///
/// It is told by its own texts: what every connection says (`BEGIN`, `COMMIT`, `SET`) tells nothing of whose it is.
enum PoolLikeness: CaseIterable, Sendable {
  /// Nearly all that it asked was captured, and what belongs to no connection at all.
  case whole
  /// A part: a pool that has clients beside those that were captured, or somebody who asks what they ask.
  case part
  /// Little or nothing: it went round the capture.
  case little

  /// The tenth that is left is for what pools ask for themselves, such as `SELECT 1`, and for gaps of the capture.
  static let fewestOfWhole = 0.9
  static let fewestOfPart = 0.5
  /// Nanoseconds that a client may wait in a pool for a connection to the server: PgBouncer's `query_wait_timeout`.
  static let longestQueue: Int64 = 120_000_000_000

  /// - Parameter texts: what the connection asked, and whether it is among what is left of the captures.
  init(_ texts: [(record: WitnessRecord, isLeft: Bool)]) {
    var left: [WitnessKey: Bool] = [:]
    for (record, isLeft) in texts where record.effect != .session {
      if let key = record.key { left[key] = isLeft }
    }
    let part = left.isEmpty ? 0 : Double(left.values.count { $0 }) / Double(left.count)
    self = part >= Self.fewestOfWhole ? .whole : part >= Self.fewestOfPart ? .part : .little
  }
}
