import Bytes
import Model

/// What the client sends.
extension PostgresDialogue {
  mutating func frontend(
    _ type: UInt8, _ body: Span<UInt8>, byteCount: Int, isCut: Bool, at position: StreamPosition,
    into events: inout [ParserEvent]
  ) {
    var reader = ByteReader(body)
    do throws(DecodeError) {
      try take(type, &reader, body, byteCount: byteCount, isCut: isCut, position, &events)
    } catch {
      events.append(anomaly("postgres-malformed", "client message \(type.letter): \(error)", position))
      noteLost("a malformed client message", position, into: &events)
    }
  }

  @_lifetime(reader: copy reader)
  private mutating func take(
    _ type: UInt8, _ reader: inout ByteReader, _ body: Span<UInt8>, byteCount: Int, isCut: Bool,
    _ position: StreamPosition, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    func request(_ kind: PostgresRequest.Kind) -> PostgresRequest {
      PostgresRequest(kind: kind, position: position, byteCount: UInt64(byteCount))
    }
    switch type {
    case FrontendType.query:
      let bytes = isCut ? body : try reader.readCString("query")
      if !isCut { try reader.expectEnd("Query") }
      let (decoded, isExact) = text.decode(bytes)
      beginCycle(into: &events)
      push(request(.query(text: decoded, isExact: isExact && !isCut)), into: &events)
    case FrontendType.parse:
      if isCut { return try cutParse(&reader, request(.sync), &events) }
      let message = try ParseMessage(parsing: &reader)
      let (decoded, isExact) = text.decode(message.query.span)
      beginCycle(into: &events)
      let prepared = PreparedStatement(
        name: message.statement, text: decoded, isExact: isExact, parameterOIDs: message.parameterOIDs)
      if statements.count < PostgresLimits.prepared || statements[message.statement] != nil {
        statements[message.statement] = prepared
      }
      push(request(.parse(name: message.statement, prepared)), into: &events)
    case FrontendType.bind:
      guard !isCut else { throw DecodeError(.overLimit, "Bind", offset: 0, found: "\(byteCount) bytes") }
      let message = try BindMessage(parsing: &reader)
      beginCycle(into: &events)
      let portal = portal(message)
      if portals.count < PostgresLimits.portals || portals[message.portal] != nil { portals[message.portal] = portal }
      push(request(.bind(portal: message.portal, portal)), into: &events)
    case FrontendType.describe:
      let kind = try reader.readUInt8("kind")
      let name = try reader.readCString("name").string
      try reader.expectEnd("Describe")
      beginCycle(into: &events)
      push(
        request(kind == UInt8(ascii: "S") ? .describeStatement(statements[name]) : .describePortal(portals[name])),
        into: &events)
    case FrontendType.execute:
      let name = try reader.readCString("portal name").string
      _ = try reader.readUInt32("row limit")
      try reader.expectEnd("Execute")
      beginCycle(into: &events)
      let portal = portals[name]
      var execute = request(.execute(name: name, portal, isContinuation: portal?.isSuspended ?? false))
      if portal == nil {
        execute.incompleteReason = "portal \"\(name)\" was bound before the capture began"
      } else if portal?.statement == nil {
        execute.incompleteReason = "statement \"\(portal?.statementName ?? "")\" was prepared before the capture began"
      }
      push(execute, into: &events)
    case FrontendType.close:
      let kind = try reader.readUInt8("kind")
      let name = try reader.readCString("name").string
      try reader.expectEnd("Close")
      beginCycle(into: &events)
      if kind == UInt8(ascii: "S") { statements[name] = nil } else { portals[name] = nil }
      push(request(.close), into: &events)
    case FrontendType.sync:
      try reader.expectEnd("Sync")
      if isSkipping, waitingCount == 0 { isSkipping = false }
      push(request(.sync), into: &events)
    case FrontendType.functionCall:
      beginCycle(into: &events)
      push(request(.functionCall(oid: try reader.readUInt32("function OID"))), into: &events)
    case FrontendType.copyData: takeCopyData(body, from: .fromClient)
    case FrontendType.copyDone: addClientBytes(byteCount)
    case FrontendType.copyFail:
      let reason = text.decode(try reader.readCString("reason")).text
      addClientBytes(byteCount)
      current.copy?.failure = reason
      loneCopy?.failure = reason
    case FrontendType.password: takePassword(&reader, byteCount, position, &events)
    case FrontendType.terminate:
      flushAll("the client ended the session before the answer came", into: &events)
      events.append(.exchange(marker("terminate", "", position, byteCount)))
    case FrontendType.flush: break
    default: events.append(anomaly("postgres-unexpected-message", "client message \(type.letter)", position))
    }
  }

