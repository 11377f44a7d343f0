import Model
import Yams

/// Reads `engagements`: `audit-2026: { user: "ext_*", until: 2026-11-18 }`.
struct EngagementReader {
  static let keys = ["user", "agent", "human", "key", "from", "until"]

  let nodes: PolicyNodes

  func engagements(_ node: Node) throws(PolicyError) -> [String: Engagement] {
    var engagements: [String: Engagement] = [:]
    for (name, value) in try nodes.mapping(node, "engagements") { engagements[name] = try engagement(value, name) }
    return engagements
  }

  private func engagement(_ node: Node, _ name: String) throws(PolicyError) -> Engagement {
    let place = "engagement \(name)"
    let members = try nodes.mapping(node, place)
    try nodes.expect(members, EngagementReader.keys, place)
    guard let until = members["until"] else { throw nodes.error(node, "\(place) has no until; say when it ends") }
    var engagement = Engagement(until: try time(until, endsDay: true), untilText: until.string ?? "")
    engagement.users = try nodes.globs(members["user"])
    engagement.agents = try nodes.globs(members["agent"])
    engagement.humans = try nodes.globs(members["human"])
    engagement.keys = try nodes.globs(members["key"])
    engagement.from = try members["from"].map { node throws(PolicyError) in try time(node, endsDay: false) }
    if let from = engagement.from, from >= engagement.until {
      throw nodes.error(until, "\(place) ends before it begins")
    }
    guard ["user", "agent", "human", "key"].contains(where: { members[$0] != nil }) else {
      throw nodes.error(node, "\(place) names nobody; say user, agent, human or key")
    }
    return engagement
  }

  /// A day, whole, or a time; UTC.
  private func time(_ node: Node, endsDay: Bool) throws(PolicyError) -> Timestamp {
    let text = node.string ?? ""
    if let time = Timestamp(utc: text) { return time }
    if text.count == 10, let day = Timestamp(utc: text + "T00:00:00Z") {
      return endsDay ? Timestamp(nanoseconds: day.nanoseconds &+ 86_400_000_000_000) : day
    }
    throw nodes.error(node, "takes a day such as 2026-11-18, or a time such as \"2026-11-18T17:00:00Z\"")
  }
}
