import Bytes
import Model

/// Exchanges out of requests and what was answered to them.
extension PostgresDialogue {
  /// Gives the exchange of a request, whatever of its answer came.
  ///
  /// A request that only prepares and did not fail is no exchange of its own.
  mutating func close(_ request: PostgresRequest, _ incomplete: String?, _ events: inout [ParserEvent]) {
    if answer.isOpen { finishResult(.unknown) }
    if let lone = request.copy, answer.results.isEmpty { addLoneResult(lone) }
    guard var statement = statement(of: request) else {
      answer.addGroup(request)
      return
    }
    statement.statement.results = answer.results
    statement.statement.notices = answer.notices
    statement.statement.cycle = cycle.number
    var reason = request.incompleteReason ?? answer.groupReason ?? statement.reason ?? incomplete
    if reason == nil, answer.resultsDropped > 0 {
      reason = "\(answer.resultsDropped) results after the first \(answer.results.count) are not kept"
    }
    let begin = answer.groupBegin ?? request.begin
    let exchange = Exchange(
      shape: .statement(statement.statement), startedAt: begin.time, firstResponseAt: answer.begin?.time,
      endedAt: answer.endTime, origin: begin.origin, requestByteCount: request.byteCount + answer.groupBytes,
      responseByteCount: answer.byteCount, incompleteReason: reason)
    emit(exchange, &events)
    answer.reset(bodyLimit: options.bodyLimit)
  }

  /// The statement that a request stands for, and why it is not whole; nil for one that only prepared.
  private func statement(of request: PostgresRequest) -> (statement: Statement, reason: String?)? {
    let failed = !answer.results.isEmpty
    switch request.kind {
    case .query(let text, let isExact): return (Statement(mode: .simple, text: text, isTextExact: isExact), nil)
    case .execute(let portal, let name): return execute(portal, name)
    case .functionCall(let call):
      let values = call.arguments.enumerated().map { index, value -> Parameter in
        let isBinary = FormatCodes.isBinary(call.argumentFormats, at: index)
        let shown = value.map { bytes in
          let kept = bytes.span.extracting(first: min(bytes.count, options.bodyLimit))
          return isBinary ? BinaryValue.hex(kept) : text.text(kept)
        }
        return Parameter(type: PostgresType.name(0), text: shown)
      }
      return (Statement(mode: .functionCall, text: "function oid \(call.oid)", parameters: values), nil)
    case .parse(let prepared, _):
      return failed ? (preparation(prepared.name, prepared), prepared.incompleteReason) : nil
    case .bind(let portal):
      guard failed else { return nil }
      return preparation(portal)
    case .describeStatement(let prepared, let name):
      return failed ? (preparation(name, prepared), unknown(prepared, name)) : nil
    case .describePortal(let portal):
      guard failed else { return nil }
      guard let portal else {
        return (Statement(mode: .preparation(statementName: ""), text: "", isTextExact: false), nil)
      }
      return preparation(portal)
    case .close, .sync:
      return failed ? (Statement(mode: .preparation(statementName: ""), text: ""), nil) : nil
    case .lost:
      guard failed || !answer.isUntouched else { return nil }
      return (Statement(mode: .simple, text: "", isTextExact: false), "request not captured")
    }
  }

  private func execute(_ portal: Portal?, _ name: String) -> (Statement, String?) {
    guard let portal else {
      let statement = Statement(mode: .extended(statementName: "", portal: name), text: "", isTextExact: false)
      let reason = sawStartup ? "was not made by a Bind that was captured" : "was bound before the capture began"
      return (statement, "portal \"\(name)\" \(reason)")
    }
    let (parameters, cut) = self.parameters(portal)
    let isContinuation = portal.isSuspended || !sawServer && portal.executions > 1
    let names = (portal.statementName, portal.name)
    let statement = Statement(
      mode: isContinuation
        ? .continuation(statementName: names.0, portal: names.1) : .extended(statementName: names.0, portal: names.1),
      text: portal.statement?.text ?? "", isTextExact: portal.statement?.isExact ?? false, parameters: parameters)
    return (statement, portal.incompleteReason ?? unknown(portal.statement, portal.statementName) ?? cut)
  }

  private func parameters(_ portal: Portal) -> ([Parameter], String?) {
    portal.values.parameters(portal.statement?.parameterOIDs ?? [], text: text, limit: options.bodyLimit)
  }

  private func preparation(_ name: String, _ prepared: PreparedStatement?) -> Statement {
    Statement(
      mode: .preparation(statementName: name), text: prepared?.text ?? "", isTextExact: prepared?.isExact ?? false)
  }

  private func preparation(_ portal: Portal) -> (Statement, String?) {
    var statement = preparation(portal.statementName, portal.statement)
    let (parameters, cut) = self.parameters(portal)
    statement.parameters = parameters
    return (statement, portal.incompleteReason ?? unknown(portal.statement, portal.statementName) ?? cut)
  }

  private func unknown(_ prepared: PreparedStatement?, _ name: String) -> String? {
    guard let prepared else {
      return "statement \"\(name)\" was "
        + (sawStartup ? "not prepared as far as captured" : "prepared before the capture began")
    }
    return prepared.incompleteReason
  }

  // MARK: Results

  /// Opens the result of the oldest request, with the columns that an earlier Describe told.
  mutating func openResult() {
    var columns: [Column] = []
    var formats: [UInt16] = []
    if case .execute(let portal?, _) = queue.head?.kind {
      columns = portal.columns ?? portal.statement?.columns ?? []
      formats = portal.resultFormats
    }
    answer.open(columns: columns, formats: formats, isUTF8: text.isUTF8)
  }

  /// Finishes the open result.
  mutating func finishResult(_ outcome: StatementResult.Outcome) {
    defer { answer.closeResult(bodyLimit: options.bodyLimit) }
    guard answer.results.count < PostgresLimits.results else {
      answer.resultsDropped += 1
      return
    }
    var result = StatementResult(outcome: outcome)
    result.columns = answer.columns
    if answer.rowCount > 0 || !answer.columns.isEmpty { result.rowCount = answer.rowCount }
    if !answer.rows.isEmpty {
      let rows = answer.rows.finish()
      answer.keptBytes += rows.bytes.count
      result.rows = rows
    }
    if let copy = answer.copy {
      let transfer = copy.transfer()
      answer.keptBytes += transfer.content.bytes.count
      // Each message from the server is a row; a client cuts its messages as it likes.
      if copy.direction == .out { result.rowCount = transfer.messageCount }
      result.copy = transfer
      if copy.direction == .in, !copy.isEnded { isDrainingCopy = true }
    }
    if case .completed(let tag) = outcome, result.rows == nil || result.copy != nil,
      let count = CommandTag.rowCount(tag)
    {
      result.rowCount = count
    }
    result.firstResponseAt = answer.resultAt ?? answer.endTime
    result.endedAt = answer.endTime
    answer.results.append(result)
  }

  /// A COPY of which the server's side was not seen.
  private mutating func addLoneResult(_ lone: LoneCopy) {
    answer.results.append(StatementResult(outcome: .unknown, copy: lone.copy.transfer()))
  }
}

extension OpenCopy {
  /// What was copied.
  consuming func transfer() -> CopyTransfer {
    CopyTransfer(
      direction: direction, isBinary: isBinary, content: content.finish(), messageCount: messageCount,
      failure: failure)
  }
}
