import Bytes
import Model

extension HeldRequest {
  /// Who, where, since when and why, in words of the gateway's own: nothing of what the client says.
  func writeHead(to json: inout JSONWriter) {
    json.member("id", String(id))
    json.member("session", session.id)
    json.member("identity", identity)
    json.member("human", session.human)
    json.member("agent", session.agent)
    json.member("run", run)
    json.member("target", target)
    json.member("database", session.target)
    json.member("since", since.formatted(fractionDigits: 0))
    json.member("until", until.formatted(fractionDigits: 0))
    json.member("rule", rule)
  }

  /// The connection, and why it waits still.
  func writeConnection(to json: inout JSONWriter) {
    json.member("client", session.client)
    json.member("application", session.application)
    json.member("protocol", session.protocolName)
    json.member("server", session.server)
    json.member("user", parts.first?.action.identity.user ?? session.user)
    json.member("reason", reason)
  }
}

extension HeldBook.Past {
  func write(to json: inout JSONWriter) {
    json.object { json in
      request.writeHead(to: &json)
      json.member("text", request.text)
      json.member("outcome", end.outcome.rawValue)
      json.member("reason", end.reason)
    }
  }
}

extension PromptBook.Told {
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("agent", agent)
      json.member("conversation", conversation)
      json.member("text", prompt)
      json.member("tool", tool)
      json.member("call", call)
    }
  }
}
