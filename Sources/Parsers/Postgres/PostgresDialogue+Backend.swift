import Bytes
import Model

/// What the server sends.
extension PostgresDialogue {
  /// Takes a message; one that is damaged or malformed is still taken for what its type says.
  mutating func backend(_ envelope: borrowing Envelope, _ body: Span<UInt8>, _ events: inout [ParserEvent]) {
    sawServer = true
    if let damage = envelope.damage { noteDamage(damage) }
    switch envelope.type {
    case BackendType.dataRow: takeRow(envelope, body, &events)
    case BackendType.copyData: takeServerCopyData(body, envelope, isFirst: true, &events)
    case BackendType.readyForQuery: takeReady(envelope, body, &events)
    case BackendType.errorResponse: takeError(envelope, body, &events)
    default:
      var reader = ByteReader(body)
      var rest = 0
      do throws(DecodeError) {
        try take(envelope, &reader, body, &events)
        rest = reader.remaining
      } catch {
        complain(envelope, error, &events)
      }
      if envelope.damage == nil { expectEnd(rest, envelope, "server", &events) }
    }
  }

  /// A message that cannot be read: said, unless it is known to be cut.
  mutating func complain(_ envelope: borrowing Envelope, _ error: DecodeError, _ events: inout [ParserEvent]) {
    guard envelope.damage == nil else { return }
    report("postgres-malformed", "server message \(envelope.type.letter): \(error)", envelope.begin, &events)
    noteOnHead("a malformed answer")
  }

  @_lifetime(reader: copy reader)
  private mutating func take(
    _ envelope: borrowing Envelope, _ reader: inout ByteReader, _ body: Span<UInt8>, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    switch envelope.type {
    case BackendType.authentication: try takeAuthentication(envelope, &reader, &events)
    case BackendType.parameterStatus: try takeParameter(envelope, &reader, &events)
    case BackendType.backendKeyData: try takeKey(envelope, &reader, &events)
    case BackendType.negotiateProtocolVersion: try takeVersion(envelope, &reader, &events)
    case BackendType.notificationResponse:
      let message = try NotificationResponseMessage(parsing: &reader, decode: { text.text($0) })
      let notification = Notification(
        channel: message.channel, payload: message.payload, processID: message.processID)
      events.append(
        .exchange(
          Exchange(
            shape: .notification(notification), startedAt: envelope.begin.time, endedAt: envelope.endTime,
            origin: envelope.begin.origin, responseByteCount: UInt64(envelope.byteCount))))
    case BackendType.noticeResponse:
      let notice = try ServerMessage(parsingFields: &reader, isCut: envelope.damage != nil, decode: { text.text($0) })
      takeNotice(notice, envelope, &events)
    default: try takeAnswer(envelope, &reader, body, &events)
    }
  }

  private mutating func takeNotice(
    _ notice: ServerMessage, _ envelope: borrowing Envelope, _ events: inout [ParserEvent]
  ) {
    guard !queue.isEmpty else {
      events.append(.exchange(marker("notice", "\(notice.severity): \(notice.message)", envelope, from: .fromServer)))
      return
    }
    answer.note(envelope)
    answer.noticeBytes += envelope.byteCount
    if answer.notices.count < PostgresLimits.notices, answer.noticeBytes <= PostgresLimits.noticeBytes {
      answer.notices.append(notice)
    }
  }

  // MARK: Answers

  /// The messages that answer the oldest request.
  @_lifetime(reader: copy reader)
  private mutating func takeAnswer(
    _ envelope: borrowing Envelope, _ reader: inout ByteReader, _ body: Span<UInt8>, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    guard align(envelope, &events) else { return try reader.skip(reader.remaining) }
    answer.note(envelope)
    switch envelope.type {
    case BackendType.parseComplete, BackendType.bindComplete, BackendType.closeComplete:
      if queue.head?.isLost == false, let request = queue.popFirst() { close(request, nil, &events) }
    case BackendType.parameterDescription:
      let message = try ParameterDescriptionMessage(parsing: &reader)
      if case .describeStatement(let prepared?, _) = queue.head?.kind { prepared.parameterOIDs = message.oids }
    case BackendType.noData:
      if queue.head?.isLost == false, let request = queue.popFirst() { close(request, nil, &events) }
    case BackendType.rowDescription:
      var message = RowDescriptionMessage()
      do throws(DecodeError) { message = try rowDescription(body) } catch { complain(envelope, error, &events) }
      try reader.skip(reader.remaining)
      takeColumns(message, envelope, &events)
    case BackendType.commandComplete:
      let tag = text.text(envelope.damage == nil ? try reader.readCString("tag") : reader.readCStringOrRest())
      complete(envelope.damage == nil ? .completed(tag: tag) : .unknown, &events)
    case BackendType.emptyQueryResponse: complete(.empty, &events)
    case BackendType.portalSuspended: complete(.suspended, &events)
    case BackendType.copyInResponse, BackendType.copyOutResponse, BackendType.copyBothResponse:
      beginCopy(envelope, (try? CopyResponseMessage(parsing: &reader)) ?? CopyResponseMessage())
    case BackendType.functionCallResponse: takeFunctionResult(try FunctionCallResponseMessage(parsing: &reader))
    default: break
    }
  }

