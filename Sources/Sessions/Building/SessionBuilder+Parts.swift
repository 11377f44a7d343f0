public import Model

extension SessionBuilder {
  /// Takes what Policy says of an exchange; gives an action for each part. The first is the whole, the others belong to it;
  /// or all belong to the action with the number `parent`.
  public mutating func add(
    _ exchange: Exchange, parts: [ActionPart], parent: Int? = nil
  ) -> [(draft: ActionDraft, secretHashes: [String])] {
    var first = parent
    var drafts: [(draft: ActionDraft, secretHashes: [String])] = []
    for part in parts {
      var draft = draft(exchange, part, isWhole: first == nil)
      if let first { draft.parentSequence = first } else { first = draft.sequence }
      if part.classification.effect.isChange { countChange() }
      drafts.append((draft, part.secretHashes))
    }
    note(exchange.incompleteReason)
    return drafts
  }

  private mutating func draft(_ exchange: Exchange, _ part: ActionPart, isWhole: Bool) -> ActionDraft {
    var draft = ActionDraft(
      sequence: nextSequence(), kind: part.kind,
      form: StatementForm(shape: part.text, classification: part.classification),
      startedAt: part.startedAt ?? exchange.startedAt, status: part.status, origin: exchange.origin)
    draft.parameters = part.parameters
    draft.endedAt = part.endedAt ?? exchange.endedAt
    draft.code = part.code
    draft.message = part.message
    draft.rowCount = part.rowCount
    draft.isInferred = part.isInferred
    draft.identity = identities.identity(at: draft.startedAt)
    draft.searchText = part.searchText
    draft.maskedSubject = part.maskedSubject
    draft.request = part.request
    draft.response = part.response
    if let records = part.records { draft.call = CallDetails(head: nil, records: records) }
    guard isWhole else { return draft }
    draft.firstResponseAt = exchange.firstResponseAt
    draft.message = part.message ?? exchange.incompleteReason
    draft.bytesIn = exchange.requestByteCount
    draft.bytesOut = exchange.responseByteCount
    return draft
  }
}
