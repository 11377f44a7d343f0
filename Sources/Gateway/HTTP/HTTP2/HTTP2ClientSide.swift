import Model
import NIOCore
import NIOHTTP2
import NIOSSL
import Policy

/// The gateway's end of a client's connection of HTTP/2: one session, whose streams are requests that go their ways side by side.
///
/// Frames, header compression, flow control and floods are the library's part (`HTTP2Bounds` says how much is taken); what a
/// request may be is read here.
final class HTTP2ClientSide: ChannelInboundHandler, HTTPSessionHolder {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  let core: GatewayCore
  let listener: HTTPListener
  let loop: any EventLoop
  let connectionID: String
  let certificates: ShownCertificates
  let login: HTTPLogin
  /// The place of the CONNECT that it is within, and who asked for it.
  let inner: HTTPPlace?
  let innerToken: Token?
  let lines: HTTPTargetLines
  private let channel: any Channel
  private var session: HTTPSession?
  private var relays: [ObjectIdentifier: HTTPRelay] = [:]
  /// Streams that are not closed.
  private var streams: Set<ObjectIdentifier> = []
  private var lastStream: UInt32 = 0
  private var deadline: Scheduled<Void>?
  private let watch = FrameWatch(isClient: false)
  /// GOAWAY was said: no request is taken any more.
  private var isLeaving = false
  private var isOver = false
  private var isTurning = false
  /// What its session ended for.
  private var reason = "client closed"

  var isSecure: Bool { listener.tls != nil || inner != nil }

  /// For a connection on which nothing was asked yet.
  init(after relay: HTTPRelay) {
    (core, listener, loop, channel) = (relay.core, relay.listener, relay.loop, relay.channel)
    (connectionID, certificates, login) = (relay.connectionID, relay.certificates, relay.login)
    (inner, innerToken, lines) = (relay.inner, relay.innerToken, relay.lines)
  }

  /// Takes the place of the handlers for HTTP/1.1.
  func install() throws {
    let bound = NIOLoopBound(self, eventLoop: loop)
    let frames = NIOHTTP2Handler(
      mode: .server, eventLoop: loop, connectionConfiguration: HTTP2Bounds.connection(listener.rules.limits.head),
      streamConfiguration: HTTP2Bounds.stream
    ) { channel in
      channel.eventLoop.makeCompletedFuture { try bound.value.begin(channel) }
    }
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(watch)
    try pipeline.addHandler(frames)
    try pipeline.addHandler(self)
    // Windows and resets are always heard; what streams may send is bounded by their windows.
    try channel.syncOptions?.setOption(.autoRead, value: true)
    wait(listener.rules.limits.headSeconds, "no request came")
  }

  private func begin(_ channel: any Channel) throws {
    let id = try channel.syncOptions?.getOption(HTTP2StreamChannelOptions.streamID)
    try channel.syncOptions?.setOption(.autoRead, value: false)
    let number = UInt32(clamping: id.map { Int($0) } ?? 0)
    lastStream = max(lastStream, number)
    let relay = HTTPRelay(stream: number, channel, of: self)
    try channel.pipeline.syncOperations.addHandler(HTTP2ClientStream(relay, self))
  }

  // MARK: Streams

  func opened(_ stream: any Channel, _ relay: HTTPRelay) {
    deadline?.cancel()
    streams.insert(ObjectIdentifier(stream))
    relays[ObjectIdentifier(relay)] = relay
  }

  /// A request has come to its end; what was said of it may still be on its way.
  func finished(_ relay: HTTPRelay) {
    relays[ObjectIdentifier(relay)] = nil
    if isLeaving, !isOver, relays.isEmpty, !streams.isEmpty { closeLater() }
  }

  func closed(_ stream: any Channel, _ relay: HTTPRelay) {
    relays[ObjectIdentifier(relay)] = nil
    guard streams.remove(ObjectIdentifier(stream)) != nil, streams.isEmpty, !isOver else { return }
    if isLeaving { return close() }
    if isTurning { return leave("another token came") }
    wait(listener.rules.limits.idleSeconds, "idle")
  }

  private func wait(_ seconds: Int64, _ reason: String) {
    deadline?.cancel()
    deadline = loop.assumeIsolated().scheduleTask(in: .seconds(seconds)) { [weak self] in
      guard let self, !self.isOver else { return }
      self.leave(reason)
    }
  }

  /// Why the library reset a stream; nil where it did not, or another after it.
  func reset(of stream: UInt32?) -> HTTP2ErrorCode? {
    watch.lastReset.flatMap { $0.stream == stream ? $0.code : nil }
  }

