import Bytes
import Model

/// What the server sends.
extension HTTPParser {
  mutating func takeResponse(
    _ element: HTTPFraming.Element, _ bytes: Span<UInt8>, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    let begin = server.begin ?? position
    reportPassedOver(.fromServer, begin, &events)
    switch element {
    case .head(let head): begunResponse(head, begin, position, &events)
    case .brokenHead(let head, let flaw):
      report([flaw], begin, &events)
      if let head {
        addDamagedResponse(head, begin, position, "the response's head is not whole: \(flaw.detail)", &events)
      }
      server.seek()
    case .bare(let first):
      answering(begin) { call, options in
        call.firstResponseAt = begin.time
        call.responseBody = BodyBuilder(
          fields: [], limit: options.bodyLimit, held: options.held, direction: .fromServer)
        call.responseBody?.append(first.span, at: position.time)
        call.endedAt = position.time
      }
    case .content(let range, let isLast):
      let content = bytes.extracting(range)
      if answersOrphan {
        orphan?.responseBody?.append(content, at: position.time)
        orphan?.endedAt = position.time
      } else {
        calls.first?.responseBody?.append(content, at: position.time)
        calls.first?.endedAt = position.time
      }
      if isLast { endResponse(position.time, &events) }
    case .trailers(let fields, let flaws):
      report(flaws, begin, &events)
      answering(begin) { call, _ in call.call.head.responseTrailers = fields }
      endResponse(position.time, &events)
    case .brokenChunks(let flaw):
      report([flaw], begin, &events)
      answering(begin) { call, _ in call.note("the response's chunks could not be followed: \(flaw.detail)") }
      endResponse(position.time, &events)
      server.seek()
    case .flaw(let flaw): report([flaw], begin, &events)
    case .passedOver: break
    }
  }

  /// Changes the call that the response in work belongs to.
  mutating func answering(_ begin: StreamPosition, _ change: (inout OpenCall, ParserOptions) -> Void) {
    if !answersOrphan, calls.first?.isResponseComplete != false {
      // Nothing waits for an answer.
      answersOrphan = true
      orphan = nil
    }
    if answersOrphan {
      var call = orphan ?? OpenCall(Call(head: CallHead(version: "", method: "", target: "")), begin: begin)
      call.isRequestComplete = true
      call.note("the request was not captured")
      change(&call, options)
      orphan = call
    } else if var call = calls.first {
      calls.first = nil
      change(&call, options)
      calls.first = call
    }
  }

  private mutating func begunResponse(
    _ head: HTTPHead, _ begin: StreamPosition, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    guard case .status(let version, let code, let reason) = head.start else { return }
    report(head.flaws, begin, &events)
    if code < 200, code != 101 {
      let byteCount = server.byteCount
      answering(begin) { call, _ in
        if call.firstResponseAt == nil { call.firstResponseAt = begin.time }
        if call.call.head.informational.count < HTTPLimits.informational { call.call.head.informational.append(code) }
        call.responseByteCount += byteCount
      }
      return server.endMessage()
    }
    let method = answeredMethod
    var length = HTTPBodyLength.none
    let isTunnel = method == "CONNECT" && (200..<300).contains(code)
    if method != "HEAD", code != 204, code != 304, code != 101, !isTunnel {
      var flaws: [HTTPHead.Flaw] = []
      length = HTTPBodyLength(head.fields, version: version, isRequest: false, flaws: &flaws)
      report(flaws, begin, &events)
    }
    answering(begin) { call, options in
      Self.setResponse(&call, head, version, code, reason, options)
      if call.firstResponseAt == nil { call.firstResponseAt = begin.time }
      call.endedAt = position.time
      if length != .none {
        call.responseBody = BodyBuilder(
          fields: head.fields, limit: options.bodyLimit, held: options.held, direction: .fromServer)
        call.responseBody?.listener = call.listener
      }
    }
    if code == 101 { return becomeUpgraded(begin, position, &events) }
    if isTunnel {
      let target = calls.first?.call.head.target ?? ""
      return becomeTunnel("connect", target, position, &events)
    }
    server.follow(length)
    if length == .none { endResponse(position.time, &events) }
    if holdsClient, calls.isEmpty || calls.first?.firstResponseAt != nil { leaveHold(&events) }
  }

  /// The request to leave HTTP/1 was refused.
  private mutating func leaveHold(_ events: inout [ParserEvent]) {
    holdsClient = false
    release(&events)
  }

  /// The method whose answer comes; empty when it is not known.
  private var answeredMethod: String {
    guard let first = calls.first, !first.isResponseComplete else { return "" }
    return first.call.head.method
  }

  private static func setResponse(
    _ open: inout OpenCall, _ head: HTTPHead, _ version: String, _ code: Int, _ reason: String, _: ParserOptions
  ) {
    open.call.head.status = code
    open.call.head.reason = reason
    open.call.head.responseFields = head.fields
    if open.call.head.version.isEmpty { open.call.head.version = version }
  }

  /// A response whose head is not whole.
  mutating func addDamagedResponse(
    _ head: HTTPHead, _ begin: StreamPosition, _ position: StreamPosition, _ damage: String,
    _ events: inout [ParserEvent]
  ) {
    guard case .status(let version, let code, let reason) = head.start else { return }
    report(head.flaws, begin, &events)
    answering(begin) { call, options in
      if code < 200 { return call.call.head.informational.append(code) }
      Self.setResponse(&call, head, version, code, reason, options)
      if call.firstResponseAt == nil { call.firstResponseAt = begin.time }
      call.note(damage)
    }
    if code >= 200 || code == 101 { endResponse(position.time, &events) }
    if holdsClient { leaveHold(&events) }
  }

  mutating func endResponse(_ time: Timestamp, _ events: inout [ParserEvent]) {
    let byteCount = server.byteCount
    if answersOrphan {
      orphan?.responseByteCount += byteCount
      orphan?.endedAt = time
      emitOrphan(&events)
    } else {
      calls.first?.responseByteCount += byteCount
      calls.first?.endedAt = time
      calls.first?.isResponseComplete = true
    }
    server.endMessage()
    emitCompleted(&events)
  }

  mutating func emitOrphan(_ events: inout [ParserEvent]) {
    answersOrphan = false
    guard var call = orphan else { return }
    orphan = nil
    call.emit(into: &events)
  }
}
