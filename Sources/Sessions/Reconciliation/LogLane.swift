/// What a log tells of one connection.
struct LogLane: Sendable {
  /// Places in the log's records, in order of time.
  var records: [Int]
  /// The client's end where the log has it.
  var client: String?
  /// The client's address where the log has it.
  var host: String?
  var firstAt: Int64
  var lastAt: Int64
  /// It tells of the connection's beginning.
  var hasBeginning: Bool
  /// The log names it; otherwise it is what came from one end of a client, which may be several connections.
  var isNamed: Bool
  /// The captured sessions that it is.
  var sessions: [Int] = []

  /// Gathers the lanes of a log, in the order in which they begin; what belongs to no connection is left over.
  static func gather(_ records: [WitnessRecord]) -> (lanes: [LogLane], others: [Int]) {
    var lanes: [LogLane] = []
    var places: [String: Int] = [:]
    var others: [Int] = []
    for (index, record) in records.enumerated() where !record.isLocal {
      // Without a name of its own a connection is its client's end, until that is used again.
      guard let name = record.lane ?? record.client else {
        others.append(index)
        continue
      }
      if let place = places[name] {
        lanes[place].records.append(index)
        lanes[place].client = lanes[place].client ?? record.client
        lanes[place].host = lanes[place].host ?? record.host
        lanes[place].lastAt = max(lanes[place].lastAt, record.at)
        lanes[place].firstAt = min(lanes[place].firstAt, record.at)
      } else {
        places[name] = lanes.count
        lanes.append(
          LogLane(
            records: [index], client: record.client, host: record.host, firstAt: record.at, lastAt: record.at,
            hasBeginning: record.isAboutConnection, isNamed: record.lane != nil))
      }
    }
    return (lanes, others)
  }
}
