import Bytes
import Dispatch
import Model
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Policy
import SSHKeys
import Synchronization

/// The page with what waits, for browsers. It asks and answers what the gateway's socket does; only who is logged in may.
final class PageServer: Sendable {
  /// Connections at once.
  static let connectionLimit = 128
  /// Until a connection asks again.
  static let idleLimit = TimeAmount.seconds(60)

  private let core: GatewayCore
  private let rules: PageRules
  private let verbs: [String: any ControlVerb]
  private let connections = Mutex(0)
  /// Signatures are verified here, and not where sessions are served.
  private let queue = DispatchQueue(label: "exhibit-page", attributes: .concurrent)

  init(_ core: GatewayCore, _ rules: PageRules) {
    (self.core, self.rules) = (core, rules)
    let known: [any ControlVerb.Type] = [ListHeld.self, ShowHeld.self, DecideHeld.self]
    verbs = Dictionary(uniqueKeysWithValues: known.map { ($0.name, $0.init(core)) })
  }

  func start(on group: any EventLoopGroup) throws -> any Channel {
    let tls = try rules.tls.map { try $0.context(try NIOSSLCertificate.fromPEMFile($0.certificateFile)) }
    let channel = try ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.backlog, value: 64)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
          try pipeline.addHandler(IdleStateHandler(allTimeout: Self.idleLimit))
          try pipeline.configureHTTPServerPipeline()
          try pipeline.addHandler(PageSide(self))
        }
      }
      .bind(host: rules.place.host, port: rules.place.port).wait()
    let origins = rules.origins(port: channel.localAddress?.port ?? rules.place.port)
    core.set(PageEntrance(core: core, rules: rules, origins: origins))
    return channel
  }

  /// Takes a connection; false when there are too many.
  func enter() -> Bool {
    connections.withLock { count in
      guard count < PageServer.connectionLimit else { return false }
      count += 1
      return true
    }
  }

  func leave() { connections.withLock { $0 -= 1 } }

  var isEncrypted: Bool { rules.isEncrypted }

  // MARK: Requests

  /// Answers once, on any thread.
  func answer(_ request: PageRequest, _ done: @escaping @Sendable (PageAnswer) -> Void) {
    guard let entrance = core.entrance else { return done(PageAnswer(.serviceUnavailable, "not yet; try again")) }
    if let refusal = request.refusal(entrance.origins) { return done(refusal) }
    if request.method == .GET || request.method == .HEAD { return done(PageContent.answer(request)) }
    queue.async { [self] in decide(request, entrance, done) }
  }

  private func decide(
    _ request: PageRequest, _ entrance: PageEntrance, _ done: @escaping @Sendable (PageAnswer) -> Void
  ) {
    guard let json = JSONValue.document(in: request.content), json.isObject else {
      return done(PageAnswer(ControlAnswer(.malformed, "a request is one JSON object")))
    }
    switch request.path {
    case "/login":
      done(PageAnswer(entrance.begin(json, browser: request.browser, address: request.address)))
    case "/login/look": done(PageAnswer(entrance.look(json)))
    case "/login/certificate": done(PageAnswer(entrance.take(json)))
    case "/login/finish":
      let (answer, secret) = entrance.finish(json)
      var page = PageAnswer(answer)
      page.cookie = secret.map { cookie($0, until: entrance.rules.longestSeconds) }
      done(page)
    case "/logout":
      if let secret = request.cookie(cookieName) { core.logins.leave(showing: secret) }
      var page = PageAnswer(ControlAnswer { _ in })
      page.cookie = cookie("", until: 0)
      done(page)
    case "/me": done(PageAnswer(ControlAnswer { reader(request)?.write(to: &$0) }))
    case "/ask": ask(request, json, entrance, done)
    default: done(PageAnswer(.notFound, "there is no \(request.path)"))
    }
  }

  private func ask(
    _ request: PageRequest, _ json: JSONValue, _ entrance: PageEntrance,
    _ done: @escaping @Sendable (PageAnswer) -> Void
  ) {
    guard let reader = reader(request) else { return done(PageAnswer(.unauthorized, "log in first")) }
    guard let verb = json["ask"]?.string.flatMap({ verbs[$0] }) else {
      let known = verbs.keys.sorted().joined(separator: ", ")
      return done(PageAnswer(ControlAnswer(.unknownVerb, "what can be asked for is \(known)")))
    }
    verb.answer(signed(json, by: reader, entrance)) { done(PageAnswer($0)) }
  }

  private func reader(_ request: PageRequest) -> PageReader? {
    request.cookie(cookieName).flatMap { core.logins.reader(showing: $0, at: core.now()) }
  }

  /// A decision that a security token signed, with the signature in the form that the socket takes.
  private func signed(_ json: JSONValue, by reader: PageReader, _ entrance: PageEntrance) -> JSONValue {
    guard json["ask"]?.string == DecideHeld.name, let assertion = json["assertion"],
      let stance = json["stance"]?.string.flatMap({ Approval.Stance(rawValue: $0) }),
      let signature = entrance.signature(
        assertion, stance.namespace(of: core.policy.policy.approvals.namespace), reader.key)
    else { return json }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("ask", DecideHeld.name)
      writer.member("id", json["id"]?.string)
      writer.member("reason", json["reason"]?.string)
      writer.member("signature", signature.armored)
    }
    return JSONValue.document(in: writer.take()) ?? json
  }

  // MARK: Cookies

  private var cookieName: String { isEncrypted ? "__Host-exhibit" : "exhibit" }

  private func cookie(_ secret: String, until seconds: Int64) -> String {
    "\(cookieName)=\(secret); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict\(isEncrypted ? "; Secure" : "")"
  }
}
