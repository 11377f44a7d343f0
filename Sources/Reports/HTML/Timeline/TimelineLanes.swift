import Model

/// Which lane of the timeline each session is drawn in.
///
/// A session that changed something, has a gap or is opaque has a lane of its own while there is room; sessions alike
/// (the connections of a pool) share one; what is left shares the last.
struct TimelineLanes {
  struct Lane {
    var label: String
    var note: String
    var depth: Int
    /// Indexes of its sessions.
    var sessions: [Int]
  }

  private(set) var lanes: [Lane] = []
  /// The lane of each session.
  private(set) var laneOfSession: [Int]

  /// Lanes at most.
  static let limit = 24
  /// Up to this many sessions nothing is joined.
  private static let roomy = 14

  private struct Likeness: Hashable {
    let protocolName: String
    let server: String
    let who: String?
    let target: String?
    let application: String?
    let host: String
  }

  init(sessions: [Session], depths: [Int], gaps: [StoredGap]) {
    laneOfSession = [Int](repeating: 0, count: sessions.count)
    let damaged = Set(gaps.map(\.sessionID))
    var shared: [Likeness: Int] = [:]
    var alone = 0
    for (index, session) in sessions.enumerated() {
      let isRemarkable =
        session.changeCount > 0 || session.isOpaque || damaged.contains(session.id) || depths[index] > 0
      let deservesOne =
        sessions.count <= Self.roomy || (isRemarkable && alone < Self.limit / 2 && lanes.count < Self.limit - 1)
      if deservesOne {
        alone += 1
        laneOfSession[index] = lanes.count
        lanes.append(
          Lane(
            label: session.shortName,
            note: depths[index] > 0 ? "\(session.protocolName) inside, \(session.burden)" : Self.note(session),
            depth: depths[index], sessions: [index]))
        continue
      }
      let likeness = Likeness(
        protocolName: session.protocolName, server: session.server, who: session.human ?? session.agent ?? session.user,
        target: session.target, application: session.application, host: session.clientHost)
      if let lane = shared[likeness] {
        laneOfSession[index] = lane
        lanes[lane].sessions.append(index)
      } else if lanes.count < Self.limit - 1 {
        shared[likeness] = lanes.count
        laneOfSession[index] = lanes.count
        lanes.append(
          Lane(label: session.shortName, note: Self.note(session, host: true), depth: 0, sessions: [index]))
      } else {
        // The last lane takes all that is left.
        if lanes.count < Self.limit { lanes.append(Lane(label: "all others", note: "", depth: 0, sessions: [])) }
        laneOfSession[index] = Self.limit - 1
        lanes[Self.limit - 1].sessions.append(index)
      }
    }
    for index in lanes.indices where lanes[index].sessions.count > 1 {
      lanes[index].note = Figures.count(lanes[index].sessions.count, "session")
    }
  }

  private static func note(_ session: Session, host: Bool = false) -> String {
    [session.application, host ? session.clientHost : session.client].compactMap(\.self).filter { !$0.isEmpty }
      .joined(separator: " · ")
  }
}