  /// Makes the oldest request the one that this message answers; false when there is none.
  mutating func align(_ envelope: borrowing Envelope, _ events: inout [ParserEvent]) -> Bool {
    let type = envelope.type
    guard let head = queue.head else {
      // The request was not captured.
      queue.append(
        PostgresRequest(
          kind: .lost, begin: envelope.begin, byteCount: 0, incompleteReason: "request not captured"))
      return true
    }
    if head.fits(type) {
      // What stands behind lost requests and fits as well is the likelier one.
      if head.isLost, !isPipelining, let next = queue[1], !next.isLost, next.fits(type), answer.results.isEmpty {
        _ = queue.popFirst()
      }
      return true
    }
    if serverGap != nil || queue.lostCount > 0, let distance = queue.distance(where: { $0.fits(type) }) {
      for _ in 0..<distance {
        if let request = queue.popFirst() {
          giveUp(request, serverGap ?? "its answer was not captured", &events)
        }
      }
      return true
    }
    report(
      "postgres-unexpected-message", "server message \(type.letter) answers nothing that was asked", envelope.begin,
      &events)
    // Answers and requests are out of step, for a reason that was not seen: as after a gap.
    noteServerLoss("the answers do not match the requests")
    isPipelining = false
    return false
  }

  /// The description, from the last one when it is the same.
  private mutating func rowDescription(_ body: Span<UInt8>) throws(DecodeError) -> RowDescriptionMessage {
    if let lastDescription, body.elementsEqual(lastDescription.bytes.span) { return lastDescription.message }
    var reader = ByteReader(body)
    let message = try RowDescriptionMessage(parsing: &reader, decode: { text.text($0) })
    try reader.expectEnd("RowDescription")
    lastDescription = (body.array, message)
    return message
  }

  private mutating func takeColumns(
    _ message: RowDescriptionMessage, _ envelope: borrowing Envelope, _ events: inout [ParserEvent]
  ) {
    switch queue.head?.kind {
    case .describeStatement(let prepared, _): prepared?.columns = message.columns
    case .describePortal(let portal): portal?.columns = message.columns
    default:
      answer.open(columns: message.columns, formats: message.formats, isUTF8: text.isUTF8)
      answer.resultAt = envelope.begin.time
      return
    }
    if let request = queue.popFirst() { close(request, nil, &events) }
  }

  /// A statement of the oldest request is done.
  private mutating func complete(_ outcome: StatementResult.Outcome, _ events: inout [ParserEvent]) {
    if !answer.isOpen { openResult() }
    finishResult(outcome)
    guard case .execute(let portal, _) = queue.head?.kind, let request = queue.popFirst() else { return }
    close(request, nil, &events)
    portal?.isSuspended = outcome == .suspended
  }

  private mutating func takeFunctionResult(_ message: FunctionCallResponseMessage) {
    var isBinary = true
    if case .functionCall(let call) = queue.head?.kind { isBinary = call.isResultBinary }
    var row = ByteWriter()
    row.write(UInt16(1))
    if let value = message.value {
      let shown = isBinary ? Array(BinaryValue.hex(value.span).utf8) : value
      row.write(Int32(clamping: shown.count))
      row.write(shown)
    } else {
      row.write(Int32(-1))
    }
    answer.open(columns: [], formats: [], isUTF8: true)
    answer.rows.append(row.bytes.span)
    answer.rowCount = 1
    finishResult(.completed(tag: "FUNCTION CALL"))
  }

  // MARK: The end of a cycle

  private mutating func takeReady(
    _ envelope: borrowing Envelope, _ body: Span<UInt8>, _ events: inout [ParserEvent]
  ) {
    var reader = ByteReader(body)
    var state: TransactionState?
    do throws(DecodeError) {
      state = try ReadyForQueryMessage(parsing: &reader).state
      expectEnd(reader.remaining, envelope, "server", &events)
    } catch {
      complain(envelope, error, &events)
    }
    if login.isOpen {
      // With requests waiting it may be theirs: the end of the login was lost.
      let isAnswerToLogin = queue.isEmpty || login.stage == .accepted && answer.isUntouched && serverGap == nil
      if isAnswerToLogin { login.responseBytes += UInt64(envelope.byteCount) }
      finishLogin(.accepted, at: envelope.endTime, &events)
      if isAnswerToLogin { return }
    }
    isSkipping = false
    answerCycle(envelope, &events)
    answer.reset(bodyLimit: options.bodyLimit)
    endCycle(state, &events)
    if queue.isEmpty {
      serverGap = nil
      // "All portals are destroyed at the end of the transaction."
      if state == .idle { portals.removeAll() }
      if let terminate { events.append(.exchange(terminate)) }
      terminate = nil
    }
  }

