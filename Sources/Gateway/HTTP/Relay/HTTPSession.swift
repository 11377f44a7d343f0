import Model
import NIOCore
import Policy

/// What one client does at one place: a session of the recording. A connection that turns to another server, or to another
/// token, begins another.
final class HTTPSession {
  let id: String
  let place: HTTPPlace?
  let record: ClientRecord
  let judge: CallJudge
  /// Nil before the client has proven who it is.
  private(set) var token: Token?
  /// Of whose prompt the last request came.
  var context: PromptContext
  private let core: GatewayCore
  private let flow: Flow

  // `place` is nil for requests that lead nowhere.
  init(
    core: GatewayCore, listener: HTTPListener, place: HTTPPlace?, channel: any Channel, outbox: Outbox,
    isEncrypted: Bool, head: RequestHead
  ) throws {
    (self.core, self.place) = (core, place)
    id = core.nextSession()
    context = PromptContext(head)
    var opening = SessionOpening(
      protocolName: "http", client: Endpoint(channel.remoteAddress), gateway: Endpoint(channel.localAddress),
      target: place?.target.name)
    opening.upstream = place?.server
    opening.policy = core.policy.policy.sha256
    opening.isEncrypted = isEncrypted
    opening.application = head.fields["user-agent"]
    (opening.traceparent, opening.prompts) = (context.traceparent, context.ids)
    record = try core.record(opening, to: outbox)
    let now = core.now()
    let session = Session(
      id: id, protocolName: "http", client: opening.client.description, server: place?.server ?? "", startedAt: now,
      endedAt: now)
    var flow = Flow(
      id: FlowID(0), client: opening.client, server: opening.gateway, role: .handshake, openedAt: now, origin: .unknown,
      sawHandshake: true)
    flow.serverName = place?.server
    self.flow = flow
    judge = CallJudge(
      session, flow: flow, secrets: listener.secrets, isSecure: isEncrypted,
      heldLimit: listener.rules.limits.heldByteCount)
  }

  /// Whether a request of that token to that place is part of it.
  func isFor(_ place: HTTPPlace?, _ token: Token?) -> Bool {
    guard place.map({ $0.isSame(as: self.place) }) ?? (self.place == nil) else { return false }
    guard let known = self.token, let token else { return true }
    return known.name == token.name && known.isSame(as: token)
  }

  /// Whether the client says now that it acts for another prompt.
  func isOfOther(_ token: Token?) -> Bool {
    guard let known = self.token, let token else { return false }
    return known.mark != token.mark
  }

  /// Takes note of who the client is.
  func begin(_ token: Token, _ holder: any HTTPSessionHolder, listener: String) throws {
    self.token = token
    judge.begin(agent: token.agent, human: token.human)
    var addition = SessionOpening(protocolName: "http", client: flow.client, gateway: flow.server)
    addition.part = .addition
    addition.add(token)
    let claimed = PromptContext(in: [token.mark].compactMap(\.self))
    if context.isEmpty { context = claimed }
    (addition.traceparent, addition.prompts) = (claimed.traceparent, claimed.ids)
    _ = try record.note(.opening(addition))
    let loop = holder.loop
    let bound = NIOLoopBound(holder, eventLoop: loop)
    let owner = SessionOwner(
      token: token, listener: listener, revoke: { why in loop.execute { bound.value.revoke(why) } },
      lose: { error in loop.execute { bound.value.fail(recording: error) } })
    core.enlist(
      id, owner, target: place?.target.name ?? "",
      drain: { isNow in loop.execute { bound.value.drain(now: isNow) } },
      reread: { loop.execute { bound.value.rereadMasking() } })
  }

  func close(_ reason: String) {
    record.close(reason)
    if let token { core.delist(id, token, reason: reason) }
  }
}

/// Who has a session, and ends it when he is told so.
protocol HTTPSessionHolder: AnyObject {
  var loop: any EventLoop { get }
  func revoke(_ why: String)
  func fail(recording error: any Error)
  func drain(now isNow: Bool)
  func rereadMasking()
}

extension HTTPRelay: HTTPSessionHolder {}

extension PromptContext {
  /// What a request says of the prompt behind it.
  init(_ head: RequestHead, of token: Token? = nil) {
    self.init(in: ["traceparent", "baggage", "user-agent", "x-request-id"].compactMap { head.fields[$0] })
    if isEmpty, let mark = token?.mark { self.init(in: [mark]) }
  }
}
