import Model

/// What agents were asked, what came of it, and what came of nothing that they were asked.
struct PromptBook {
  /// An action's attribution to one prompt, by places.
  struct Mark {
    /// Nil when only the call is known.
    let prompt: Int?
    let callID: String?
    let method: Attribution.Method
    let confidence: Double
    let reason: String
    let isAmbiguous: Bool
    let viaActionID: String?
  }

  /// Whether the case says anything of prompts.
  let isPresent: Bool
  /// In order of time: what was typed, and whatever else actions go back to.
  private(set) var entries: [PromptEntry] = []
  private(set) var unexplained = UnexplainedChanges()
  private(set) var claims: [CallNote] = []
  private(set) var claimCount = 0
  /// Of the claims, those in whose place something else was seen.
  private(set) var mismatchCount = 0
  let conversationCount: Int
  let conversations: [StoredConversation]
  /// The prompt at the root of each, by place.
  let roots: [Int]
  /// How far clocks of transcripts run ahead of the captures', where they differ.
  let offsets: [(sourceID: String, nanoseconds: Int64)]
  let callCount: Int
  private(set) var attributed = 0
  private(set) var ambiguous = 0
  /// Changes that go back to prompts.
  private(set) var attributedChanges = 0

  let marks: [String: [AttributionMark]]
  private var placeOfID: [String: Int] = [:]
  private let calls: [String: CallNote]
  private var deedCount = 0

  /// Calls kept that claim what was not seen.
  private static let claimsKept = 1000
  private static let claimsOfPrompt = 8
  /// Deeds kept for all prompts together.
  private static let deedsInAll = 60_000

