// What came by way of a pool or a proxy: captured before it, logged behind it, on connections that have nothing in common.

extension LogMatching {
  /// Lanes that no captured connection is and that a pool's or a proxy's may be.
  private var foreign: [Int] {
    let direct = lanes.count { !$0.sessions.isEmpty }
    let isPooled = direct * Self.fewestDirect < lanes.count
    let hosts = reconciler.hosts[protocolName] ?? []
    return lanes.indices.filter { place in
      guard lanes[place].sessions.isEmpty else { return false }
      // Nothing opens SSH on its way and passes it on as its own.
      return isPooled || protocolName != "ssh" && lanes[place].host.map { !hosts.contains($0) } == true
    }
  }

  /// The address by which a record of no captured connection is compared; "" for any.
  ///
  /// Where the log has a port too, the address is that of what stands between, which says nothing of the client's.
  private func address(of record: Int) -> String {
    let hosts = reconciler.hosts[protocolName] ?? []
    guard client(of: record) == nil, let host = records[record].host, hosts.contains(host) else { return "" }
    return host
  }

  /// What stands between logs in for itself: that its clients did as well is another thing.
  private func isOwnLogin(_ record: Int) -> Bool { records[record].isLogin && client(of: record) != nil }

  private func client(of record: Int) -> String? {
    records[record].client ?? laneOf[record].flatMap { lanes[$0].client }
  }

  /// Whether a record is of a connection that carried what was captured before a pool.
  func isThroughPool(_ record: Int) -> Bool {
    laneOf[record].flatMap { likeness[$0] } == .whole && client(of: record) != nil
  }

  /// Pairs what belongs to no captured connection, over all sessions of the protocol: lanes that are most like a pool's
  /// first, so that what went round the capture does not take what a pool carried.
  mutating func pairLoose() {
    let foreign = foreign
    let left = (loose + foreign.flatMap { lanes[$0].records }).filter {
      pairs[$0] == nil && records[$0].key != nil && !isOwnLogin($0)
    }
    guard !left.isEmpty else { return }
    let seen = remaining(left)
    let known = Dictionary(uniqueKeysWithValues: left.map { ($0, hasLeft(seen, $0)) })
    for place in foreign {
      let texts = lanes[place].records.compactMap { record in known[record].map { (records[record], $0) } }
      likeness[place] = PoolLikeness(texts)
    }
    let groups = Dictionary(grouping: left) { laneOf[$0].flatMap { likeness[$0] } ?? .whole }
    for one in PoolLikeness.allCases {
      guard let group = groups[one] else { continue }
      pairLoose(group, seen, tolerance)
      guard one == .whole else { continue }
      pairLoose(group.filter { laneOf[$0] != nil }, seen, max(tolerance, PoolLikeness.longestQueue))
    }
  }

  /// What is left of the captures under the texts of records, by the address by which it is compared.
  private func remaining(_ left: [Int]) -> [String: [WitnessKey: [Place]]] {
    let wanted = Set(left.compactMap { records[$0].key })
    let addresses = Set(left.map { address(of: $0) })
    var seen: [String: [WitnessKey: [Place]]] = [:]
    for session in sessionsOfProtocol {
      let names = [reconciler.sessions[session].host, ""].filter { addresses.contains($0) }
      guard !names.isEmpty else { continue }
      for (index, action) in reconciler.sessions[session].actions.enumerated() where !taken.contains(action.number) {
        for key in [action.key, action.otherKey].compactMap(\.self) where wanted.contains(key) {
          for name in names {
            seen[name, default: [:]][key, default: []].append(Place(session: session, action: index))
          }
        }
      }
    }
    return seen
  }

  private func hasLeft(_ seen: [String: [WitnessKey: [Place]]], _ record: Int) -> Bool {
    records[record].key.map { seen[address(of: record)]?[$0] != nil } ?? false
  }

  private mutating func pairLoose(_ left: [Int], _ seen: [String: [WitnessKey: [Place]]], _ tolerance: Int64) {
    let groups = Dictionary(grouping: left) { address(of: $0) }
    // Those whose client is known first.
    for (host, group) in groups.sorted(by: { ($0.key.isEmpty ? 1 : 0, $0.key) < ($1.key.isEmpty ? 1 : 0, $1.key) }) {
      pair(group, seen[host] ?? [:], tolerance)
    }
  }

  /// Servers of captures that stand for the log's: what logs in to them does so nowhere else.
  var pools: Set<String> {
    let through = pairs.lazy.filter { self.laneOf[$0.key].map { self.lanes[$0].sessions.isEmpty } == true }
    return Set(through.map { self.reconciler.sessions[$0.value.session].server })
      .subtracting(lanes.lazy.flatMap(\.sessions).map { self.reconciler.sessions[$0].server })
  }
}
