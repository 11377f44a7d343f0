import Bytes

/// One thing that can be asked for on the gateway's socket: `{"ask":"NAME", …}`.
protocol ControlVerb: Sendable {
  static var name: String { get }

  init(_ core: GatewayCore)

  /// Answers, at once or later, exactly once; on any thread but an event loop's.
  func answer(_ request: JSONValue, _ done: @escaping @Sendable (ControlAnswer) -> Void)
}

/// What can be asked for.
enum ControlCatalog {
  static let verbs: [any ControlVerb.Type] = [
    ListHeld.self, ShowHeld.self, DecideHeld.self, CertifyLogin.self, TellAgent.self,
  ]
}

/// A line of the gateway's: `{"ok":true, …}`, or `{"ok":false,"code":"…","error":"…"}`.
struct ControlAnswer: Sendable {
  /// What kind of no it is.
  enum Code: String, Sendable {
    /// No request of this protocol, or a part of it is missing or too long.
    case malformed
    case unknownVerb = "unknown-verb"
    /// Nothing of that name waits.
    case missing
    /// A signature that does not count.
    case refused
    /// The gateway cannot do it now.
    case failed
    /// Too many connections.
    case busy
  }

  /// With a line feed.
  let bytes: [UInt8]
  /// Nil for a yes.
  let code: Code?

  init(_ content: (inout JSONWriter) -> Void) {
    var json = JSONWriter()
    json.object { json in
      json.member("ok", true)
      content(&json)
    }
    json.newline()
    bytes = json.take()
    code = nil
  }

  init(_ code: Code, _ reason: String) {
    var json = JSONWriter()
    json.object { json in
      json.member("ok", false)
      json.member("code", code.rawValue)
      json.member("error", reason)
    }
    json.newline()
    bytes = json.take()
    self.code = code
  }
}
