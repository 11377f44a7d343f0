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
              one.writeConnection(to: &json)
              json.member("text", String(one.text.prefix(Self.textLimit)))
            }
          }
        }
      })
  }
}
