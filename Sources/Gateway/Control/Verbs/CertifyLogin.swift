import Bytes
import Model
import SSHKeys

/// `{"ask":"login","code":"…","authority":"ssh-ed25519 …"}`: which browser wants to log in to the page, and for whom that key may certify
/// its key; with `certificate` in place of `authority`: here it is.
struct CertifyLogin: ControlVerb {
  static let name = "login"

  private let core: GatewayCore

  init(_ core: GatewayCore) { self.core = core }

  func answer(_ request: JSONValue, _ done: @escaping @Sendable (ControlAnswer) -> Void) { done(answer(request)) }

  private func answer(_ request: JSONValue) -> ControlAnswer {
    guard let entrance = core.entrance else {
      return ControlAnswer(.failed, "this gateway has no page; see page in its configuration")
    }
    guard let code = request["code"]?.string, let pending = core.logins.pending(code, at: core.now()),
      let key = pending.key
    else { return ControlAnswer(.missing, "no browser waits with that code; look at the page, it may show another") }
    if let line = request["certificate"]?.string { return entrance.take(line, for: pending) }
    guard let line = request["authority"]?.string, let authority = try? SSHPublicKey(line: line) else {
      return ControlAnswer(.malformed, "authority is missing: the public key that is to sign, as in its .pub file")
    }
    let names = core.approvals?.certifiable(by: authority) ?? []
    guard !names.isEmpty else {
      return ControlAnswer(
        .refused,
        "the signers let \(authority.fingerprint) certify no browser; a line for that is: NAME cert-authority \(authority)"
      )
    }
    return ControlAnswer { json in
      json.member("key", "\(key)")
      json.member("fingerprint", key.fingerprint)
      json.member("browser", pending.browser)
      json.member("address", pending.address)
      json.member("since", pending.since.formatted(fractionDigits: 0))
      json.member("names", names)
      json.member("seconds", entrance.rules.longestSeconds)
    }
  }
}
