import Model

extension CaseReading {
  /// Calls `body` for each HTTP request of a session with its heads, in the order sent.
  ///
  /// The operations of one request (a batch of queries, the statements of a script) are actions of their own with the
  /// same heads; the first stands for all of them.
  func forEachCall(of session: String, _ body: (Action, CallHead) throws -> Void) throws {
    var last: (action: Action, head: CallHead)?
    try forEachActionInSequence(of: session) { action in
      guard action.hasHead, let head = try callHead(of: action.id) else { return }
      if let last, Self.isSameCall(last.action, action), last.head == head { return }
      last = (action, head)
      try body(action, head)
    }
  }

  private static func isSameCall(_ first: Action, _ action: Action) -> Bool {
    guard first.startedAt == action.startedAt, first.packet == action.packet, first.sourceID == action.sourceID else {
      return false
    }
    return action.parentID != nil || (action.bytesIn == 0 && action.bytesOut == 0)
  }
}

extension StoredPayload {
  /// Whether it is all that moved, secrets aside. Redacting changes the length, so that a redacted body whose form is
  /// whole counts.
  func isWhole(_ mediaType: String?) -> Bool {
    guard isCut else { return true }
    let text = String(decoding: bytes, as: UTF8.self)
    guard Redaction.isIn(text) else { return false }
    let type = MediaType(mediaType)
    if type.isForm { return true }
    if type.isMultipart, let boundary = type["boundary"] { return text.contains("--\(boundary)--") }
    if case .whole = JSONIndenter.indent(bytes, limit: .max, isCut: false) { return true }
    return false
  }
}
