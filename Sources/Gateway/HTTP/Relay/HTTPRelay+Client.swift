import Model
import NIOCore
import Policy

/// What the client sends.
extension HTTPRelay {
  /// Bytes of a refused request's content that are read so that the client gets to the answer.
  private static let discardLimit = 1 << 20
  /// Seconds that a client has to read why it is closed.
  private static let lingerSeconds: Int64 = 1
  /// Silence after which a request of gRPC is taken for one that waits for answers.
  private static let messagePause = TimeAmount.milliseconds(200)

  /// Takes from the inbox what can go on.
  func processClient() {
    var isGoing = true
    while isGoing {
      switch phase {
      case .reading: isGoing = readHead()
      case .collecting: isGoing = collect()
      case .forwarding: isGoing = passContent()
      case .discarding: isGoing = discard()
      case .tunnel: isGoing = passTunnel()
      case .studying, .holding, .connecting, .over: isGoing = false
      }
    }
    if inbox.readableBytes == 0 { inbox = ByteBuffer() }
  }

  // MARK: The head

  private func readHead() -> Bool {
    WireLines.skipEmpty(&inbox, scanned: &scanned)
    guard inbox.readableBytes > 0 else {
      if isDraining { end("gateway shut down") }
      return false
    }
    if !isWaitingForHead {
      isWaitingForHead = true
      wait(limits.headSeconds) { relay in
        guard case .reading = relay.phase else { return }
        relay.refuse(HTTPFault(408, "the head of the request took too long"))
      }
    }
    let view = inbox.readableBytesView
    guard let length = WireLines.headLength(view, scanned: &scanned, endsAtLF: false) else {
      guard inbox.readableBytes < limits.head.byteCount else {
        refuse(HTTPFault(431, "the head of the request is too long"))
        return false
      }
      return false
    }
    do throws(HTTPFault) {
      guard length <= limits.head.byteCount else { throw HTTPFault(431, "the head of the request is too long") }
      if beginsStreams(view.prefix(length)) { return false }
      let head = try RequestHead(view.prefix(length), limits.head)
      inbox.moveReaderIndex(forwardBy: length)
      (scanned, isWaitingForHead) = (0, false)
      stopWaiting()
      begin(head)
    } catch {
      refuse(error)
    }
    return !isOver
  }

  /// What is no request, or cannot be told from two: it is answered, and nothing behind it is read.
  func refuse(_ fault: HTTPFault) {
    core.log.write(
      .notice, "request refused", ["session": session?.id ?? connectionID, "reason": fault.reason])
    stopWaiting()
    say(.problem(fault.status, "malformed", fault.reason), to: exchange?.head.method ?? "GET", isLast: true)
    linger()
  }

  /// The client may still be sending; closed at once it would not read the answer (RFC 9112 §9.6).
  func linger() {
    guard !isOver else { return }
    toClient.flush()
    giveBack()
    exchange = nil
    // A stream ends alone, and its client gets to the answer whatever it still sends.
    guard shared == nil else { return end("refused") }
    phase = .discarding
    discardLeft = Self.discardLimit
    inbox = ByteBuffer()
    wait(Self.lingerSeconds) { $0.end("refused") }
  }

  private func begin(_ head: RequestHead) {
    let place: HTTPPlace?
    let path: String
    var fault: HTTPFault?
    do throws(HTTPFault) {
      (place, path) = try destination(of: head)
    } catch {
      (place, path, fault) = (nil, head.target, error)
    }
    let outcome = login(of: head)
    var token: Token?
    if case .accepted(let known) = outcome { token = known }
    guard openSession(place, token, head) else { return }
    let to = place ?? session?.place ?? HTTPPlace.nowhere
    exchange = HTTPExchange(head, to: to, path: path, limits.head)
    if shared != nil { exchange?.isLast = true }
    exchange?.offset = record?.receivedCount ?? 0
    if isStranger { return recordAndAnswer(.problem(421, "misdirected", "another token takes another connection")) }
    guard token != nil else { return challenge(outcome, head) }
    if let fault { return recordAndAnswer(.problem(fault.status, "misdirected", fault.reason)) }
    if head.method == "CONNECT", let place { return beginTunnel(to: place) }
    guard recordHead() else { return }
    guard !head.length.hasContent else { return beginCollecting() }
    judge()
  }

