import Glibc
import Model
import Policy

/// Who the client is, and the way to the target.
extension SSHConnection {
  /// Tries that a client has.
  private static let attemptLimit = 16
  /// Milliseconds between two looks at the time.
  private static let loginTurn: Int32 = 100

  /// Until the client has proven who it is, and the target let the gateway in, or could not.
  func logIn() throws {
    let end = ContinuousClock.now.advanced(by: .seconds(core.limits.loginSeconds))
    let login = SSHLogin(core: core, listener: listener, client: client)
    var attempts = 0
    while token == nil {
      for letter in mailbox.take() {
        switch letter {
        case .drain, .lose, .revoke: throw End(reason: "gateway shut down")
        case .again, .reread: continue
        }
      }
      while token == nil, let message = session.nextMessage() {
        attempts += 1
        guard attempts <= 2 * Self.attemptLimit else { throw refuseLogin("too many tries") }
        try take(message, login)
      }
      guard token == nil else { return }
      guard session.isConnected else { throw End(reason: "client closed") }
      guard ContinuousClock.now < end else { throw refuseLogin("it took too long to log in") }
      _ = poll.wait(milliseconds: Self.loginTurn)
    }
  }

  private func refuseLogin(_ why: String) -> End {
    core.log.write(.notice, "login failed", ["session": id, "reason": why])
    core.metrics.count(.refusedLogin)
    return End(reason: why)
  }

  private func take(_ message: LibsshMessage, _ login: SSHLogin) throws {
    switch message.ask {
    case .service(let name):
      try record.add(SSHTranscript.serviceRequest(name), from: .fromClient)
      guard name == "ssh-userauth" else { throw refuseLogin("the service \(name) is none") }
      try record.add(SSHTranscript.serviceAccept(name), from: .fromServer)
      try record.wait()
      message.acceptService()
    case .login(let user, let means):
      try record.add(SSHTranscript.login(user, means), from: .fromClient)
      switch login.judge(user, means) {
      case .acceptable:
        guard case .key(let key) = means else { return message.refuse() }
        try record.add(SSHTranscript.keyAccepted(key.blob), from: .fromServer)
        try record.wait()
        message.acceptKey()
      case .refused(let why):
        try refuse(message, user, means, why)
      case .accepted(let token, let permissions):
        guard core.enter(token.name) else {
          return try refuse(message, user, means, "too many sessions of \(token.name)")
        }
        try enter(token, permissions, user, message)
      }
    default: message.refuse()
    }
  }

  private func refuse(
    _ message: LibsshMessage, _ user: String, _ means: LibsshMessage.LoginMeans, _ why: String
  ) throws {
    if case .none = means {
    } else {
      core.log.write(.notice, "login failed", ["session": id, "user": user, "reason": why])
      core.metrics.count(.refusedLogin)
    }
    let methods = [
      rules.means.isDisjoint(with: [.publicKey, .certificate]) ? nil : "publickey",
      rules.means.contains(.password) ? "password" : nil,
    ]
    try record.add(SSHTranscript.loginFailure(methods.compactMap { $0 }.joined(separator: ",")), from: .fromServer)
    try record.wait()
    message.refuse()
  }

  private func enter(
    _ token: Token, _ permissions: SSHPermissions, _ user: String, _ message: LibsshMessage
  ) throws {
    (self.token, self.permissions) = (token, permissions)
    let (mailbox, name) = (mailbox, listener.name)
    let owner = SessionOwner(
      token: token, listener: name, revoke: { mailbox.post(.revoke($0)) }, lose: { _ in mailbox.post(.lose) })
    core.enlist(
      id, owner, target: rules.target.name, drain: { mailbox.post(.drain(isNow: $0)) },
      reread: { mailbox.post(.reread) })
    var addition = opening
    addition.part = .addition
    addition.user = rules.target.user
    addition.add(token)
    connect(&addition)
    try record.note(.opening(addition))
    try record.add(SSHTranscript.loginSuccess, from: .fromServer)
    try record.wait()
    begin(token, user)
    message.acceptLogin()
  }

  /// Reaches for the target; the client hears of it that there is none where a program would have run.
  private func connect(_ addition: inout SessionOpening) {
    do throws(SSHFault) {
      let target = try LibsshSession(
        to: rules.target, over: try relayed(), seconds: core.limits.loginSeconds)
      SSHSocket.prepare(target.descriptor, probeSeconds: core.limits.probeSeconds)
      try poll.add(target)
      addition.source = SSHSocket.endpoint(of: target.descriptor, isPeer: false)?.description
      self.target = target
    } catch {
      targetProblem = "\(rules.target.name) cannot be reached: \(error)"
      core.log.write(.warning, "target unreachable", ["session": id, "reason": targetProblem])
    }
  }

  /// A socket to a target that has a relay, and is reached in no other way.
  private func relayed() throws(SSHFault) -> Int32? {
    guard let relay = rules.target.relay else { return nil }
    do { return try core.relays.descriptor(to: rules.target.place, over: relay) } catch { throw SSHFault("\(error)") }
  }

  private func begin(_ token: Token, _ user: String) {
    let now = core.now()
    let session = Session(
      id: id, protocolName: "ssh", client: client.description, server: rules.target.server, user: user,
      application: opening.application, agent: token.agent, human: token.human, startedAt: now, endedAt: now)
    var flow = Flow(
      id: FlowID(0), client: client, server: opening.gateway, role: .handshake, openedAt: now, origin: .unknown,
      sawHandshake: true)
    flow.serverName = rules.target.server
    judge = CommandJudge(session, flow: flow, host: rules.target.host, secrets: listener.secrets)
  }
}
