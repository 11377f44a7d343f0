import Bytes
public import Model

extension SessionBuilder {
  /// The most of a result's text that the search index takes, in bytes.
  static let searchedResultLimit = 2048
  /// Suspended portals remembered, to join their continuations.
  static let portalLimit = 1000

  /// Takes a statement exchange and what Policy says of its parts; gives an action for each part.
  public mutating func add(_ exchange: Exchange, _ statement: Statement, parts: [StatementPart]) -> [ActionDraft] {
    var drafts: [ActionDraft] = []
    drafts.reserveCapacity(parts.count)
    let results = statement.results
    for (index, part) in parts.enumerated() {
      // A server that knows of more results than we of statements split the text in another way: the last part has them.
      let isLast = index == parts.count - 1
      let own = isLast ? results.dropFirst(index) : results.dropFirst(index).prefix(1)
      var draft = draft(exchange, statement, part, result: own.last, isFirst: index == 0)
      if index == 0, parts.count > 1 {
        let whole = Payload(layout: .text, bytes: Array(statement.text.utf8))
        draft.request = part.redactedRequest.map { whole.replacingBytes(Array($0.utf8)) } ?? whole
      }
      track(part.classification.transactionControl, own.last, &draft)
      drafts.append(draft)
    }
    if statement.endsCycle { transactions.endCycle(statement.transactionState) }
    note(exchange.incompleteReason)
    return drafts
  }

  private mutating func draft(
    _ exchange: Exchange, _ statement: Statement, _ part: StatementPart, result: StatementResult?, isFirst: Bool
  ) -> ActionDraft {
    let kind = result?.copy != nil || part.classification.verb == "COPY" ? "copy" : "sql"
    var draft = ActionDraft(
      sequence: nextSequence(), kind: kind, form: part.form, startedAt: exchange.startedAt, status: .ok,
      origin: exchange.origin)
    draft.text = part.text == part.form.shape ? nil : part.text
    draft.parameters = statement.parameters.json
    draft.identity = identities.identity(at: exchange.startedAt)
    draft.isInferred = !statement.isTextExact
    draft.firstResponseAt = result?.firstResponseAt ?? exchange.firstResponseAt
    draft.endedAt = result?.endedAt ?? exchange.endedAt
    draft.rowCount = result?.rowCount
    draft.columns = result?.columns ?? []
    draft.response = result?.rows
    if let copy = result?.copy {
      if copy.direction == .in { draft.request = copy.content } else { draft.response = copy.content }
    }
    if isFirst {
      draft.bytesIn = exchange.requestByteCount
      draft.bytesOut = exchange.responseByteCount
    }
    setStatus(of: &draft, result, exchange, statement)
    join(&draft, statement.mode, isSuspended: result?.outcome == .suspended)
    draft.searchText = searchText(part, statement, result)
    draft.maskedSubject = part.maskedSubject
    if part.classification.effect.isChange { countChange() }
    return draft
  }

  private func setStatus(
    of draft: inout ActionDraft, _ result: StatementResult?, _ exchange: Exchange, _ statement: Statement
  ) {
    switch result?.outcome {
    case .completed, .empty, .suspended: draft.status = .ok
    case .failed(let error):
      draft.status = error.isDenial ? .denied : .error
      draft.code = error.code
      draft.message = error.oneLine
    case .unknown:
      draft.status = .incomplete
      draft.message = exchange.incompleteReason ?? "its outcome was not captured"
    case nil where exchange.incompleteReason != nil:
      draft.status = .incomplete
      draft.message = exchange.incompleteReason
    case nil:
      draft.status = .error
      draft.message = "not run: an earlier statement of the same request failed"
    }
    if draft.message == nil { draft.message = exchange.incompleteReason }
    if draft.message == nil, let notice = statement.notices.first { draft.message = notice.oneLine }
  }

  /// Puts the action into the transaction that is open and takes note of what it did to it.
  private mutating func track(
    _ control: TransactionControl?, _ result: StatementResult?, _ draft: inout ActionDraft
  ) {
    // The segment before the statement acts: COMMIT belongs to what it commits, ROLLBACK to what it undoes.
    draft.segment = transactions.segment
    switch result?.outcome {
    case .completed(let tag): transactions.completed(control, tag: tag)
    case .empty, .suspended: transactions.completed(nil, tag: "")
    case .failed: transactions.failed()
    case .unknown: transactions.lost()
    case nil where draft.status == .incomplete: transactions.lost()
    case nil: draft.segment = transactions.skipped()
    }
  }

  /// Ties the Executes of one portal together.
  private mutating func join(_ draft: inout ActionDraft, _ mode: Statement.Mode, isSuspended: Bool) {
    switch mode {
    case .extended(_, let portal):
      if isSuspended, suspendedPortals.count < SessionBuilder.portalLimit || suspendedPortals[portal] != nil {
        suspendedPortals[portal] = draft.sequence
      } else if !suspendedPortals.isEmpty {
        suspendedPortals[portal] = nil
      }
    case .continuation(_, let portal):
      draft.parentSequence = suspendedPortals[portal]
      if !isSuspended { suspendedPortals[portal] = nil }
    case .simple, .preparation, .functionCall: break
    }
  }

  /// The constants, the parameters and the beginning of the result, with spaces between.
  private func searchText(_ part: StatementPart, _ statement: Statement, _ result: StatementResult?) -> [UInt8] {
    var text = part.constants
    for parameter in statement.parameters {
      guard let value = parameter.text else { continue }
      text.append(0x20)
      text.append(contentsOf: value.utf8.prefix(SessionBuilder.searchedResultLimit))
    }
    if let rows = result?.rows, !rows.bytes.isEmpty {
      text.appendCells(of: rows.bytes, limit: Self.searchedResultLimit)
    }
    if let copy = result?.copy, copy.content.layout == .text {
      text.append(0x20)
      text.append(contentsOf: copy.content.bytes.prefix(SessionBuilder.searchedResultLimit))
    }
    return text
  }
}

extension Array where Element == UInt8 {
  /// Adds the cells of a payload of layout `rows`, with spaces between, until `limit` more bytes are there.
  mutating func appendCells(of rows: [UInt8], limit: Int) {
    let end = count + limit
    var reader = ByteReader(rows.span)
    do {
      while !reader.isAtEnd, count < end {
        let cells = try reader.readUInt16("cell count")
        for _ in 0..<cells {
          let length = try reader.readInt32("cell length")
          guard length > 0 else { continue }
          let cell = try reader.read(Int(length), "cell")
          append(0x20)
          append(contentsOf: cell.extracting(first: Swift.min(cell.count, Swift.max(0, end - count))))
        }
      }
    } catch {
      // Rows come from our own builder; a cut one ends the text, and nothing else depends on it.
    }
  }
}

extension ServerMessage {
  /// Classes 28 (invalid authorization) and 42501 (insufficient privilege) of PostgreSQL's error codes.
  var isDenial: Bool { code == "42501" || code.hasPrefix("28") }

  /// `ERROR: relation "x" does not exist; detail: …; hint: …`.
  var oneLine: String {
    var text = severity.isEmpty ? message : "\(severity): \(message)"
    for name in ["detail", "hint", "where"] {
      if let value = self[name] { text += "; \(name): \(value)" }
    }
    return text
  }
}