  private func login(of head: RequestHead) -> HTTPLogin.Outcome {
    // Within a CONNECT the tunnel's own credentials count.
    if inner != nil, let innerToken { return login.stillHolds(innerToken) }
    return login.read(head, certificates.all)
  }

  /// The session that the request is part of: the one that is there, or another; false when that cannot be.
  func openSession(_ place: HTTPPlace?, _ token: Token?, _ head: RequestHead) -> Bool {
    if let known = session, !known.isFor(place, token) || known.isOfOther(token) {
      known.close("turned to another server or token")
      session = nil
    }
    do {
      let now: HTTPSession
      if let shared {
        now = try shared.session(for: head)
        isStranger = !now.isFor(now.place, token)
        if isStranger { shared.turnAway() }
      } else {
        now =
          try session
          ?? HTTPSession(
            core: core, listener: listener, place: place, channel: channel, outbox: toClient,
            isEncrypted: listener.tls != nil || inner != nil, head: head)
      }
      if session == nil {
        session = now
        let record = shared == nil ? now.record : ClientRecord(sharing: now.record, toClient)
        self.record = record
        record.onOpen = { [weak self] gate in
          self?.line?.outbox.open(gate)
          self?.resume()
          if let self, self.isClientGone, self.line?.outbox.isEmpty ?? true { self.end("client closed") }
        }
        record.onFailure = { [weak self] error in self?.fail(recording: error) }
      }
      if let token, now.token == nil {
        guard core.enter(token.name) else {
          exchange = HTTPExchange(head, to: place ?? .nowhere, path: head.target, limits.head)
          if shared != nil { exchange?.isLast = true }
          recordAndAnswer(
            .problem(
              429, "too-many-sessions",
              "too many connections of \(token.name): \(core.limits.sessionsPerIdentity) are allowed"))
          return false
        }
        try now.begin(token, shared ?? self, listener: listener.name)
      }
      return true
    } catch {
      fail(recording: error)
      return false
    }
  }

  /// Nobody is served who has not proven who he is.
  private func challenge(_ outcome: HTTPLogin.Outcome, _ head: RequestHead) {
    let isProxy = listener.isProxy
    if case .refused(let why) = outcome {
      core.log.write(.notice, "login failed", ["session": session?.id ?? connectionID, "reason": why])
      core.metrics.count(.refusedLogin)
    }
    var answer = HTTPAnswer.problem(
      isProxy ? 407 : 401, "unauthenticated", "the gateway takes one of its tokens",
      hint: listener.rules.tokenField.map { "Give it in the field \($0)." })
    if listener.authentication.wantsPassword, listener.rules.tokenField == nil {
      let name = isProxy ? "Proxy-Authenticate" : "WWW-Authenticate"
      answer.fields.append(WireField(name, "Basic realm=\"exhibit\", charset=\"UTF-8\""))
      answer.fields.append(WireField(name, "Bearer realm=\"exhibit\""))
    }
    recordAndAnswer(answer)
  }

  private func recordAndAnswer(_ answer: HTTPAnswer) {
    guard recordHead() else { return }
    self.answer(answer)
  }

  /// Puts the head into the recording, credentials left out.
  private func recordHead() -> Bool {
    guard let head = exchange?.head, let session else { return false }
    let context = PromptContext(head, of: session.token)
    if context != session.context {
      session.context = context
      guard note(.context(GatewayContext(offset: session.record.receivedCount, context: context))) else { return false }
    }
    let fields = CredentialMark.apply(to: head.fields, own: login.fields)
    var buffer = ByteBuffer()
    if frames != nil {
      buffer = frames?.recorded(head, fields) ?? ByteBuffer()
      exchange?.recorded = CanonicalFrames.clientOpening
      exchange?.recorded.writeImmutableBuffer(buffer)
    } else {
      head.text(target: head.target, fields: fields, into: &buffer)
      exchange?.recorded = buffer
    }
    return record(buffer)
  }

  // MARK: The content that is judged

  private func beginCollecting() {
    phase = .collecting
    if exchange?.head.expectsContinue == true, inbox.readableBytes == 0 {
      exchange?.saidContinue = true
      say(ResponseHead(status: 100, reason: Array("Continue".utf8), fields: []), to: exchange?.head.method ?? "")
    }
    collectionEnd = loop.now + .seconds(limits.heldSeconds)
    waitForContent()
  }

