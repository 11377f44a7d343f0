import Bytes
import Foundation
import Model

/// How a client of HTTP proves that a token is its own: with each request, or with its certificate.
final class HTTPLogin {
  enum Outcome {
    case accepted(Token)
    /// Nothing was given.
    case missing
    /// Why not, for the gateway's log.
    case refused(String)
  }

  /// Characters of what may stand behind a user's name.
  private static let markLimit = 256

  private let core: GatewayCore
  private let listener: String
  private let way: GatewayConfiguration.Authentication
  private let field: String
  /// What was given and accepted before on this connection: a token for one connection is good for its next requests.
  private var accepted: (secret: [UInt8], token: Token)?

  init(_ core: GatewayCore, _ listener: HTTPListener) {
    (self.core, self.listener, way) = (core, listener.name, listener.authentication)
    field = listener.rules.tokenField ?? (listener.isProxy ? "proxy-authorization" : "authorization")
    fields = way.wantsPassword ? [field, "proxy-authorization"] : ["proxy-authorization"]
  }

  /// The fields in which credentials stand that are the gateway's own.
  let fields: Set<String>

  /// `chain`: what the client showed while TLS was set up, its own certificate first.
  func read(_ head: RequestHead, _ chain: [ClientCertificate]) -> Outcome {
    guard way.wantsPassword else { return certified(chain) }
    let given = head.fields.filter { $0.key == field }
    guard let first = given.first else { return .missing }
    guard given.count == 1 else { return .refused("there are two \(field) fields") }
    if let accepted, PasswordHashing.isEqual(accepted.secret, first.value) { return stillHolds(accepted.token) }
    let outcome = proven(first.value, chain)
    if case .accepted(let token) = outcome { accepted = (first.value, token) }
    return outcome
  }

  /// Whether a token that let in before does so still.
  func stillHolds(_ token: Token) -> Outcome {
    switch token.grounds {
    case .signature, .issued:
      if let objection = core.objection(toSigned: token, listener: listener, isStrict: true) {
        return .refused(objection)
      }
    case .secret, .certificate, .publicKey, .userCertificate:
      guard let known = core.token(token.name) else { return .refused("there is no such token any more") }
      guard known.isSame(as: token) else { return .refused("the token was changed") }
    }
    if let objection = token.objection(at: core.now(), listener: listener) { return .refused(objection) }
    return .accepted(token)
  }

  private func proven(_ value: [UInt8], _ chain: [ClientCertificate]) -> Outcome {
    var (name, secret): (String?, [UInt8]) = (nil, value)
    var mark: String?
    if field == "authorization" || field == "proxy-authorization" {
      guard let blank = value.firstIndex(of: 0x20) else { return .refused("the credentials have no scheme") }
      let scheme = String(decoding: value[..<blank], as: UTF8.self).lowercased()
      let rest = Array(value[(blank + 1)...].drop { $0 == 0x20 })
      switch scheme {
      case "bearer": secret = rest
      case "basic":
        guard let bytes = Data(base64Encoded: Data(rest)).map({ Array($0) }),
          let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { return .refused("the Basic credentials cannot be read") }
        (name, mark) = named(bytes[..<colon])
        secret = Array(bytes[(colon + 1)...])
      default: return .refused("the credentials are neither Basic nor Bearer")
      }
    }
    if way == .password, name.flatMap({ core.token($0) }) == nil,
      let signed = core.signedToken(secret, user: name, listener: listener)
    {
      switch signed {
      case .success(var token):
        token.mark = mark
        return .accepted(token)
      case .failure(let refusal): return .refused("\(refusal)")
      }
    }
    guard var token = core.token(secret: secret, named: name) else {
      return .refused("there is no such token, or its secret is wrong")
    }
    if let objection = token.objection(at: core.now(), listener: listener) { return .refused(objection) }
    if way.wantsCertificate {
      if let objection = core.objection(to: chain, of: token, listener: listener) { return .refused(objection) }
      token.grounds = .certificate(chain, withSecret: true)
    }
    token.mark = mark
    return .accepted(token)
  }

  /// A user's name, and what stands behind a semicolon in it, unless that is part of a name that is known.
  private func named(_ user: ArraySlice<UInt8>) -> (name: String, mark: String?) {
    let whole = String(decoding: user, as: UTF8.self)
    guard let cut = whole.firstIndex(of: ";"), core.token(whole) == nil else { return (whole, nil) }
    return (String(whole[..<cut]), String(whole[whole.index(after: cut)...].prefix(Self.markLimit)))
  }

  /// By the certificate alone: it must be that of one token and no other.
  private func certified(_ chain: [ClientCertificate]) -> Outcome {
    guard let first = chain.first else { return .missing }
    if let objection = core.objection(to: chain, of: nil, listener: listener) { return .refused(objection) }
    let named = core.tokens(of: first).filter { $0.listeners.isEmpty || $0.listeners.contains(listener) }
    guard var token = named.first, named.count == 1 else {
      return .refused(named.isEmpty ? "the certificate is of no token" : "the certificate is of several tokens")
    }
    if let objection = token.objection(at: core.now(), listener: listener) { return .refused(objection) }
    token.grounds = .certificate(chain, withSecret: false)
    return .accepted(token)
  }
}

extension GatewayCore {
  /// The token with that secret, and with that name if one is given.
  func token(secret: [UInt8], named name: String?) -> Token? {
    if let name { return token(name).flatMap { $0.matches(secret: secret) ? $0 : nil } }
    let digest = SHA256.digest(of: secret.span)
    return tokens.first { $0.digest.map { PasswordHashing.isEqual($0.bytes, digest.bytes) } ?? false }
  }

  /// The tokens whose owner has that certificate.
  func tokens(of certificate: ClientCertificate) -> [Token] {
    tokens.filter { $0.certificate?.match(certificate) == true }
  }
}
