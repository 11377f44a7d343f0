import Bytes
import Model

/// One log held against the captures, step by step.
struct LogMatching {
  /// Nanoseconds by which a connection may begin and end apart from what the log tells of it.
  static let connectionSlack: Int64 = 60_000_000_000
  /// Within a connection that both have, a statement may be logged so long after it was sent: it waited for a lock.
  static let longestWait: Int64 = 600_000_000_000
  /// When fewer than this part of the log's connections are in the captures, something stands between: a pool, a proxy.
  static let fewestDirect = 10

  /// Sessions from one end of a client that a connection of the log is compared with.
  static let candidateLimit = 64
  /// A log whose clock is no finer has no times.
  static let coarsest: Int64 = 3_600_000_000_000

  let reconciler: Reconciler
  private let hasTimes: Bool
  let protocolName: String
  let records: [WitnessRecord]
  private(set) var lanes: [LogLane]
  private(set) var clock = ServerClock()
  /// By record: the session's place and the action's place in it.
  private(set) var pairs: [Int: Place] = [:]
  private(set) var taken: Set<Int64> = []
  /// What belongs to no connection that the log tells.
  let loose: [Int]
  /// By record: the lane.
  private(set) var laneOf: [Int: Int] = [:]
  /// By lane, of those that no captured connection is and a pool's may be.
  var likeness: [Int: PoolLikeness] = [:]

  struct Place: Hashable {
    var session: Int
    var action: Int
  }

  init(_ reconciler: Reconciler, _ protocolName: String, _ records: [WitnessRecord]) {
    self.reconciler = reconciler
    self.protocolName = protocolName
    self.records = records
    (lanes, loose) = LogLane.gather(records)
    clock.precision = records.map(\.precision).max() ?? 0
    hasTimes = clock.precision < Self.coarsest
  }

  mutating func run() {
    for place in lanes.indices { lanes[place].sessions = candidates(of: lanes[place]) }
    if hasTimes { clock.measure(differences()) }
    for place in lanes.indices { settle(place) }
    pairNamed()
    for place in lanes.indices where !lanes[place].sessions.isEmpty { pair(lanes[place]) }
    for (place, lane) in lanes.enumerated() { for record in lane.records { laneOf[record] = place } }
    // What was captured directly is taken by now, so that what is left can only be a pool's.
    pairLoose()
  }

  /// What may lie between a record and its action.
  var tolerance: Int64 { hasTimes ? clock.tolerance : .max }

  // MARK: Connections

  /// Captured sessions from the client's end of the lane: of the log's protocol, or of none that could be read.
  private func candidates(of lane: LogLane) -> [Int] {
    guard let client = lane.client, let all = reconciler.byClient[client] else { return [] }
    let near = nearest(all, lane.firstAt)
    let own = near.filter { reconciler.sessions[$0].protocolName == protocolName }
    return own.isEmpty ? near.filter { reconciler.sessions[$0].isOpaque } : own
  }

