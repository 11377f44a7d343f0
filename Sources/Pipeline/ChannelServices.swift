import Model

/// Programs on a host that only serve what their client does: `git-receive-pack`, the subsystem `sftp`. What the client did are actions of
/// their own, within the time of the program; an id that came with the program (its environment, RFC 4254 §6.4) came with them.
struct ChannelServices {
  private struct Service {
    var began: Timestamp
    /// Nil while no end was seen.
    var ended: Timestamp?
    var parameters: String
  }

  /// By their beginning.
  private let services: [Service]
  /// The latest end of each and all before it.
  private var latest: [Int64] = []

  /// - Parameter actions: of one session.
  init(_ actions: [Action]) {
    services = actions.compactMap { action in
      guard action.kind == "exec", action.effect == .session, let parameters = action.parameters else { return nil }
      return Service(began: action.startedAt, ended: action.endedAt, parameters: parameters)
    }
    .sorted { $0.began < $1.began }
    var last = Int64.min
    for service in services {
      last = max(last, service.ended?.nanoseconds ?? .max)
      latest.append(last)
    }
  }

  /// What came with the one program within whose time an action lies; nil where there is none, or several ran at once.
  func parameters(around action: Action) -> String? {
    guard !services.isEmpty, ["git", "sftp", "scp", "rsync"].contains(action.kind) else { return nil }
    let end = (action.endedAt ?? action.startedAt).nanoseconds
    var (low, high) = (0, services.count)
    while low < high {
      let middle = (low + high) / 2
      if services[middle].began <= action.startedAt { low = middle + 1 } else { high = middle }
    }
    var found: Service?
    for index in (0..<low).reversed() {
      guard latest[index] >= end else { break }
      guard (services[index].ended?.nanoseconds ?? .max) >= end else { continue }
      guard found == nil else { return nil }
      found = services[index]
    }
    return found?.parameters
  }
}
