import Bytes
import Model

extension JSONReport {
  /// Servers' own logs, and how they agree with the captures.
  func put(_ logs: [ServerLog], _ told: [String: RecordOutcome], _ json: inout JSONWriter) {
    guard !logs.isEmpty else { return }
    json.key("server_logs")
    json.beginArray()
    for log in logs { put(log, &json) }
    json.endArray()
    json.key("server_sessions")
    json.object { json in
      for (id, outcome) in told.sorted(by: { $0.key < $1.key }) { json.member(id, outcome.rawValue) }
    }
  }

  private func put(_ log: ServerLog, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("covered", Int64(log.coveredCount))
    json.member("first_ns", log.firstAt?.nanoseconds)
    json.member("format", log.format)
    json.member("last_ns", log.lastAt?.nanoseconds)
    json.member("offset_ns", log.clock?.offset)
    json.key("outcomes")
    json.object { json in
      for outcome in RecordOutcome.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
        if let count = log.counts[outcome] { json.member(outcome.rawValue, Int64(count)) }
      }
    }
    json.member("pairs", log.clock.map { Int64($0.pairCount) })
    json.key("servers")
    json.beginArray()
    for server in log.servers { json.value(server) }
    json.endArray()
    json.member("source", log.sourceID)
    json.member("spread_ns", log.clock?.spread)
    json.member("unlogged", Int64(log.unloggedCount))
    json.member("untold", Int64(log.untoldCount))
    json.endObject()
  }
}