  /// Until it is judged by what is there. A stream of gRPC may wait for answers before it goes on, and is not waited for.
  func waitForContent() {
    guard let end = collectionEnd else { return }
    let amount = end - loop.now
    wait(exchange?.isGRPC == true ? min(amount, Self.messagePause) : amount) { relay in
      guard case .collecting = relay.phase else { return }
      relay.judge()
      relay.resume()
    }
  }

  private func collect() -> Bool {
    guard let known = exchange else { return false }
    let limit = heldLimit(known)
    let room = limit - known.held.readableBytes
    guard let slice = takeContent(upTo: room) else { return false }
    if let slice {
      guard let recorded = record(content: slice) else { return false }
      exchange?.held.writeImmutableBuffer(slice)
      exchange?.recorded.writeImmutableBuffer(recorded)
      if exchange?.isGRPC == true { waitForContent() }
    }
    guard let now = exchange else { return false }
    guard now.reader.isDone || now.held.readableBytes >= limit else { return false }
    judge()
    return !isOver
  }

  /// Bytes of the content from the inbox: nil within when there are none, nil when they are none that may be.
  func takeContent(upTo limit: Int) -> ByteBuffer?? {
    let view = inbox.readableBytesView.prefix(max(0, limit))
    do throws(HTTPFault) {
      let count = try exchange?.reader.take(view) ?? 0
      return .some(count > 0 ? inbox.readSlice(length: count) : nil)
    } catch {
      failContent(error)
      return nil
    }
  }

  /// The content is not laid out as it says: what was said of it before does not count.
  private func failContent(_ fault: HTTPFault) {
    dropLine()
    guard exchange?.reply == nil else {
      core.log.write(.notice, "request refused", ["session": session?.id ?? "", "reason": fault.reason])
      return end("malformed content")
    }
    refuse(fault)
  }

  // MARK: Passing on

  private func passContent() -> Bool {
    guard let known = exchange, !known.reader.isDone, let line, line.outbox.isWritable else { return false }
    guard let slice = takeContent(upTo: .max) else { return false }
    guard let slice else { return false }
    guard record(content: slice) != nil else { return false }
    line.outbox.send(slice, after: exchange?.gate)
    return true
  }

  private func passTunnel() -> Bool {
    guard inbox.readableBytes > 0, let line, line.outbox.isWritable else { return false }
    let bytes = inbox
    inbox = ByteBuffer()
    guard record(bytes) else { return false }
    line.outbox.send(bytes, after: exchange?.gate)
    return false
  }

  // MARK: Answering

  /// Answers the request here; what is left of its content is thrown away.
  func answer(_ answer: HTTPAnswer) {
    guard let known = exchange, !isOver else { return }
    if known.push != nil, answer.status == 200, !known.reader.isDone { return answerBelated(answer) }
    stopWaiting()
    // Whoever still waits for 100 may send the content or not, and nobody can tell which.
    // What comes behind a CONNECT that was refused may have been meant for its tunnel.
    let isTunnel = known.head.method == "CONNECT" && answer.status != 407
    let isLast = known.isLast || isDraining || !known.reader.isDone || isTunnel
    say(known.isGRPC ? answer.forGRPC : answer, to: known.head.method, isLast: isLast)
    guard !isOver else { return }
    giveBack()
    exchange = nil
    if known.reader.isDone, !isLast { return nextRequest() }
    guard !known.reader.isDone else { return end("answered") }
    linger()
  }

  /// The head and the content of an answer.
  private func say(_ answer: HTTPAnswer, to method: String, isLast: Bool) {
    say(answer.head(isLast: isLast), to: method)
    if method != "HEAD" { say(ByteBuffer(bytes: answer.body)) }
  }

  func nextRequest() {
    guard !isOver else { return }
    phase = .reading
    exchange = nil
    isWaitingForHead = false
    waitForRequest()
  }

  private func discard() -> Bool {
    if let answer = exchange?.belated { return discardPush(answer) }
    discardLeft -= inbox.readableBytes
    inbox = ByteBuffer()
    if discardLeft < 0 { end("refused") }
    return false
  }
}

extension HTTPPlace {
  /// Of requests that lead to no target.
  static let nowhere = HTTPPlace(
    target: HTTPTarget(
      name: "", isSecure: false, host: HTTPTarget.Host.none, port: 0, encryption: .none), host: "", port: 0)
}

extension HTTPTarget.Host {
  static let none = HTTPTarget.Host(named: "")

  private init(named text: String) { self.text = text }
}