  /// `prompts` are those of the case, where they have been read already.
  init(_ reading: any CaseReading, prompts given: [StoredPrompt]? = nil) throws {
    let prompts = try given ?? reading.prompts()
    let found = try reading.attributionMarks()
    isPresent = found != nil || prompts.contains { $0.kind.isTyped }
    marks = found ?? [:]
    guard isPresent else {
      (conversationCount, conversations, offsets, callCount, calls, roots) = (0, [], [], 0, [:], [])
      return
    }
    conversations = try reading.conversations()
    let byID = Dictionary(conversations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var known = Set<String>()
    offsets = conversations.compactMap { conversation in
      guard let ahead = conversation.clockOffset, ahead != 0, let source = conversation.sourceID else { return nil }
      return known.insert(source).inserted ? (source, ahead) : nil
    }
    // Agents that others started belong to the conversation in which they were.
    conversationCount = Set(prompts.filter(\.kind.isTyped).map(\.conversation)).count
    let places = Dictionary(
      zip(prompts.lazy.map(\.id), prompts.indices), uniquingKeysWith: { first, _ in first })
    roots = prompts.enumerated().map { places[$1.rootID] ?? $0 }
    var notes: [String: CallNote] = [:]
    var numbers: [String: Int] = [:]
    for (place, prompt) in prompts.enumerated() {
      let clock = byID[prompt.conversation]?.clockOffset ?? 0
      var entry = PromptEntry(prompt, byID[prompt.conversation], ahead: clock)
      if prompt.kind.isTyped {
        numbers[prompt.conversation, default: 0] += 1
        entry.number = numbers[prompt.conversation, default: 0]
      }
      entries.append(entry)
      placeOfID[prompt.id] = placeOfID[prompt.id] ?? place
      for call in prompt.toolCalls {
        notes[call.id] = CallNote(call, prompt: roots[place], ahead: clock)
      }
    }
    calls = notes
    callCount = notes.count
    for place in entries.indices { entries[place].siblings = numbers[entries[place].conversation] ?? 0 }
    for (place, prompt) in prompts.enumerated() {
      let root = roots[place]
      entries[root].callCount += prompt.toolCalls.count
      if place != root, prompt.kind == .delegated { entries[root].delegated += 1 }
      for call in prompt.toolCalls { note(call.id, of: root) }
    }
  }

  private mutating func note(_ id: String, of root: Int) {
    guard let call = calls[id], call.isClaim else { return }
    claimCount += 1
    if call.witness == .mismatched { mismatchCount += 1 }
    entries[root].claimCount += 1
    guard claims.count < Self.claimsKept else { return }
    if entries[root].claims.count < Self.claimsOfPrompt { entries[root].claims.append(claims.count) }
    claims.append(call)
  }

  /// From the first to the last prompt that has a time; nil without any.
  var span: (first: Timestamp, last: Timestamp)? {
    let times = entries.lazy.filter(\.isTimed).map(\.time)
    guard let first = times.min(), let last = times.max() else { return nil }
    return (first, last)
  }

  /// When those were given to which anything goes back.
  var causes: [Timestamp] {
    let places = Set(marks.values.compactMap { $0.first?.promptID.flatMap { placeOfID[$0] } })
    return places.sorted().lazy.map { entries[$0] }.filter(\.isTimed).map(\.time)
  }

  // MARK: Actions

  /// Counts an action for the prompts that it goes back to.
  mutating func take(_ action: Action, _ decision: Decision?, session: Int?, _ about: Session?) {
    guard isPresent else { return }
    guard let found = marks[action.id], let best = found.first else {
      if action.isChange { unexplained.take(action, decision, session: session, about) }
      return
    }
    attributed += 1
    if best.isAmbiguous { ambiguous += 1 }
    if action.isChange { attributedChanges += 1 }
    var seen = Set<Int>()
    for mark in best.isAmbiguous ? found[...] : found.prefix(1) {
      guard let place = mark.promptID.flatMap({ placeOfID[$0] }), seen.insert(place).inserted else { continue }
      count(action, decision, of: place, isAmbiguous: best.isAmbiguous)
    }
  }

  private mutating func count(_ action: Action, _ decision: Decision?, of place: Int, isAmbiguous: Bool) {
    if isAmbiguous {
      entries[place].effects.ambiguousCount += 1
    } else {
      entries[place].effects.counts[action.effect, default: 0] += 1
      if action.effect == .read {
        let rows = entries[place].effects.rowCount
        entries[place].effects.rowCount = rows.addingReportingOverflow(action.rowCount ?? 0).partialValue
        entries[place].read(action)
      }
      if let decision, !decision.isAcceptable { entries[place].unaccepted += 1 }
      if decision?.outcome == .unapproved || decision?.outcome == .denied { entries[place].refused += 1 }
      if action.status == .error || action.status == .denied { entries[place].failed += 1 }
      if action.isChange, action.isWithoutEffect { entries[place].withoutEffect += 1 }
    }
    if entries[place].firstAction == nil { entries[place].firstAction = action.startedAt }
    entries[place].lastAction = action.startedAt
    guard action.effect != .session else { return }
    let deed = PromptEntry.Deed(
      actionID: action.id, time: action.startedAt, text: PromptEntry.Deed.line(action.text),
      effect: action.effect, outcome: decision?.outcome, status: action.status, isAmbiguous: isAmbiguous,
      isWithoutEffect: action.isChange && action.isWithoutEffect)
    if entries[place].keep(deed, hasRoom: deedCount < Self.deedsInAll) { deedCount += 1 }
  }

  /// The prompts that an action may go back to, the likeliest first; none when it is nobody's that is known.
  func marks(of actionID: String) -> [Mark] {
    (marks[actionID] ?? []).map { mark in
      Mark(
        prompt: mark.promptID.flatMap { placeOfID[$0] }, callID: mark.callID, method: mark.method,
        confidence: mark.confidence, reason: mark.reason, isAmbiguous: mark.isAmbiguous, viaActionID: mark.viaActionID)
    }
  }

  /// The likeliest of them, by place.
  func prompt(of actionID: String) -> Int? { marks[actionID]?.first?.promptID.flatMap { placeOfID[$0] } }

  func call(_ id: String?) -> CallNote? { id.flatMap { calls[$0] } }

  // MARK: After all actions

  /// Those of whom the page tells: what was typed, and whatever else something came of.
  private(set) var listed: [Int] = []
  /// Of them, in the order in which they are told: unapproved changes first, then changes, then the rest by time.
  private(set) var ranked: [Int] = []
  private var turns: [Int] = []

  /// Sorts, and cuts the texts that are not shown whole. Nothing is taken afterwards.
  mutating func close(limits: HTMLReport.Limits) {
    let told = entries.indices.filter {
      entries[$0].kind.isTyped || !entries[$0].effects.isEmpty || entries[$0].claimCount > 0
    }
    let order = told.sorted { (entries[$0].time, $0) < (entries[$1].time, $1) }
    let byRank = order.enumerated().sorted {
      let (one, two) = (rank($0.element), rank($1.element))
      return one == two ? $0.offset < $1.offset : one.lexicographicallyPrecedes(two)
    }.map(\.element)
    let kept = byRank.prefix(limits.prompts)
    let isKept = Set(kept)
    ranked = Array(kept)
    listed = order.filter { isKept.contains($0) }
    turns = [Int](repeating: 0, count: entries.count)
    for (turn, place) in listed.enumerated() { turns[place] = turn + 1 }
    omittedCount = told.count - listed.count
    var left = limits.promptBytesInAll
    for (turn, place) in byRank.enumerated() {
      let limit = turn < limits.promptCards && left > 0 ? min(limits.promptBytes, left) : Self.excerptBytes
      entries[place].text = String(Excerpt(entries[place].text, limit: limit).text)
      left -= entries[place].text.utf8.count
    }
    for place in entries.indices where turns[place] == 0 {
      entries[place].text = String(Excerpt(entries[place].text, limit: Self.excerptBytes).text)
    }
  }

  /// Bytes of a text that every prompt keeps.
  static let excerptBytes = 300
  /// Prompts that are told nowhere on the page.
  private(set) var omittedCount = 0

  /// Its place among those listed, from 1; 0 when it is not among them.
  func turn(of place: Int) -> Int { turns.indices.contains(place) ? turns[place] : 0 }

  /// Whether the page has a place that tells of it.
  func isListed(_ place: Int) -> Bool { turn(of: place) > 0 }

  private func rank(_ place: Int) -> [Int] {
    let entry = entries[place]
    return [-entry.refused, -entry.unaccepted, -entry.effects.changeCount, entry.isNotable ? 0 : 1]
  }
}