  /// Of sessions in order of time those around a moment, so that a port that was used ten thousand times costs no more.
  private func nearest(_ all: [Int], _ time: Int64) -> [Int] {
    guard all.count > Self.candidateLimit else { return all }
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      if reconciler.sessions[all[middle]].startedAt < time { low = middle + 1 } else { high = middle }
    }
    let first = max(0, min(low - Self.candidateLimit / 2, all.count - Self.candidateLimit))
    return Array(all[first..<(first + Self.candidateLimit)])
  }

  /// Server minus capture, of what stands once in the log's connection and once in the capture's.
  private func differences() -> [Int64] {
    var found: [Int64] = []
    for lane in lanes {
      guard let best = lane.sessions.max(by: { shared(lane, $0) < shared(lane, $1) }) else { continue }
      let session = reconciler.sessions[best]
      let asked = once(lane.records.compactMap { place in records[place].key.map { ($0, place) } })
      let seen = once(session.actions.indices.compactMap { place in session.actions[place].key.map { ($0, place) } })
      for (key, place) in asked {
        guard let action = seen[key] else { continue }
        found.append(difference(records[place], session.actions[action]))
      }
      // The only thing that a connection shows which could not be read; a beginning that was missed is far from the median.
      if lane.sessions.count == 1, lane.hasBeginning {
        found.append(lane.firstAt.subtractingClamped(session.startedAt))
      }
    }
    guard found.count < ServerClock.fewest else { return found }
    let others = looseDifferences()
    return others.count > found.count && clock.agree(others) ? others : found
  }

  private func once(_ entries: [(WitnessKey, Int)]) -> [WitnessKey: Int] {
    Dictionary(grouping: entries, by: \.0).compactMapValues { $0.count == 1 ? $0.first?.1 : nil }
  }

  /// The same over all connections, where the log tells of none that was captured.
  private func looseDifferences() -> [Int64] {
    let direct = Set(lanes.lazy.filter { !$0.sessions.isEmpty }.flatMap(\.records))
    let asked = once(records.indices.compactMap { place in records[place].key.map { ($0, place) } })
      .filter { !direct.contains($0.value) && !records[$0.value].isLocal && !records[$0.value].isLogin }
    var seen: [WitnessKey: WitnessAction?] = [:]
    for action in sessionsOfProtocol.flatMap({ reconciler.sessions[$0].actions }) {
      for key in [action.key, action.otherKey].compactMap(\.self) where asked[key] != nil {
        seen[key] = .some(seen.keys.contains(key) ? nil : action)
      }
    }
    return asked.sorted { $0.value < $1.value }.compactMap { key, place in
      seen[key].flatMap(\.self).map { difference(records[place], $0) }
    }
  }

  var sessionsOfProtocol: [Int] {
    reconciler.sessions.indices.filter { reconciler.sessions[$0].protocolName == protocolName }
  }

  private func difference(_ record: WitnessRecord, _ action: WitnessAction) -> Int64 {
    record.at.subtractingClamped(record.isEnd ? action.endedAt : action.startedAt)
  }

  /// How many texts a lane and a session have in common.
  private func shared(_ lane: LogLane, _ session: Int) -> Int {
    let keys = Set(reconciler.sessions[session].actions.compactMap(\.key))
    return lane.records.count { records[$0].key.map { keys.contains($0) } ?? false }
  }

  /// Keeps of a lane's candidates those that were there at its time; one, when the log names the connection.
  private mutating func settle(_ place: Int) {
    let lane = lanes[place]
    let first = lane.firstAt.subtractingClamped(clock.offset)
    let last = lane.lastAt.subtractingClamped(clock.offset)
    var left = lane.sessions.filter {
      guard hasTimes else { return true }
      let session = reconciler.sessions[$0]
      return first >= session.startedAt.subtractingClamped(Self.connectionSlack)
        && first <= session.endedAt.addingClamped(Self.connectionSlack)
        && (!lane.isNamed || last >= session.startedAt.subtractingClamped(Self.connectionSlack))
    }
    if lane.isNamed, left.count > 1 {
      let best = left.max {
        let (one, other) = (shared(lane, $0), shared(lane, $1))
        return (one, apart($1, first)) < (other, apart($0, first))
      }
      left = best.map { [$0] } ?? []
    }
    lanes[place].sessions = left
  }

  private func apart(_ session: Int, _ time: Int64) -> Int64 {
    TimePairing.distance(reconciler.sessions[session].startedAt, time)
  }

  // MARK: Pairs

  /// Ids that both tell decide alone.
  private mutating func pairNamed() {
    guard records.contains(where: { !$0.named.isEmpty }) else { return }
    var places: [Int64: Place] = [:]
    let wanted = Set(records.flatMap(\.named))
    for (session, value) in reconciler.sessions.enumerated() {
      for (action, entry) in value.actions.enumerated() where wanted.contains(entry.number) {
        places[entry.number] = Place(session: session, action: action)
      }
    }
    for (index, record) in records.enumerated() {
      guard let found = record.named.lazy.compactMap({ places[$0] }).first(where: { !isTaken($0) }) else { continue }
      take(index, found)
    }
    guard !clock.isMeasured, hasTimes else { return }
    clock.measure(
      pairs.sorted { $0.key < $1.key }.map { difference(records[$0.key], action($0.value)) })
  }

  private func action(_ place: Place) -> WitnessAction { reconciler.sessions[place.session].actions[place.action] }
  private func isTaken(_ place: Place) -> Bool { taken.contains(action(place).number) }

  private mutating func take(_ record: Int, _ place: Place) {
    pairs[record] = place
    taken.insert(action(place).number)
  }

  /// Pairs what a lane and its sessions have in common, by text and in order of time.
  private mutating func pair(_ lane: LogLane) {
    var seen: [WitnessKey: [Place]] = [:]
    for session in lane.sessions {
      for (index, action) in reconciler.sessions[session].actions.enumerated() {
        for key in [action.key, action.otherKey].compactMap(\.self) {
          seen[key, default: []].append(Place(session: session, action: index))
        }
      }
    }
    let certain = seen.mapValues { $0.filter { !action($0).mayBeUntold } }
    for tolerance in [tolerance, max(tolerance, Self.longestWait)] {
      pair(lane.records, certain, tolerance)
      pair(lane.records, seen, tolerance)
    }
  }

  mutating func pair(_ places: [Int], _ seen: [WitnessKey: [Place]], _ tolerance: Int64) {
    let groups = Dictionary(grouping: places.filter { pairs[$0] == nil && records[$0].key != nil }) { records[$0].key }
    // An action may stand under two keys: who comes first must not depend on the order of hashes.
    for (key, group) in groups.sorted(by: { ($0.value.first ?? 0) < ($1.value.first ?? 0) }) {
      guard let key, let all = seen[key] else { continue }
      let others = all.filter { !isTaken($0) }
      let isEnd = group.first.map { records[$0].isEnd } ?? false
      let left = group.map { ($0, records[$0].at.subtractingClamped(clock.offset)) }.sorted {
        ($0.1, $0.0) < ($1.1, $1.0)
      }
      let right = others.map { ($0, isEnd ? action($0).endedAt : action($0).startedAt) }
        .sorted { ($0.1, action($0.0).number) < ($1.1, action($1.0).number) }
      for (one, other) in TimePairing.pairs(left.map(\.1), right.map(\.1), tolerance: tolerance) {
        take(left[one].0, right[other].0)
      }
    }
  }
}

