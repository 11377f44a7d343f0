import Bytes
import Foundation
import Model
import NIOCore
import Policy

/// `{"ask":"show","id":"7"}`: all that is known of one request that waits, its exact bytes among it.
struct ShowHeld: ControlVerb {
  static let name = "show"
  /// Bytes of the request that are shown; how many there are is always told.
  static let byteLimit = 1 << 20
  /// Requests of the same identity before this one.
  private static let pastLimit = 10

  private let core: GatewayCore

  init(_ core: GatewayCore) { self.core = core }

  func answer(_ request: JSONValue, _ done: @escaping @Sendable (ControlAnswer) -> Void) {
    guard let held = core.held.find(request, done) else { return }
    guard let estimate = held.estimate else { return done(answer(held, nil)) }
    estimate.ask { done(answer(held, $0)) }
  }

  private func answer(_ held: HeldRequest, _ estimate: RowEstimate?) -> ControlAnswer {
    let domain = core.policy.policy.approvals.namespace
    let signed = held.posted.flatMap { core.approvals?.signatures(under: $0, at: core.now()) } ?? []
    return ControlAnswer { json in
      held.writeHead(to: &json)
      held.writeConnection(to: &json)
      json.key("context")
      json.object { json in for (name, value) in held.context { json.member(name, value) } }
      if let told = core.prompts.told(held.context) {
        json.key("prompt")
        told.write(to: &json)
      }
      json.member("text", held.text)
      json.member("difference", held.difference)
      json.key("message")
      json.object { json in
        let shown = held.message.readableBytesView.prefix(Self.byteLimit)
        json.member("type", held.type)
        json.member("head_count", held.headCount)
        json.member("byte_count", held.message.readableBytes)
        json.member("base64", Data(shown).base64EncodedString())
      }
      json.key("statements")
      json.array { json in for part in held.parts { part.write(to: &json) } }
      json.member("before", held.before)
      json.member("settings", held.settings)
      json.member("namespace", domain)
      json.key("request")
      if let posted = held.posted {
        json.object { json in
          json.member("file", posted.file)
          json.member("sha256", SHA256.digest(of: posted.text).hex)
          json.member("text", posted.text)
        }
      } else {
        json.null()
      }
      json.key("signatures")
      json.array { json in
        for one in signed {
          json.object { json in
            json.member("stance", one.stance.rawValue)
            json.member("by", one.name)
            json.member("key", one.key)
          }
        }
      }
      json.key("history")
      json.array { json in
        for one in core.held.past(of: held.identity, limit: Self.pastLimit) { one.write(to: &json) }
      }
      estimate?.write(to: &json)
    }
  }
}

extension HeldRequest.Part {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("text", action.text)
      json.member("parameters", action.parameters)
      json.member("verb", action.verb)
      json.member("effect", action.effect.rawValue)
      json.member("resources", action.resources.map { "\($0)" })
      json.member("shape", action.fingerprint)
      json.member("rule", rule)
      json.member("reason", reason)
      json.member("needs_approval", isWanting)
    }
  }
}

extension HeldBook {
  /// The request that `id` names; answers when there is none.
  func find(_ request: JSONValue, _ done: (ControlAnswer) -> Void) -> HeldRequest? {
    guard let id = request["id"]?.string.flatMap({ UInt64($0) }) else {
      done(ControlAnswer(.malformed, "id is missing: a text with the number that list gives"))
      return nil
    }
    if let held = self[id] { return held }
    let over = end(of: id).map { "; it is over: \($0.outcome.rawValue), \($0.reason)" } ?? ""
    done(ControlAnswer(.missing, "no request \(id) waits\(over)"))
    return nil
  }
}
