import Bytes
import Model

/// What the server sends.
extension PostgresDialogue {
  mutating func backend(
    _ type: UInt8, _ body: Span<UInt8>, byteCount: Int, isCut: Bool, begin position: StreamPosition, at time: Timestamp,
    into events: inout [ParserEvent]
  ) {
    sawServer = true
    if type == BackendType.dataRow { return takeRow(body, byteCount: byteCount, isCut: isCut, position, time, &events) }
    var reader = ByteReader(body)
    do throws(DecodeError) {
      try take(type, &reader, body, byteCount: byteCount, position, time, &events)
    } catch {
      events.append(anomaly("postgres-malformed", "server message \(type.letter): \(error)", position))
      noteOnHead("a malformed answer")
    }
  }

  @_lifetime(reader: copy reader)
  private mutating func take(
    _ type: UInt8, _ reader: inout ByteReader, _ body: Span<UInt8>, byteCount: Int, _ position: StreamPosition,
    _ time: Timestamp, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    switch type {
    case BackendType.authentication: try takeAuthentication(&reader, byteCount, position, &events)
    case BackendType.parameterStatus: try takeParameter(&reader, &events)
    case BackendType.backendKeyData: try takeKey(&reader, &events)
    case BackendType.negotiateProtocolVersion:
      let minor = try reader.readUInt32("newest minor version")
      var facts = SessionFacts()
      facts.protocolVersion = "3.\(minor & 0xffff)"
      events.append(.facts(facts))
    case BackendType.notificationResponse:
      let process = try reader.readUInt32("process id")
      let channel = text.decode(try reader.readCString("channel")).text
      let payload = text.decode(try reader.readCString("payload")).text
      try reader.expectEnd("NotificationResponse")
      events.append(
        .exchange(
          Exchange(
            shape: .notification(Notification(channel: channel, payload: payload, processID: process)),
            startedAt: position.time, endedAt: time, origin: position.origin, responseByteCount: UInt64(byteCount))))
    case BackendType.noticeResponse:
      let notice = try ServerMessage(parsingFields: &reader, decode: { text.decode($0).text })
      if waitingCount > 0 {
        if notices.count < PostgresLimits.notices { notices.append(notice) }
        noteResponse(position, bytes: byteCount, at: time)
      } else {
        events.append(.exchange(marker("notice", "\(notice.severity): \(notice.message)", position, 0)))
      }
    case BackendType.readyForQuery: try takeReady(&reader, byteCount, position, time, &events)
    case BackendType.errorResponse:
      let error = try ServerMessage(parsingFields: &reader, decode: { text.decode($0).text })
      takeError(error, byteCount, position, time, &events)
    case BackendType.copyData: takeCopyData(body, from: .fromServer)
    default:
      adoptOrphan(position)
      noteResponse(position, bytes: byteCount, at: time)
      try takeAnswer(type, &reader, position, time, &events)
    }
  }

  /// The messages that answer the oldest request.
  @_lifetime(reader: copy reader)
  private mutating func takeAnswer(
    _ type: UInt8, _ reader: inout ByteReader, _ position: StreamPosition, _ time: Timestamp,
    _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    switch type {
    case BackendType.parseComplete, BackendType.bindComplete, BackendType.closeComplete:
      alignExtended(to: type, into: &events)
      if isExtendedHead(type), let request = popHead() { close(request, into: &events) }
    case BackendType.parameterDescription:
      let count = Int(try reader.readUInt16("parameter count"))
      var oids: [UInt32] = []
      for _ in 0..<count { oids.append(try reader.readUInt32("parameter type")) }
      if case .describeStatement(let prepared) = head?.kind { prepared?.parameterOIDs = oids }
    case BackendType.noData:
      if let request = describeHead() { close(request, into: &events) }
    case BackendType.rowDescription:
      takeColumns(try describe(&reader), into: &events)
      if current.isOpen { current.firstAt = current.firstAt ?? position.time }
    case BackendType.commandComplete:
      let tag = text.decode(try reader.readCString("tag")).text
      complete(.completed(tag: tag), into: &events)
    case BackendType.emptyQueryResponse: complete(.empty, into: &events)
    case BackendType.portalSuspended: complete(.suspended, into: &events)
    case BackendType.copyInResponse, BackendType.copyOutResponse, BackendType.copyBothResponse:
      try beginCopy(type, &reader, position)
    case BackendType.copyDone: break
    case BackendType.functionCallResponse:
      let length = try reader.readInt32("result length")
      var result = StatementResult(outcome: .completed(tag: "FUNCTION CALL"))
      if length >= 0 {
        var row = ByteWriter()
        row.write(UInt16(1))
        row.write(length)
        row.write(try reader.read(Int(length), "result"))
        result.rows = Payload(layout: .rows, bytes: row.bytes)
        result.rowCount = 1
      }
      result.firstResponseAt = responseAt
      result.endedAt = lastResponseAt
      results.append(result)
    default: events.append(anomaly("postgres-unexpected-message", "server message \(type.letter)", position))
    }
  }