// MARK: - What is found

extension LogMatching {
  /// Servers of the connections that both have.
  var servers: Set<String> {
    Set(lanes.flatMap(\.sessions).map { reconciler.sessions[$0].server })
      .union(pairs.values.map { reconciler.sessions[$0.session].server })
  }

  func outcomes() -> [RecordPairing] { records.indices.map { outcome(of: $0) } }

  private func outcome(of index: Int) -> RecordPairing {
    let record = records[index]
    if let place = pairs[index] {
      let action = action(place)
      let differs = zip2(record.isFailure, action.isFailure).map { $0 != $1 } ?? false
      return RecordPairing(
        record: record.number, outcome: differs ? .differs : .matched, action: action.number,
        session: reconciler.sessions[place.session].number, offset: difference(record, action),
        reason: differs ? Self.difference(record.isFailure == true) : "")
    }
    var pairing = RecordPairing(record: record.number, outcome: .unseen)
    if record.isLocal {
      (pairing.outcome, pairing.reason) = (.local, "it came over a socket of the server's own machine")
      return pairing
    }
    let session = laneOf[index].flatMap { lanes[$0].sessions.first }.map { reconciler.sessions[$0] }
    let isPool = isThroughPool(index)
    pairing.session = session?.number
    if let session {
      if record.isAboutConnection { pairing.outcome = .matched; return pairing }
      if let why = session.blindness { (pairing.outcome, pairing.reason) = (.hidden, why); return pairing }
      pairing.reason = "its connection was captured whole, and this is not in it"
      return pairing
    }
    guard reconciler.isCovered(record.at.subtractingClamped(clock.offset), within: tolerance) else {
      (pairing.outcome, pairing.reason) = (.outside, "before or after what was captured")
      return pairing
    }
    if let client = record.client, !isPool {
      pairing.reason = "no capture has a connection from \(client)"
    } else if isPool, record.isAboutConnection || record.isPoolsOwn {
      (pairing.outcome, pairing.reason) = (.matched, "a pool does it for itself, whose clients were captured")
    } else if let why = reconciler.blindness(
      of: protocolName, from: isPool ? nil : record.host,
      at: record.at.subtractingClamped(clock.offset), within: tolerance)
    {
      (pairing.outcome, pairing.reason) = (.hidden, why)
    } else {
      pairing.reason = "no captured connection has it"
    }
    return pairing
  }

  private static func difference(_ hasFailed: Bool) -> String {
    hasFailed ? "the server tells a failure, the capture success" : "the server tells success, the capture a failure"
  }

  private func zip2(_ left: Bool?, _ right: Bool?) -> (Bool, Bool)? {
    guard let left, let right else { return nil }
    return (left, right)
  }

  /// Actions in the time of the log, on connections to its servers, that it does not tell.
  func untold() -> (actions: [Int64], covered: Int, unlogged: Int) {
    let servers = servers
    let pools = pools
    let told = Set(records.filter { !$0.isAboutConnection && $0.key != nil }.map(\.effect))
    guard let first = records.map(\.at).min(), let last = records.map(\.at).max() else { return ([], 0, 0) }
    // What began at the edges may stand in the log before or after it.
    let from = first.subtractingClamped(clock.offset).addingClamped(tolerance)
    let through = last.subtractingClamped(clock.offset).subtractingClamped(tolerance)
    var found: [Int64] = []
    var (covered, unlogged) = (0, 0)
    for session in reconciler.sessions where session.protocolName == protocolName && servers.contains(session.server) {
      for action in session.actions where action.key != nil {
        let isTaken = taken.contains(action.number)
        guard isTaken || action.startedAt >= from && action.endedAt <= through else { continue }
        covered += 1
        guard !isTaken, !action.mayBeUntold, !action.isLogin || !pools.contains(session.server) else { continue }
        if told.contains(action.effect) { found.append(action.number) } else { unlogged += 1 }
      }
    }
    return (found, covered, unlogged)
  }
}
