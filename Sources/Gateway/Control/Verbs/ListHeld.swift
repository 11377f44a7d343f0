import Bytes
import Model

/// `{"ask":"list"}`: what waits, the oldest first, and the last that wait no more, the latest first.
struct ListHeld: ControlVerb {
  static let name = "list"
  /// Characters of a statement in the list.
  private static let textLimit = HeldRequest.keptTextLimit
  private static let pastLimit = 20

  private let core: GatewayCore

  init(_ core: GatewayCore) { self.core = core }

  func answer(_ request: JSONValue, _ done: @escaping @Sendable (ControlAnswer) -> Void) {
    let held = core.held.all
    let past = core.held.past(limit: Self.pastLimit)
    done(
      ControlAnswer { json in
        json.key("held")
        json.array { json in
          for one in held {
            json.object { json in
              one.writeHead(to: &json)
              one.writeConnection(to: &json)
              json.member("verb", one.parts.first { $0.isWanting }?.action.verb)
              json.member("text", String(one.text.prefix(Self.textLimit)))
            }
          }
        }
        json.key("over")
        json.array { json in for one in past { one.write(to: &json) } }
      })
  }
}
