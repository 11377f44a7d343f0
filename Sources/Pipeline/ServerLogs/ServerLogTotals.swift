import Importers
import Model

/// What was found in one server's log, for the list of sources.
struct ServerLogTotals {
  private var counts: [ServerRecord.Kind: Int] = [:]
  private(set) var firstAt: Timestamp?
  private(set) var lastAt: Timestamp?
  /// False when records were lost.
  private(set) var isComplete = true

  mutating func add(_ events: [ServerLogEvent]) {
    for event in events {
      switch event {
      case .record(let record):
        counts[record.kind, default: 0] += 1
        firstAt = min(firstAt ?? record.at, record.at)
        lastAt = max(lastAt ?? record.at, record.at)
      case .anomaly(let anomaly):
        if anomaly.code.name.hasSuffix("-damaged") || anomaly.code.name.hasSuffix("-over-limit") { isComplete = false }
      }
    }
  }

  /// `120 requests, 4 logins, 4 connections`.
  var note: String {
    let found = [ServerRecord.Kind.request, .command, .login, .connection].compactMap { kind -> String? in
      guard let count = counts[kind], count > 0 else { return nil }
      return "\(count) \(kind.rawValue)\(count == 1 ? "" : "s")"
    }
    return found.isEmpty ? "nothing about requests" : found.joined(separator: ", ")
  }
}
