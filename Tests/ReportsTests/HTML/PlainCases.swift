import Bytes
import Model
import TestKit

/// The cases in which little or nothing is to be told.
enum PlainCases {
  static var all: [(name: String, reading: MemoryCase, verdict: Verdict)] {
    [empty, noSessions, clean, approved, opaque, anomalies, undecidable, broken]
  }

  private static func one(_ name: String) -> MemoryCase {
    let reading = MemoryCase(name)
    let source = reading.addSource("\(name).pcap", packets: 812, from: DemoCase.at(0), until: DemoCase.at(30))
    reading.storedSessions = [
      Session(
        id: "pg-1", protocolName: "postgres", client: "10.0.0.7:40000", server: "10.0.0.5:5432", user: "app",
        target: "shop", application: "checkout", startedAt: DemoCase.at(1), endedAt: DemoCase.at(21), bytesIn: 900,
        bytesOut: 21_000, sourceID: source)
    ]
    for index in 1...6 {
      reading.storedActions.append(
        Action(
          id: "pg-1.\(index)", sessionID: "pg-1", sequence: index, startedAt: DemoCase.at(Double(index) * 3),
          endedAt: DemoCase.at(Double(index) * 3 + 0.002), kind: "sql", verb: "SELECT",
          text: "SELECT id FROM orders WHERE id = \(index)", resources: [Resource("read", "table", "orders")],
          effect: .read, status: .ok, rowCount: 1, bytesIn: 60, bytesOut: 90, sourceID: source,
          packet: UInt64(index * 20), columns: ["id"]))
    }
    reading.settle()
    return reading
  }

  static var empty: (name: String, reading: MemoryCase, verdict: Verdict) {
    let reading = MemoryCase("empty")
    return ("empty", reading, ReportsTests.verdict(reading))
  }

  static var noSessions: (name: String, reading: MemoryCase, verdict: Verdict) {
    let reading = MemoryCase("no-sessions")
    reading.addSource("idle.pcap", packets: 3, from: DemoCase.at(0), until: DemoCase.at(9))
    return ("no-sessions", reading, ReportsTests.verdict(reading))
  }

  static var clean: (name: String, reading: MemoryCase, verdict: Verdict) {
    let reading = one("clean")
    return ("clean", reading, ReportsTests.verdict(reading))
  }

  static var approved: (name: String, reading: MemoryCase, verdict: Verdict) {
    let reading = one("approved")
    reading.storedActions[3].effect = .schema
    reading.storedActions[3].verb = "CREATE INDEX"
    reading.storedActions[3].text = "CREATE INDEX orders_placed ON orders (placed)"
    reading.storedActions[3].resources = [Resource("create", "index", "orders_placed")]
    reading.settle()
    return ("approved", reading, ReportsTests.verdict(reading) { _ in .approved })
  }

  static var opaque: (name: String, reading: MemoryCase, verdict: Verdict) {
    let reading = one("opaque")
    reading.storedActions = []
    reading.storedSessions[0].isEncrypted = true
    reading.storedSessions[0].user = nil
    reading.storedSessions[0].application = nil
    reading.storedSessions[0].target = nil
    reading.storedSessions.append(
      Session(
        id: "x-1", protocolName: "unknown", client: "10.0.0.9:999", server: "10.0.0.8:7777", startedAt: DemoCase.at(4),
        endedAt: DemoCase.at(12), bytesIn: 81_000, bytesOut: 4_100_000))
    reading.settle()
    return (
      "opaque", reading,
      ReportsTests.verdict(
        reading, overall: .undecidable,
        incompleteness: ["session pg-1 is encrypted and no key is at hand", "session x-1 speaks no known protocol"])
    )
  }

  static var anomalies: (name: String, reading: MemoryCase, verdict: Verdict) {
    let reading = MemoryCase("anomalies")
    reading.addSource("noise.pcap", packets: 0, from: DemoCase.at(0), until: DemoCase.at(0))
    reading.storedSources[0].isComplete = false
    for index in 1...9 {
      reading.storedAnomalies.append(
        StoredAnomaly(
          id: "an-\(index)", sourceID: reading.storedSources[0].id, sessionID: nil, packet: UInt64(index), offset: nil,
          code: "pcap-record-length", detail: "a record claims \(index * 1_000_000) bytes", time: nil))
    }
    return (
      "anomalies", reading,
      ReportsTests.verdict(reading, overall: .undecidable, incompleteness: ["noise.pcap is damaged"])
    )
  }

  static var undecidable: (name: String, reading: MemoryCase, verdict: Verdict) {
    let reading = one("undecidable")
    reading.storedActions[2].effect = .unknown
    reading.storedActions[2].verb = "UNKNOWN"
    reading.storedActions[2].status = .incomplete
    reading.storedActions[2].message = "gap of 1,448 bytes in the request"
    reading.storedActions[2].text = ""
    reading.settle()
    return ("undecidable", reading, ReportsTests.verdict(reading, overall: .undecidable) { _ in .undecidable })
  }

  static var broken: (name: String, reading: MemoryCase, verdict: Verdict) {
    let reading = one("broken")
    reading.storedSources[0].integrity = "broken"
    reading.storedSources[0].kind = "recording"
    return (
      "broken", reading,
      ReportsTests.verdict(
        reading, overall: .evidenceBroken, incompleteness: ["broken.pcap does not verify at record 7"])
    )
  }
}