  /// Closes all that the ReadyForQuery says is over.
  private mutating func answerCycle(_ envelope: borrowing Envelope, _ events: inout [ParserEvent]) {
    let isUncertain = !isPipelining && (serverGap != nil || queue.lostCount > 0)
    var left = isUncertain ? max(1, queue.countToLastEnd) : Int.max
    let unanswered = serverGap ?? "its answer was not captured"
    while left > 0, let request = queue.popFirst() {
      left -= 1
      let isEnd = isUncertain ? left == 0 : request.endsCycle || request.isLost
      if isEnd {
        answer.byteCount += UInt64(envelope.byteCount)
        let isAnswered = !answer.results.isEmpty || answer.isOpen
        if request.isSync, !isAnswered {
          addToLastExchange(request.byteCount, UInt64(envelope.byteCount))
        } else {
          close(request, isAnswered ? nil : unanswered, &events)
        }
        return
      }
      if request.isRun || answer.isOpen || !answer.results.isEmpty {
        close(request, unanswered, &events)
      } else {
        answer.addGroup(request)
      }
    }
  }

  /// Sync and ReadyForQuery count for the last Execute before them.
  private mutating func addToLastExchange(_ requestBytes: UInt64, _ responseBytes: UInt64) {
    guard let last = cycle.exchanges.indices.last else { return }
    cycle.exchanges[last].requestByteCount += requestBytes
    cycle.exchanges[last].responseByteCount += responseBytes
  }

  // MARK: Errors

  private mutating func takeError(
    _ envelope: borrowing Envelope, _ body: Span<UInt8>, _ events: inout [ParserEvent]
  ) {
    var reader = ByteReader(body)
    var error = ServerMessage(severity: "ERROR", code: "", message: "")
    do throws(DecodeError) {
      error = try ServerMessage(parsingFields: &reader, isCut: envelope.damage != nil, decode: { text.text($0) })
      if envelope.damage == nil { expectEnd(reader.remaining, envelope, "server", &events) }
    } catch {
      complain(envelope, error, &events)
    }
    let isFatal = error.severity == "FATAL" || error.severity == "PANIC"
    if login.isOpen {
      if isFatal || queue.isEmpty {
        login.responseBytes += UInt64(envelope.byteCount)
        return finishLogin(.refused(error), at: envelope.endTime, &events)
      }
      finishLogin(.accepted, at: envelope.begin.time, &events)
    }
    // Mid-stream: the request came before the capture.
    if queue.isEmpty, !isFatal, !sawStartup { _ = align(envelope, &events) }
    guard let head = queue.head else {
      let text = "\(error.severity) \(error.code): \(error.message)"
      events.append(.exchange(marker(isFatal ? "terminated" : "error", text, envelope, from: .fromServer)))
      return
    }
    fail(head, error, envelope, &events)
    if isFatal { flushAll("the server ended the session", &events) }
  }

  private mutating func fail(
    _ head: PostgresRequest, _ error: ServerMessage, _ envelope: borrowing Envelope, _ events: inout [ParserEvent]
  ) {
    if head.isSync, !answer.isOpen, failCycle(error, envelope) { return }
    answer.note(envelope)
    if !answer.isOpen { openResult() }
    if answer.resultAt == nil { answer.resultAt = envelope.begin.time }
    finishResult(.failed(error))
    guard !head.endsCycle, !head.isLost, let request = queue.popFirst() else { return }
    // What was to be prepared does not exist.
    if case .parse = request.kind { undo(request, &events) }
    if case .bind = request.kind { undo(request, &events) }
    close(request, nil, &events)
    skipToSync(&events)
  }

  /// Takes back what a request that failed or was skipped had named.
  private mutating func undo(_ request: PostgresRequest, _ events: inout [ParserEvent]) {
    skip(request, &events)
  }

  /// "The backend reads and discards messages until a Sync is reached."
  private mutating func skipToSync(_ events: inout [ParserEvent]) {
    isSkipping = true
    var skipped: [PostgresRequest] = []
    while let request = queue.head {
      if request.isSync || request.isLost {
        isSkipping = false
        break
      }
      _ = queue.popFirst()
      skipped.append(request)
    }
    // Names are given back in reverse, so that the oldest meaning wins.
    for request in skipped.reversed() where !request.isRun { skip(request, &events) }
    for request in skipped where request.isRun { skip(request, &events) }
  }
}
