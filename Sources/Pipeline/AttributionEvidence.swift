public import Model
public import Sessions

/// A case as the correlation takes it: its calls with what they should do, its sessions with what was done.
public struct AttributionEvidence {
  public let calls: [CallEvidence]
  private let wire: WireReader

  /// - Throws: what the store throws.
  public init(_ store: some CorrelationStore) throws {
    try self.init(store, PromptRoots(store, PromptTwins(store)))
  }

  init(_ store: some CorrelationStore, _ roots: PromptRoots) throws {
    var reader = CallReader(roots)
    try store.forEachToolCall { reader.add($0) }
    let calls = reader.finish()
    self.calls = calls
    wire = WireReader(
      hasIDs: calls.contains { !$0.ids.isEmpty },
      hasBodies: calls.contains { call in call.effects.contains { $0.body != nil } },
      hasValues: calls.contains { call in call.effects.contains { !$0.values.isEmpty } })
  }

  /// The sessions in a stable order, one at a time in memory; those of some numbers, or all.
  public func forEachSession(
    _ store: some CorrelationStore, of wanted: Set<Int64>? = nil,
    _ body: (Int64, WireSession, [WireAction]) throws -> Void
  ) throws {
    try store.forEachSession { number, session, actions in
      guard wanted?.contains(number) ?? true else { return }
      let (session, actions) = try wire.read(number, session, actions, store)
      try body(number, session, actions)
    }
  }
}