  /// A RowDescription; most are those of the statement before.
  @_lifetime(reader: copy reader)
  private mutating func describe(_ reader: inout ByteReader) throws(DecodeError) -> RowDescription {
    let bytes = reader.rest
    if let last = lastDescription, last.bytes.span.elementsEqual(bytes) { return last.description }
    let description = try RowDescription(parsing: &reader, decode: { text.decode($0).text })
    lastDescription = (bytes.array, description)
    return description
  }

  private func isExtendedHead(_ type: UInt8) -> Bool {
    switch (type, head?.kind) {
    case (BackendType.parseComplete, .parse), (BackendType.bindComplete, .bind), (BackendType.closeComplete, .close):
      true
    default: false
    }
  }

  /// After lost answers: passes over requests until the one that this message answers.
  private mutating func alignExtended(to type: UInt8, into events: inout [ParserEvent]) {
    guard serverGap != nil else { return }
    while let request = head, !isExtendedHead(type), !request.endsCycle, let lost = popHead() {
      close(lost, incomplete: serverGap, into: &events)
    }
  }

  private mutating func describeHead() -> PostgresRequest? {
    switch head?.kind {
    case .describeStatement, .describePortal: popHead()
    default: nil
    }
  }

  private mutating func takeColumns(_ description: RowDescription, into events: inout [ParserEvent]) {
    switch head?.kind {
    case .describeStatement(let prepared):
      prepared?.columns = description.columns
      if let request = popHead() { close(request, into: &events) }
    case .describePortal(let portal):
      portal?.columns = description.columns
      if let request = popHead() { close(request, into: &events) }
    default:
      current.isOpen = true
      current.columns = description.columns
      current.formats = description.formats
      current.hasBinary = description.formats.contains(1)
    }
  }

  /// A statement of the oldest request is done.
  private mutating func complete(_ outcome: StatementResult.Outcome, into events: inout [ParserEvent]) {
    passOverUnanswered(into: &events)
    if !current.isOpen { openResult() }
    let result = finishResult(outcome)
    if results.count < PostgresLimits.results { results.append(result) }
    guard case .execute(_, let portal, _) = head?.kind else { return }
    portal?.isSuspended = result.outcome == .suspended
    if let request = popHead() { close(request, incomplete: serverGap, into: &events) }
  }

  /// After lost answers: a result belongs to the next request that can have one.
  private mutating func passOverUnanswered(into events: inout [ParserEvent]) {
    guard serverGap != nil else { return }
    while let request = head {
      switch request.kind {
      case .query, .execute, .functionCall, .lost, .sync: return
      default: if let lost = popHead() { close(lost, incomplete: serverGap, into: &events) }
      }
    }
  }

  /// Opens the result of the oldest request, with the columns that an earlier Describe told.
  mutating func openResult() {
    current.isOpen = true
    if case .execute(_, let portal, _) = head?.kind, let portal {
      current.columns = portal.columns ?? portal.statement?.columns ?? []
      current.formats = portal.resultFormats
      current.hasBinary = portal.resultFormats.contains(1)
    }
  }

  private mutating func takeRow(
    _ body: Span<UInt8>, byteCount: Int, isCut: Bool, _ position: StreamPosition, _ time: Timestamp,
    _ events: inout [ParserEvent]
  ) {
    adoptOrphan(position)
    noteResponse(position, bytes: byteCount, at: time)
    if !current.isOpen {
      passOverUnanswered(into: &events)
      openResult()
    }
    if current.rowCount == 0 { current.firstAt = current.firstAt ?? position.time }
    current.rowCount += 1
    guard !isCut else {
      current.rows.pass(body)
      return
    }
    if current.hasBinary {
      takeBinaryRow(body, position, &events)
    } else {
      current.rows.append(body)
    }
  }

