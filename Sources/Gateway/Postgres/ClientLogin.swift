import Bytes
import Model
import NIOCore

/// How a client proves that a token is its own.
final class ClientLogin {
  enum Step {
    case more(ByteBuffer)
    case refused(String)
    /// With what is still to be said.
    case accepted(Token, ByteBuffer?)
  }

  let startup: ClientStartup
  private let way: GatewayConfiguration.Authentication
  private let listener: String
  private let core: GatewayCore
  private let token: Token?
  /// Why the token does not count though it is known.
  private let objection: String?
  private var scram: ScramServer?
  private var hasBegun = false
  /// What the client showed while TLS was set up.
  private let chain: [ClientCertificate]

  // `isSecure`: TLS is between the client and the gateway.
  init(
    _ startup: ClientStartup, listener: PostgresListener, core: GatewayCore, certificates: [ClientCertificate],
    isSecure: Bool
  ) {
    self.startup = startup
    (way, self.listener, self.core) = (listener.authentication, listener.name, core)
    chain = certificates
    let token = core.token(startup.user)
    self.token = token
    objection =
      token?.objection(at: core.now(), listener: listener.name)
      ?? (listener.authentication.wantsCertificate
        ? core.objection(to: certificates, of: token, listener: listener.name) : nil)
    guard way.wantsScram, let nonce = PasswordHashing.random(18) else { return }
    let usable = objection == nil ? token?.scram : nil
    if let verifier = usable ?? listener.decoy(for: startup.user) {
      scram = ScramServer(
        verifier, isDecoy: usable == nil, nonce: nonce, endPoint: isSecure ? listener.endPoint : nil)
    }
  }

  /// What the client is asked, if a certificate alone does not do.
  func begin() -> Step {
    if way.wantsCertificate {
      guard !chain.isEmpty else { return .refused("no certificate") }
      if let objection { return .refused(objection) }
      guard token != nil else { return .refused("there is no such token") }
    }
    if way.wantsPassword { return .more(ClientAnswer.authentication(3)) }
    if way.wantsScram {
      let offer = (scram?.mechanisms ?? ["SCRAM-SHA-256"]).map { $0 + "\0" }.joined() + "\0"
      return .more(ClientAnswer.authentication(10, Array(offer.utf8)))
    }
    return accepted(ClientAnswer.authentication(0))
  }

  /// The next message is a password as it is.
  var isSecretNext: Bool { way.wantsPassword }

  func take(_ body: [UInt8]) -> Step { way.wantsPassword ? takePassword(body) : takeScram(body) }

  /// What the client is told when it is not let in: no more than PostgreSQL tells.
  var refusal: ClientAnswer.Trouble {
    let isBare = way.wantsCertificate && chain.isEmpty
    let kind = way.wantsCertificate ? "certificate" : "password"
    return ClientAnswer.Trouble(
      severity: "FATAL", code: way.wantsCertificate ? "28000" : "28P01",
      message: isBare
        ? "connection requires a valid client certificate"
        : "\(kind) authentication failed for user \"\(startup.user)\"")
  }

  private func accepted(_ last: ByteBuffer) -> Step {
    guard var token else { return .refused("there is no such token") }
    if way.wantsCertificate { token.grounds = .certificate(chain, withSecret: way != .certificate) }
    return .accepted(token, last)
  }

  private func takePassword(_ body: [UInt8]) -> Step {
    guard body.last == 0 else { return .refused("a damaged password message") }
    let secret = Array(body.dropLast())
    // An unknown name takes as long as a wrong password.
    guard let token else {
      if way == .password, let signed = core.signedToken(secret, user: startup.user, listener: listener) {
        switch signed {
        case .success(let token): return .accepted(token, ClientAnswer.authentication(0))
        case .failure(let refusal): return .refused("\(refusal)")
        }
      }
      _ = SHA256.digest(of: secret.span)
      return .refused("there is no such token")
    }
    guard token.matches(secret: secret) else { return .refused("the token's secret is wrong") }
    if let objection { return .refused(objection) }
    return accepted(ClientAnswer.authentication(0))
  }

  private func takeScram(_ body: [UInt8]) -> Step {
    guard hasBegun else {
      hasBegun = true
      var reader = ByteReader(body.span)
      guard let mechanism = try? reader.readCString().string, let count = try? reader.readUInt32(),
        count <= UInt32(ScramServer.messageLimit), let first = try? reader.read(Int(count)).array, reader.isAtEnd,
        let reply = scram?.answer(first: first, mechanism: mechanism)
      else { return .refused("no SCRAM-SHA-256") }
      return .more(ClientAnswer.authentication(11, reply))
    }
    guard let reply = scram?.answer(final: body), token != nil else {
      return .refused(objection ?? (token == nil ? "there is no such token" : "the token's secret is wrong"))
    }
    var last = ClientAnswer.authentication(12, reply)
    last.writeImmutableBuffer(ClientAnswer.authentication(0))
    return accepted(last)
  }
}
