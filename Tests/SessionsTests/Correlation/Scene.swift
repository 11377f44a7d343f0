import Model

@testable import Sessions

/// Tool calls and traffic, told in seconds.
struct Scene {
  static let epoch: Int64 = 1_763_600_000_000_000_000

  var calls: [CallEvidence] = []
  var sessions: [(WireSession, [WireAction])] = []

  static func time(_ seconds: Double) -> Timestamp { Timestamp(nanoseconds: epoch + Int64(seconds * 1e9)) }

  /// Adds a call that ran from one second to another and should do these effects.
  @discardableResult
  mutating func call(
    prompt: Int64, _ from: Double, _ through: Double?, _ effects: [ExpectedEffect], result: String = "",
    clock: Int64 = 1, ids: [CarriedID] = [], continues: Int64? = nil
  ) -> Int64 {
    var call = CallEvidence(
      number: Int64(calls.count + 1), prompt: prompt, clock: clock, startedAt: Self.time(from),
      endedAt: through.map(Self.time))
    call.effects = effects
    call.result = result
    call.ids = ids
    call.continues = continues
    calls.append(call)
    return call.number
  }

  /// Adds a session of PostgreSQL with statements at these seconds, each of a millisecond.
  @discardableResult
  mutating func session(
    _ statements: [(Double, String)], application: String? = "psql", user: String = "agent",
    client: String = "10.0.0.5:40000",
    carriers: [String] = [], effect: Effect = .read
  ) -> Int64 {
    let number = Int64(sessions.count + 1)
    var session = WireSession(
      number: number, protocolName: "postgres", client: client, server: "10.0.0.9:5432",
      startedAt: Self.time((statements.first?.0 ?? 0) - 0.01), endedAt: Self.time((statements.last?.0 ?? 0) + 0.01))
    session.user = user
    session.target = "shop"
    session.application = application
    session.carriers = carriers
    let actions = statements.enumerated().map { place, statement in
      var action = WireAction(
        number: number << 32 | Int64(place + 1), startedAt: Self.time(statement.0),
        endedAt: Self.time(statement.0 + 0.001), verb: "SELECT", text: statement.1, effect: effect)
      action.kind = .sql
      return action
    }
    sessions.append((session, actions))
    return number
  }

  /// What is decided, by action.
  func solve(order: [Int]? = nil) -> (told: [Int64: [Attribution]], correlator: Correlator) {
    var correlator = Correlator(calls)
    let order = (order ?? Array(sessions.indices)).map { sessions[$0] }
    for (session, actions) in order { correlator.survey(session, actions) }
    correlator.settle()
    var told: [Int64: [Attribution]] = [:]
    var left: [(WireSession, [WireAction])] = []
    for (session, actions) in order {
      let found = correlator.attribute(session, actions)
      if found.isEmpty { left.append((session, actions)) }
      for attribution in found { told[attribution.action, default: []].append(attribution) }
    }
    for (session, actions) in left {
      for attribution in correlator.attributeIndirect(session, actions) {
        told[attribution.action, default: []].append(attribution)
      }
    }
    return (told, correlator)
  }
}

extension ExpectedEffect {
  static func sql(_ text: String) -> ExpectedEffect { ExpectedEffect(.sql, [.literal(text)], evidence: .argument) }

  static func pattern(_ pieces: Piece...) -> ExpectedEffect { ExpectedEffect(.sql, pieces, evidence: .argument) }

  static func connection(_ program: String, user: String? = nil) -> ExpectedEffect {
    var effect = ExpectedEffect(.connection, [.literal(program)], evidence: .argument)
    effect.program = program
    effect.user = user
    return effect
  }
}
