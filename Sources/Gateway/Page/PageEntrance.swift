import Bytes
import Foundation
import Model
import Policy
import SSHKeys

/// Lets people in to the page: by a certificate that their SSH key signs for their browser's own key, or by a security token
/// that the browser asks. Whoever is in has proven to hold a key of one of the signers.
struct PageEntrance: Sendable {
  /// Seconds by which clocks may differ.
  static let skew: Int64 = 300

  let core: GatewayCore
  let rules: PageRules
  /// What browsers say that the page's own requests come from.
  let origins: Set<String>

  /// The name under which security tokens know the page (W3C Web Authentication §5.1.2, RP ID).
  var application: String { rules.origin?.host ?? "localhost" }

  // MARK: Steps

  /// `{"key":"ecdsa-sha2-nistp256 …"}`, or `{}` for a token.
  func begin(_ request: JSONValue, browser: String, address: String) -> ControlAnswer {
    var key: SSHPublicKey?
    if let line = request["key"]?.string {
      guard let read = try? SSHPublicKey(line: line), !read.isCertificate else {
        return ControlAnswer(.malformed, "key is no public key of SSH")
      }
      key = read
    }
    guard let namespace = core.approvals?.loginNamespace else {
      return ControlAnswer(.failed, "the approvals cannot be read; see the gateway's log")
    }
    let page = rules.origin?.origin ?? origins.min() ?? ""
    guard let pending = core.logins.begin(key: key, page: page, browser: browser, address: address, at: core.now())
    else { return ControlAnswer(.failed, "there are no random numbers") }
    return ControlAnswer { json in
      json.member("code", pending.code)
      json.member("text", pending.text)
      json.member("namespace", namespace)
      json.member("application", application)
      json.member("fingerprint", key?.fingerprint)
      json.member("hours", String(max(1, rules.longestSeconds / 3_600)))
      json.member("socket", rules.socket)
    }
  }

  /// `{"code":"…"}`: whether somebody certified the browser's key.
  func look(_ request: JSONValue) -> ControlAnswer {
    guard let pending = pending(request) else { return Self.gone }
    return ControlAnswer { json in json.member("certificate", pending.certificate.map { "\($0)" }) }
  }

  /// `{"code":"…","certificate":"…"}`: what somebody made with `ssh-keygen -s` and typed in.
  func take(_ request: JSONValue) -> ControlAnswer {
    guard let pending = pending(request) else { return Self.gone }
    return take(request["certificate"]?.string ?? "", for: pending)
  }

  func take(_ line: String, for pending: PageLogins.Pending) -> ControlAnswer {
    guard let certificate = try? SSHPublicKey(line: line), let facts = certificate.certificate else {
      return ControlAnswer(.malformed, "that is no certificate of SSH: a line of a file …-cert.pub")
    }
    guard certificate.plain == pending.key else {
      return ControlAnswer(.refused, "the certificate is of another key than this browser's")
    }
    if let problem = problem(of: facts) { return ControlAnswer(.refused, problem) }
    core.logins.note(certificate, of: pending.code)
    core.log.write(
      .info, "page certificate",
      [
        "names": facts.principals.joined(separator: ","), "by": facts.authority.fingerprint,
        "key": certificate.fingerprint,
      ])
    return ControlAnswer { json in json.member("names", facts.principals) }
  }

  /// What the certificate says of its time; whether it counts, the signers tell.
  private func problem(of certificate: SSHCertificate) -> String? {
    let now = core.now().seconds
    if let problem = certificate.problem(principal: nil, at: UInt64(clamping: now)) {
      return "the certificate is not one to log in with: \(problem)"
    }
    let last = UInt64(clamping: now + rules.longestSeconds + Self.skew)
    guard certificate.validBefore <= last else {
      return
        "the certificate is valid for longer than \(rules.longestSeconds / 60) minutes, the longest that is taken here"
    }
    return nil
  }

