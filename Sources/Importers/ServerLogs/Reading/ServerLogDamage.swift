import Model

/// What is wrong with a log: the first places one by one, of the others their number.
struct ServerLogDamage: Sendable {
  /// Damaged places that are told one by one.
  static let limit = 256

  private var count = 0
  private var last = Origin.unknown
  private var told: Set<String> = []

  /// A line or record that could not be read.
  mutating func note(_ what: String, _ origin: Origin, into events: inout [ServerLogEvent]) {
    note("server-log-line-damaged", what, origin, into: &events)
  }

  /// A line of which nothing was read because of its length.
  mutating func noteOverLimit(
    _ byteCount: UInt64, _ limit: Int, _ origin: Origin, into events: inout [ServerLogEvent]
  ) {
    let detail = "a line of \(byteCount) bytes is longer than \(limit) and was not read"
    note("server-log-line-over-limit", detail, origin, into: &events)
  }

  mutating func note(_ code: Anomaly.Code, _ what: String, _ origin: Origin, into events: inout [ServerLogEvent]) {
    count += 1
    last = origin
    guard count <= Self.limit else { return }
    events.append(.anomaly(Anomaly(code, what, origin: origin)))
  }

  /// Tells something that holds for the whole log, once for each code.
  mutating func tell(_ code: String, _ detail: String, _ origin: Origin, into events: inout [ServerLogEvent]) {
    guard told.insert(code).inserted else { return }
    events.append(.anomaly(Anomaly(Anomaly.Code(code), detail, origin: origin)))
  }

  /// Tells what a time lacks, once.
  mutating func noteZone(_ time: LogTime, _ origin: Origin, into events: inout [ServerLogEvent]) {
    switch time.zone {
    case .offset: break
    case .unknown(let name):
      let detail = "the time zone “\(name.cut(to: 16))” is not known for certain: times are held as if they were UTC"
      tell("server-log-time-zone", detail, origin, into: &events)
    case .none:
      tell("server-log-time-zone", "times have no zone and are held as if they were UTC", origin, into: &events)
    }
  }

  /// Tells the number of those that were not told, after the last line.
  mutating func report(into events: inout [ServerLogEvent]) {
    defer { count = 0 }
    guard count > Self.limit else { return }
    let detail = "\(count - Self.limit) more places are damaged; this is the last"
    events.append(.anomaly(Anomaly("server-log-line-damaged", detail, origin: last)))
  }
}