  /// Re-encodes a row with binary cells as text.
  private mutating func takeBinaryRow(
    _ body: Span<UInt8>, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    var reader = ByteReader(body)
    var row = ByteWriter()
    do throws(DecodeError) {
      let count = try reader.readUInt16("cell count")
      row.write(count)
      for index in 0..<Int(count) {
        let length = try reader.readInt32("cell length")
        guard length >= 0 else {
          row.write(Int32(-1))
          continue
        }
        let cell = try reader.read(Int(length), "cell")
        if BindMessage.format(current.formats, at: index) == 1 {
          let oid = index < current.columns.count ? current.columns[index].typeOID : 0
          let text = Array(BinaryValue.text(oid, cell).utf8)
          row.write(Int32(clamping: text.count))
          row.write(text)
        } else {
          row.write(length)
          row.write(cell)
        }
      }
      try reader.expectEnd("DataRow")
      current.rows.append(row.bytes.span)
    } catch {
      events.append(anomaly("postgres-malformed", "DataRow: \(error)", position))
      current.rows.pass(body)
    }
  }

  /// More of a row that is too large to hold.
  mutating func passRow(_ bytes: Span<UInt8>) {
    responseBytes += UInt64(bytes.count)
    current.rows.pass(bytes)
  }

  /// An answer without a request: the request was not captured.
  private mutating func adoptOrphan(_ position: StreamPosition) {
    guard waitingCount == 0 else { return }
    pending.append(
      PostgresRequest(kind: .lost, position: position, byteCount: 0, incompleteReason: "request not captured"))
  }

  @_lifetime(reader: copy reader)
  private mutating func takeReady(
    _ reader: inout ByteReader, _ byteCount: Int, _ position: StreamPosition, _ time: Timestamp,
    _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    let state: TransactionState
    switch try reader.readUInt8("transaction status") {
    case UInt8(ascii: "I"): state = .idle
    case UInt8(ascii: "T"): state = .open
    case UInt8(ascii: "E"): state = .failed
    case let byte: throw DecodeError(.outOfRange, "transaction status", offset: 0, found: byte.letter)
    }
    try reader.expectEnd("ReadyForQuery")
    if finishLogin(.accepted, at: time, into: &events) { return }
    isSkipping = false
    // Everything up to the request that this ends is answered now.
    while let request = popHead() {
      if waitingCount == 0 || request.endsCycle || isLostRequest(request) {
        if case .query = request.kind { responseBytes += UInt64(byteCount) }
        close(request, incomplete: serverGap, into: &events)
        break
      }
      close(request, incomplete: serverGap ?? "its answer was not captured", into: &events)
    }
    resetResponse()
    endCycle(state, into: &events)
    if waitingCount == 0 { serverGap = nil }
  }

  private func isLostRequest(_ request: PostgresRequest) -> Bool {
    if case .lost = request.kind { return true }
    return false
  }

  private mutating func takeError(
    _ error: ServerMessage, _ byteCount: Int, _ position: StreamPosition, _ time: Timestamp,
    _ events: inout [ParserEvent]
  ) {
    login.responseBytes += UInt64(byteCount)
    if finishLogin(.refused(error), at: time, into: &events) { return }
    let isFatal = error.severity == "FATAL" || error.severity == "PANIC"
    guard waitingCount > 0 else {
      let name = isFatal ? "terminated" : "error"
      events.append(.exchange(marker(name, "\(error.severity) \(error.code): \(error.message)", position, 0)))
      return
    }
    passOverUnanswered(into: &events)
    noteResponse(position, bytes: byteCount, at: time)
    if !current.isOpen { openResult() }
    results.append(finishResult(.failed(error)))
    switch head?.kind {
    case .query, .functionCall, .lost, .sync, nil: break
    default:
      if let request = popHead() { close(request, into: &events) }
      skipToSync(into: &events)
    }
    if isFatal { flushAll("the server ended the session", into: &events) }
  }

  /// The server ignores what follows in the extended protocol until a Sync.
  private mutating func skipToSync(into events: inout [ParserEvent]) {
    isSkipping = true
    while let request = head {
      if request.endsCycle || isLostRequest(request) {
        isSkipping = false
        return
      }
      _ = popHead()
      resetResponse()
      switch request.kind {
      case .execute: close(request, into: &events)
      default: break
      }
    }
  }
}
