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
  private let token: Token?
  /// Why the token does not count though it is known.
  private let objection: String?
  private var scram: ScramServer?
  private var hasBegun = false

  init(_ startup: ClientStartup, listener: PostgresListener, token: Token?, now: Timestamp) {
    self.startup = startup
    way = listener.authentication
    self.token = token
    objection = token?.objection(at: now, listener: listener.name)
    guard way == .scram, let nonce = PasswordHashing.random(18) else { return }
    let usable = objection == nil ? token?.scram : nil
    if let verifier = usable ?? listener.decoy(for: startup.user) {
      scram = ScramServer(verifier, isDecoy: usable == nil, nonce: nonce)
    }
  }

  /// What the client is asked.
  func begin() -> ByteBuffer {
    switch way {
    case .password: ClientAnswer.authentication(3)
    case .scram: ClientAnswer.authentication(10, Array("SCRAM-SHA-256\0\0".utf8))
    }
  }

  /// The next message is a password as it is.
  var isSecretNext: Bool { way == .password }

  func take(_ body: [UInt8]) -> Step {
    switch way {
    case .password: takePassword(body)
    case .scram: takeScram(body)
    }
  }

  private func takePassword(_ body: [UInt8]) -> Step {
    guard body.last == 0 else { return .refused("a damaged password message") }
    let secret = Array(body.dropLast())
    // An unknown name takes as long as a wrong password.
    guard let token else {
      _ = SHA256.digest(of: secret.span)
      return .refused("there is no such token")
    }
    guard token.matches(secret: secret) else { return .refused("the token's secret is wrong") }
    if let objection { return .refused(objection) }
    return .accepted(token, ClientAnswer.authentication(0))
  }

  private func takeScram(_ body: [UInt8]) -> Step {
    guard hasBegun else {
      hasBegun = true
      var reader = ByteReader(body.span)
      guard (try? reader.readCString().string) == "SCRAM-SHA-256", let count = try? reader.readUInt32(),
        count <= UInt32(ScramServer.messageLimit), let first = try? reader.read(Int(count)).array, reader.isAtEnd,
        let reply = scram?.answer(first: first)
      else { return .refused("no SCRAM-SHA-256") }
      return .more(ClientAnswer.authentication(11, reply))
    }
    guard let reply = scram?.answer(final: body), let token else {
      return .refused(objection ?? (token == nil ? "there is no such token" : "the token's secret is wrong"))
    }
    var last = ClientAnswer.authentication(12, reply)
    last.writeImmutableBuffer(ClientAnswer.authentication(0))
    return .accepted(token, last)
  }
}
