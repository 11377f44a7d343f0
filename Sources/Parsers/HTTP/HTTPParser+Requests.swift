import Bytes
import Model

/// What the client sends.
extension HTTPParser {
  mutating func takeRequest(
    _ element: HTTPFraming.Element, _ bytes: Span<UInt8>, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    let begin = client.begin ?? position
    reportPassedOver(.fromClient, begin, &events)
    switch element {
    case .head(let head): begunRequest(head, begin, position, &events)
    case .brokenHead(let head, let flaw):
      report([flaw], begin, &events)
      if let head {
        let reason = "the request's head is not whole: \(flaw.detail)"
        addDamagedRequest(head, begin, position, reason, &events)
      }
      client.seek()
    case .content(let range, let isLast):
      let time = position.time
      let content = bytes.extracting(range)
      calls.last?.requestBody?.append(content, at: time)
      let kept = min(UInt64(range.count), UInt64(max(0, options.bodyLimit)))
      calls.last?.heldByteCount += kept
      pendingByteCount += kept
      if isLast { endRequest(position.time, &events) }
      limitPending(position, &events)
    case .trailers(let fields, let flaws):
      report(flaws, begin, &events)
      calls.last?.call.head.requestTrailers = fields
      endRequest(position.time, &events)
    case .brokenChunks(let flaw):
      report([flaw], begin, &events)
      calls.last?.note("the request's chunks could not be followed: \(flaw.detail)")
      endRequest(position.time, &events)
      client.seek()
    case .flaw(let flaw): report([flaw], begin, &events)
    case .bare, .passedOver: break
    }
  }

  /// Tells of bytes that lay in front of the message that was just found.
  mutating func reportPassedOver(
    _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    let count = direction == .fromClient ? client.takePassedOver() : server.takePassedOver()
    guard count > 0 else { return }
    let side = direction == .fromClient ? "client" : "server"
    report("http-no-message", "\(count.grouped) bytes of the \(side) are no HTTP message", position, &events)
  }

  private mutating func begunRequest(
    _ head: HTTPHead, _ begin: StreamPosition, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    guard case .request(let method, let target, let version, _) = head.start else { return }
    if method == "PRI", target == "*", version == "2.0" { return becomeHTTP2(head.bytes, begin, &events) }
    closeLostResponse(&events)
    report(head.flaws, begin, &events)
    var flaws: [HTTPHead.Flaw] = []
    var length = HTTPBodyLength(head.fields, version: version, isRequest: true, flaws: &flaws)
    // RFC 9110 §9.3.6: what follows a CONNECT belongs to the tunnel.
    if method == "CONNECT" { length = .none }
    report(flaws, begin, &events)
    var open = OpenCall(makeCall(method, target, version, head.fields), begin: begin)
    open.call.requestEndedAt = position.time
    open.listener = CallListener(open.call.head, options, begin: begin)
    if length != .none {
      open.requestBody = BodyBuilder(
        fields: head.fields, limit: options.bodyLimit, held: options.held, direction: .fromClient)
      open.requestBody?.listener = open.listener
    }
    tellFacts(open.call.head, &events)
    calls.append(open)
    client.follow(length)
    if length == .none { endRequest(position.time, &events) }
    limitPending(position, &events)
  }

  /// A request whose head is not whole: what is known of it, without content.
  mutating func addDamagedRequest(
    _ head: HTTPHead, _ begin: StreamPosition, _ position: StreamPosition, _ reason: String,
    _ events: inout [ParserEvent]
  ) {
    guard case .request(let method, let target, let version, _) = head.start else { return }
    closeLostResponse(&events)
    report(head.flaws, begin, &events)
    var open = OpenCall(makeCall(method, target, version, head.fields), begin: begin)
    open.note(reason)
    open.isRequestComplete = true
    open.call.requestEndedAt = position.time
    open.requestByteCount = client.byteCount
    tellFacts(open.call.head, &events)
    calls.append(open)
    limitPending(position, &events)
  }

  private func makeCall(_ method: String, _ target: String, _ version: String, _ fields: [HeaderField]) -> Call {
    var head = CallHead(version: version, method: method, target: target)
    head.requestFields = fields
    head.scheme = options.isSecure ? "https" : "http"
    head.authority = fields["host"]
    if method == "CONNECT" {
      head.authority = target
      head.scheme = nil
    } else if !target.hasPrefix("/"), let mark = target.firstRange(of: "://") {
      // RFC 9112 §3.2.2: with an absolute target the Host field is ignored.
      let rest = target[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
      if let at = rest.lastIndex(of: "@") {
        head.authority = String(rest[rest.index(after: at)...])
      } else {
        head.authority = String(rest)
      }
      head.scheme = target[..<mark.lowerBound].lowercased()
    }
    return Call(head: head)
  }

  private mutating func tellFacts(_ head: CallHead, _ events: inout [ParserEvent]) {
    guard !toldFacts else { return }
    toldFacts = true
    var facts = SessionFacts()
    facts.target = head.authority
    facts.application = head.requestFields["user-agent"]
    facts.protocolVersion = head.version
    events.append(.facts(facts))
  }

  mutating func endRequest(_ time: Timestamp, _ events: inout [ParserEvent]) {
    calls.last?.isRequestComplete = true
    calls.last?.call.requestEndedAt = time
    calls.last?.requestByteCount += client.byteCount
    if let last = calls.last, !last.isResponseComplete, last.asksForUpgrade { holdsClient = true }
    client.endMessage()
    emitCompleted(&events)
  }

  /// Gives the calls that are over on both sides.
  mutating func emitCompleted(_ events: inout [ParserEvent]) {
    while let first = calls.first, first.isRequestComplete, first.isResponseComplete { emitFirst(&events) }
  }

  mutating func emitFirst(_ events: inout [ParserEvent]) {
    guard var call = calls.popFirst() else { return }
    pendingByteCount -= min(pendingByteCount, call.heldByteCount)
    call.emit(into: &events)
  }

  /// Bounds what waits for answers that may never come.
  private mutating func limitPending(_ position: StreamPosition, _ events: inout [ParserEvent]) {
    let limit = sawServer ? HTTPLimits.pendingRequests : HTTPLimits.unansweredRequests
    while calls.count > 1, calls.count > limit || pendingByteCount > HTTPLimits.pendingBytes {
      if sawServer {
        report("http-too-many-requests", "too many requests wait for an answer", position, &events)
      }
      // What the server is saying belongs to the first call, which is given now.
      if calls.first?.firstResponseAt != nil, !answersOrphan, !server.isIdle { server.seek() }
      calls.first?.note(sawServer ? "given up: too many requests wait for an answer" : "no response was captured")
      emitFirst(&events)
    }
  }
}
