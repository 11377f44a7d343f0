import Bytes
import Model

/// `{"ask":"list"}`: what waits, the oldest first.
struct ListHeld: ControlVerb {
  static let name = "list"
  /// Characters of a statement in the list.
  private static let textLimit = 400

  private let core: GatewayCore

  init(_ core: GatewayCore) { self.core = core }

  func answer(_ request: JSONValue, _ done: @escaping @Sendable (ControlAnswer) -> Void) {
    let held = core.held.all
    done(
      ControlAnswer { json in
        json.key("held")
        json.array { json in
          for one in held {
            json.object { json in
              one.writeHead(to: &json)
              json.member("text", String(one.text.prefix(Self.textLimit)))
            }
          }
        }
      })
  }
}

extension HeldRequest {
  /// Who, where, since when and why.
  func writeHead(to json: inout JSONWriter) {
    json.member("id", String(id))
    json.member("session", session.id)
    json.member("identity", identity)
    json.member("human", session.human)
    json.member("agent", session.agent)
    json.member("run", run)
    json.member("client", session.client)
    json.member("application", session.application)
    json.member("target", target)
    json.member("protocol", session.protocolName)
    json.member("server", session.server)
    json.member("database", session.target)
    json.member("user", parts.first?.action.identity.user ?? session.user)
    json.member("since", since.formatted(fractionDigits: 0))
    json.member("until", until.formatted(fractionDigits: 0))
    json.member("rule", rule)
    json.member("reason", reason)
  }
}
