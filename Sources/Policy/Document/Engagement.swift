import Model

/// Somebody who may act for a time: a contractor, an agent on a task.
struct Engagement: Sendable, Hashable {
  var users: [Glob] = []
  var agents: [Glob] = []
  var humans: [Glob] = []
  /// SSH keys by fingerprint, or certificates by their ids.
  var keys: [Glob] = []
  /// The first moment after it.
  var until: Timestamp
  /// Its first moment; nil when it had begun before anything that was captured.
  var from: Timestamp?
  /// As the policy says it.
  var untilText: String

  /// One of those that it names; each that is given must hold.
  func names(user: String?, agent: String?, human: String?) -> Bool {
    func holds(_ globs: [Glob], _ text: String?) -> Bool {
      globs.isEmpty || globs.contains { glob in text.map { glob.matches($0) } ?? false }
    }
    return holds(users, user) && holds(agents, agent) && holds(humans, human)
  }

  /// Of a session's keys.
  func holds(keys known: [String]) -> Bool {
    keys.isEmpty || keys.contains { glob in known.contains { glob.matches($0) } }
  }

  /// What is wrong with acting at that time; nil when nothing is.
  func objection(at time: Timestamp) -> String? {
    if time >= until { return "after it ended on \(untilText)" }
    if let from, time < from { return "before it began" }
    return nil
  }
}
