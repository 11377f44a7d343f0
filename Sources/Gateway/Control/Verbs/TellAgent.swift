import Bytes

/// `{"ask":"agent","event":{…}}`: what an agent's hook tells. Answered when the recorder has it, whenever that is on disk.
struct TellAgent: ControlVerb {
  static let name = "agent"

  private let desk: AgentDesk

  init(_ core: GatewayCore) { desk = AgentDesk(core) }

  func answer(_ request: JSONValue, _ done: @escaping @Sendable (ControlAnswer) -> Void) {
    if let why = desk.take(request["event"]) { return done(ControlAnswer(.refused, why)) }
    done(ControlAnswer { _ in })
  }
}
