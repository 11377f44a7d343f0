public import Model

extension SessionBuilder {
  /// Takes a call and what Policy says of its parts; gives an action for each part, with the hashes of its secrets.
  public mutating func add(
    _ exchange: Exchange, _ call: Call, parts: [CallPart]
  ) -> [(draft: ActionDraft, secretHashes: [String])] {
    var first: Int?
    var drafts: [(draft: ActionDraft, secretHashes: [String])] = []
    for part in parts {
      var draft = draft(exchange, call, part)
      // The operations of a batch belong to the first of them, which has the bytes.
      if let first { draft.parentSequence = first } else { first = draft.sequence }
      if part.classification.effect.isChange { countChange() }
      drafts.append((draft, part.secretHashes))
    }
    note(exchange.incompleteReason)
    return drafts
  }

  private mutating func draft(_ exchange: Exchange, _ call: Call, _ part: CallPart) -> ActionDraft {
    let known = identities.identity(at: exchange.startedAt)
    var draft = ActionDraft(
      sequence: nextSequence(), kind: part.kind,
      form: StatementForm(shape: part.text, classification: part.classification), startedAt: exchange.startedAt,
      status: status(of: part, call, exchange), origin: exchange.origin)
    draft.parameters = part.parameters
    draft.firstResponseAt = exchange.firstResponseAt
    draft.endedAt = exchange.endedAt
    draft.code = part.code ?? call.head.status.map(String.init)
    draft.message = part.message ?? exchange.incompleteReason ?? part.requestBody?.note ?? part.responseBody?.note
    draft.rowCount = part.rowCount
    draft.bytesIn = exchange.requestByteCount
    draft.bytesOut = exchange.responseByteCount
    draft.request = part.requestBody?.content
    draft.response = part.responseBody?.content
    draft.call = CallDetails(head: part.head, records: part.records)
    draft.identity = Identity(
      user: part.identity.user ?? known.user, target: part.identity.target ?? known.target,
      application: application(part.identity.application, known.application))
    draft.searchText = part.searchText
    draft.maskedSubject = part.maskedSubject
    note(draft.identity)
    return draft
  }

  /// The whole name that the connection gave itself, where the request's is the beginning of it.
  private func application(_ own: String?, _ known: String?) -> String? {
    guard let own, let known else { return own ?? known }
    return known.hasPrefix(own + " ") ? known : own
  }

  private func status(of part: CallPart, _ call: Call, _ exchange: Exchange) -> Action.Status {
    if let status = part.status { return status }
    switch call.head.status {
    case nil: return .incomplete
    // 401, 403, 407: who asked may not (RFC 9110 §15.5).
    case 401?, 403?, 407?: return .denied
    case let status? where status >= 400: return .error
    case _?: return exchange.incompleteReason == nil ? .ok : .incomplete
    }
  }
}
