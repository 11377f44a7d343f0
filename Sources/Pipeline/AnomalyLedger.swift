import Model

/// Keeps the anomalies of one ingest from drowning the case: the first of each kind and place whole, then their number.
struct AnomalyLedger {
  /// Anomalies of one code in one source that are kept one by one.
  static let limit: UInt64 = 200

  private struct Key: Hashable {
    var code: Anomaly.Code
    var source: UInt32
  }

  private var counts: [Key: UInt64] = [:]

  /// Whether to keep this one.
  mutating func admits(_ anomaly: Anomaly) -> Bool {
    let key = Key(code: anomaly.code, source: anomaly.origin.source)
    let count = counts[key, default: 0] + 1
    counts[key] = count
    return count <= AnomalyLedger.limit
  }

  /// For each kind that went over the limit, one anomaly that says how many more there were.
  var remainders: [Anomaly] {
    counts.filter { $0.value > AnomalyLedger.limit }
      .sorted { ($0.key.source, $0.key.code.name) < ($1.key.source, $1.key.code.name) }
      .map { key, count in
        Anomaly(
          key.code, "and \(count - AnomalyLedger.limit) more of this kind in this source",
          origin: Origin(source: key.source, packet: 0))
      }
  }
}