  /// `{"code":"…","signature":"…"}`, or `assertion` in its place: the browser proves that it has the key.
  ///
  /// - Returns: the answer, and what the browser shows from then on.
  func finish(_ request: JSONValue) -> (ControlAnswer, secret: String?) {
    guard let desk = core.approvals, let namespace = desk.loginNamespace else {
      return (ControlAnswer(.failed, "the approvals cannot be read; see the gateway's log"), nil)
    }
    guard let pending = pending(request) else { return (Self.gone, nil) }
    let message = Array(pending.text.utf8)
    guard let signature = signature(request, of: pending, namespace, message) else {
      return (ControlAnswer(.refused, "no key of the signers signed that"), nil)
    }
    if let facts = signature.key.certificate, let problem = problem(of: facts) {
      return (ControlAnswer(.refused, problem), nil)
    }
    let now = core.now()
    switch desk.reader(of: signature, over: message, at: now) {
    case .refused(let why)?: return refuse(pending, why)
    case nil: return (ControlAnswer(.failed, "the approvals cannot be read; see the gateway's log"), nil)
    case .known(let name)?:
      var until = now.adding(seconds: rules.longestSeconds)
      if let end = signature.key.certificate?.validBefore {
        until = min(until, Timestamp.epoch.adding(seconds: Int64(clamping: end)))
      }
      let reader = PageReader(name: name, key: signature.key, until: until)
      guard let secret = core.logins.enter(reader, by: pending.code, at: now) else { return (Self.gone, nil) }
      core.log.write(
        .notice, "page login",
        ["by": name, "key": signature.key.plain.fingerprint, "address": pending.address, "browser": pending.browser])
      return (ControlAnswer { reader.write(to: &$0) }, secret)
    }
  }

  private func refuse(_ pending: PageLogins.Pending, _ why: String) -> (ControlAnswer, secret: String?) {
    core.log.write(.warning, "page login refused", ["address": pending.address, "reason": why])
    return (ControlAnswer(.refused, why), nil)
  }

  // MARK: Parts

  private static let gone = ControlAnswer(.missing, "that login is over; begin again")

  private func pending(_ request: JSONValue) -> PageLogins.Pending? {
    request["code"]?.string.flatMap { core.logins.pending($0, at: core.now()) }
  }

  private func signature(
    _ request: JSONValue, of pending: PageLogins.Pending, _ namespace: String, _ message: [UInt8]
  ) -> SSHSignature? {
    if let armored = request["signature"]?.string {
      guard let key = pending.key, let signature = try? SSHSignature(armored: Array(armored.utf8)),
        signature.key.plain == key
      else { return nil }
      return signature
    }
    guard pending.key == nil, let assertion = request["assertion"] else { return nil }
    // Which of its keys a token takes, the browser does not tell.
    for key in core.approvals?.tokens(application: application) ?? [] {
      if let signature = self.signature(assertion, namespace, key), signature.isValid(over: message) {
        return signature
      }
    }
    return nil
  }

  /// What a token signed on this page.
  func signature(_ assertion: JSONValue, _ namespace: String, _ key: SSHPublicKey) -> SSHSignature? {
    func bytes(_ name: String) -> [UInt8] { Array(Data(base64Encoded: assertion[name]?.string ?? "") ?? Data()) }
    let read = WebAuthnAssertion(
      clientData: bytes("client"), authenticatorData: bytes("authenticator"), signature: bytes("signature"))
    guard let signature = try? SSHSignature(read, namespace: namespace, key: key),
      let origin = signature.origin, origins.contains(origin)
    else { return nil }
    return signature
  }
}

extension PageReader {
  func write(to json: inout JSONWriter) {
    json.member("name", name)
    json.member("key", "\(key)")
    json.member("fingerprint", key.plain.fingerprint)
    json.member("until", until.formatted(fractionDigits: 0))
  }
}