  /// A Parse whose query is too long to hold: its beginning is kept.
  @_lifetime(reader: copy reader)
  private mutating func cutParse(
    _ reader: inout ByteReader, _ request: PostgresRequest, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    let name = try reader.readCString("statement name").string
    let prepared = PreparedStatement(
      name: name, text: text.decode(reader.rest).text, isExact: false, parameterOIDs: [])
    statements[name] = prepared
    beginCycle(into: &events)
    var request = request
    request.kind = .parse(name: name, prepared)
    push(request, into: &events)
  }

  private func portal(_ message: BindMessage) -> Portal {
    let prepared = statements[message.statement]
    var parameters: [Parameter] = []
    parameters.reserveCapacity(message.values.count)
    for (index, value) in message.values.enumerated() {
      let oids = prepared?.parameterOIDs ?? []
      let oid = index < oids.count ? oids[index] : 0
      let isBinary = BindMessage.format(message.parameterFormats, at: index) == 1
      let shown = value.map { isBinary ? BinaryValue.text(oid, $0.span) : text.decode($0.span).text }
      parameters.append(Parameter(type: PostgresType.name(oid), text: shown))
    }
    return Portal(
      statement: prepared, statementName: message.statement, parameters: parameters,
      resultFormats: message.resultFormats)
  }

  /// Adds a request, unless the server will skip it.
  private mutating func push(_ request: PostgresRequest, into events: inout [ParserEvent]) {
    if isSkipping, waitingCount == 0, !request.endsCycle {
      close(request, into: &events)
      return
    }
    pending.append(request)
    if case .query = request.kind { isSkipping = false }
    let limit = sawServer ? PostgresLimits.pendingRequests : PostgresLimits.unansweredRequests
    if waitingCount > limit { flushAll("responses not captured", into: &events) }
  }

  /// A client begins a cycle once the last one is answered; where answers are missing, they are given up here.
  private mutating func beginCycle(into events: inout [ParserEvent]) {
    guard waitingCount > 0, pending[pending.count - 1].endsCycle || isLost(pending[pending.count - 1]) else { return }
    if let serverGap {
      flushAll(serverGap, into: &events)
      self.serverGap = nil
    } else if case .lost = head?.kind, responseBytes == 0 {
      _ = popHead()
    }
  }

  private func isLost(_ request: PostgresRequest) -> Bool {
    if case .lost = request.kind { return true }
    return false
  }

  /// Gives up every request that waits.
  mutating func flushAll(_ reason: String, into events: inout [ParserEvent]) {
    var isFirst = true
    while let request = popHead() {
      switch request.kind {
      case .query, .execute, .functionCall: close(request, incomplete: reason, into: &events)
      case .lost where isFirst: close(request, incomplete: reason, into: &events)
      default: break
      }
      if request.endsCycle { endCycle(nil, into: &events) }
      isFirst = false
    }
    if !cycleExchanges.isEmpty { endCycle(nil, into: &events) }
    isSkipping = false
    resetResponse()
  }

  /// Remembers that client bytes are missing, so that requests may be.
  mutating func noteLost(_ reason: String, _ position: StreamPosition, into events: inout [ParserEvent]) {
    if let last = pending.last, waitingCount > 0, isLost(last) { return }
    pending.append(
      PostgresRequest(
        kind: .lost, position: position, byteCount: 0, incompleteReason: "request not captured: \(reason)"))
  }

  mutating func addClientBytes(_ count: Int) {
    if first < pending.count { pending[first].byteCount += UInt64(count) }
  }

  func marker(_ name: String, _ text: String, _ position: StreamPosition, _ byteCount: Int) -> Exchange {
    Exchange(
      shape: .marker(Marker(name: name, text: text)), startedAt: position.time, endedAt: position.time,
      origin: position.origin, requestByteCount: UInt64(byteCount))
  }
}

extension UInt8 {
  /// `'Q'`, or the number when it is no letter.
  var letter: String {
    (0x21...0x7e).contains(self) ? "'\(String(UnicodeScalar(self)))'" : "0x\([self].hex)"
  }
}
