import Model
import NIOCore
import Policy

/// What sessions of PostgreSQL begin and end with.
extension GatewayCore {
  /// Counts a session of an identity.
  func enterSession(_ name: String) throws(ClientAnswer.Trouble) {
    guard enter(name) else {
      throw ClientAnswer.Trouble(
        severity: "FATAL", code: "53300",
        message: "too many sessions of \"\(name)\": \(limits.sessionsPerIdentity) are allowed")
    }
  }

  /// Whether the client may have what it asks for at start-up.
  func admit(_ startup: ClientStartup, _ listener: PostgresListener) throws(ClientAnswer.Trouble) {
    guard listener.target.databases.contains(startup.database) else {
      throw ClientAnswer.Trouble(
        severity: "FATAL", code: "3D000", message: "database \"\(startup.database)\" is not offered here")
    }
    guard let replication = startup.replication else { return }
    let time = now()
    let session = Session(
      id: "", protocolName: "postgres", client: "", server: listener.target.place.description, user: startup.user,
      target: startup.database, application: startup.application, startedAt: time, endedAt: time)
    var action = Action(
      id: "", sessionID: "", sequence: 1, startedAt: time, kind: "replication", verb: "REPLICATION",
      text: "replication=\(replication)", effect: .unknown, status: .ok)
    action.identity = Identity(user: startup.user, target: startup.database, application: startup.application)
    let decision = policy.policy.decide(action, in: session)
    guard decision.isAcceptable else {
      throw ClientAnswer.Trouble(
        severity: "FATAL", code: "42501", message: "replication is refused by policy", detail: "rule: \(decision.rule)")
    }
  }

  /// A session as the policy sees it.
  func session(
    id: String, _ startup: ClientStartup, _ token: Token, _ listener: PostgresListener, _ channel: any Channel
  ) -> Session {
    let time = now()
    return Session(
      id: id, protocolName: "postgres", client: Endpoint(channel.remoteAddress).description,
      server: listener.target.place.description, user: startup.user, target: startup.database,
      application: startup.application, agent: token.agent, human: token.human, startedAt: time, endedAt: time)
  }

  func flow(_ session: Session, _ channel: any Channel, _ listener: PostgresListener) -> Flow {
    var flow = Flow(
      id: FlowID(0), client: Endpoint(channel.remoteAddress), server: Endpoint(channel.localAddress), role: .handshake,
      openedAt: session.startedAt, origin: .unknown, sawHandshake: true)
    flow.serverName = listener.target.place.description
    return flow
  }

  /// The session lives: it can be cancelled, and is told when the gateway goes down.
  func enlist(_ relay: PostgresRelay, _ listener: PostgresListener, _ welcome: TargetSide.Welcome) -> CancelBook.Key {
    let key = welcome.key
    let loop = relay.loop
    let bound = NIOLoopBound(relay, eventLoop: loop)
    let owner = SessionOwner(
      token: relay.token, listener: listener.name, revoke: { why in loop.execute { bound.value.revoke(why) } },
      lose: { error in loop.execute { bound.value.fail(recording: error) } })
    enlist(
      relay.id, owner, target: listener.target.name,
      drain: { isNow in loop.execute { bound.value.drain(now: isNow) } },
      reread: { loop.execute { bound.value.replaceMasking() } })
    let given = cancels.add(processID: welcome.processID) { [metrics] done in
      metrics.count(.cancel)
      loop.execute {
        if bound.value.cancelHold() || key.isEmpty { return done() }
        listener.cancel(key, on: loop, done)
      }
    }
    relay.key = given
    return given
  }

  func closed(_ relay: PostgresRelay, reason: String) {
    if let key = relay.key { cancels.remove(key) }
    delist(relay.id, relay.token, reason: reason)
    dropped()
  }

  /// Opens the recording of a connection.
  func record(_ startup: ClientStartup, listener: PostgresListener, channel: any Channel) throws -> ClientRecord {
    var opening = self.opening(listener, channel)
    opening.application = startup.application
    opening.database = startup.database
    let context = PromptTrail(startup).opening
    (opening.traceparent, opening.prompts) = (context.traceparent, context.ids)
    return try record(opening, to: LingeringOutbox(channel))
  }

  private func opening(_ listener: PostgresListener, _ channel: any Channel) -> SessionOpening {
    var opening = SessionOpening(
      protocolName: "postgres", client: Endpoint(channel.remoteAddress), gateway: Endpoint(channel.localAddress),
      target: listener.target.name)
    opening.upstream = listener.target.place.description
    opening.policy = policy.policy.sha256
    return opening
  }

  /// What is known when the client has proven who it is.
  func addition(
    _ startup: ClientStartup, _ token: Token, _ listener: PostgresListener, _ channel: any Channel
  ) -> SessionOpening {
    var opening = opening(listener, channel)
    opening.part = .addition
    opening.user = listener.target.user
    opening.database = startup.database
    opening.application = startup.application
    opening.add(token)
    return opening
  }

  /// What is known when the target let the gateway in: by what its log names the connection.
  func arrival(
    _ channel: any Channel, _ listener: PostgresListener, at target: any Channel, _ welcome: TargetSide.Welcome
  ) -> SessionOpening {
    var opening = opening(listener, channel)
    opening.part = .addition
    if target.localAddress?.port != nil { opening.source = Endpoint(target.localAddress).description }
    opening.process = welcome.processID.map(String.init)
    return opening
  }
}