  func note(refused reason: String) {
    core.log.write(.notice, "request refused", ["session": session?.id ?? connectionID, "reason": reason])
  }

  // MARK: The session

  /// The session of all requests here: they lead to one server, and have one token.
  ///
  /// - Throws: where nothing can be recorded.
  func session(for head: RequestHead) throws -> HTTPSession {
    if let session { return session }
    let made = try HTTPSession(
      core: core, listener: listener, place: inner ?? listener.rules.onlyPlace, channel: channel,
      outbox: Outbox(channel), isEncrypted: isSecure, head: head)
    session = made
    made.record.onFailure = { [weak self] error in self?.fail(recording: error) }
    _ = try made.record.receive(CanonicalFrames.clientOpening)
    _ = try made.record.say(CanonicalFrames.serverOpening)
    return made
  }

  /// A request had another token: those that come take another connection. Some clients read nothing behind a GOAWAY, so what
  /// is under way is answered before it.
  func turnAway() { isTurning = true }

  func rereadMasking() {}

  func revoke(_ why: String) {
    guard !isOver else { return }
    for relay in Array(relays.values) { relay.revoke(why) }
    leave("revoked")
  }

  func fail(recording error: any Error) {
    core.recordingFailed(error)
    guard !isOver else { return }
    for relay in Array(relays.values) { relay.loseRecording() }
    session?.close("recording failed")
    session = nil
    leave("recording failed", .internalError)
  }

  func drain(now isNow: Bool) {
    guard !isOver else { return }
    if isNow { for relay in Array(relays.values) { relay.drain(now: true) } }
    leave("gateway shut down")
  }

  // MARK: The end

  /// Says GOAWAY, and closes when the streams that are there came to their end.
  private func leave(_ why: String, _ code: HTTP2ErrorCode = .noError) {
    guard !isOver else { return }
    if !isLeaving {
      isLeaving = true
      reason = why
      let payload = HTTP2Frame.FramePayload.goAway(
        lastStreamID: HTTP2StreamID(Int(lastStream)), errorCode: code, opaqueData: nil)
      record(payload)
      channel.writeAndFlush(HTTP2Frame(streamID: .rootStream, payload: payload), promise: nil)
    }
    guard !streams.isEmpty else { return close() }
    // Requests go on as long as they take; answers that nobody reads do not.
    if relays.isEmpty { closeLater() }
  }

  private func closeLater() {
    deadline?.cancel()
    deadline = loop.assumeIsolated().scheduleTask(in: .seconds(core.limits.drainSeconds)) { [weak self] in
      self?.close()
    }
  }

  private func record(_ payload: HTTP2Frame.FramePayload) {
    guard let session else { return }
    var bytes = ByteBuffer()
    CanonicalFrames.write(payload, on: 0, into: &bytes)
    // What fails here is told by the requests.
    _ = try? session.record.say(bytes)
  }

  /// When what was said is through.
  private func close() {
    guard !isOver else { return }
    over()
    watch.close()
  }

  private func over() {
    guard !isOver else { return }
    isOver = true
    deadline?.cancel()
    for relay in Array(relays.values) { relay.end(reason) }
    relays = [:]
    session?.close(reason)
    session = nil
    lines.close()
    core.dropped()
  }

  // MARK: The client's channel

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .goAway = unwrapInboundIn(data).payload else { return }
    // Its requests go on, and no other comes.
    if let session {
      var bytes = ByteBuffer()
      CanonicalFrames.write(unwrapInboundIn(data).payload, on: 0, into: &bytes)
      _ = try? session.record.receive(bytes)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    over()
    context.fireChannelInactive()
  }

  /// The library said RST_STREAM or GOAWAY where a rule was broken.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isOver else { return }
    // Many clients end TLS without close_notify; HTTP/2 has an end of its own for what is under way.
    if case NIOSSLError.uncleanShutdown = error { return context.close(promise: nil) }
    guard watch.isFatal(error) else { return note(refused: "\(error)") }
    core.log.write(.notice, "connection refused", ["session": session?.id ?? connectionID, "reason": "\(error)"])
    reason = "client failed: \(error)"
    isLeaving = true
    record(
      .goAway(
        lastStreamID: HTTP2StreamID(Int(lastStream)), errorCode: watch.fault ?? .internalError, opaqueData: nil))
    over()
    // It may still be sending; closed at once it would not read why.
    let bound = NIOLoopBound(context.channel, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
  }
}
