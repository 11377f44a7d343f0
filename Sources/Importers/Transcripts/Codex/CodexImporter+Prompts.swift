import Bytes
import Model

extension CodexImporter {
  /// The prompts in a text of the user's side.
  private func drafts(_ text: String, nativeID: String?) -> [TranscriptNouns.Draft] {
    if let command = Self.inner(text, "user_shell_command") {
      let line = Self.inner(command, "command") ?? command
      return [TranscriptNouns.Draft(text: "!" + line.trimmed, kind: .command, context: text, at: time)]
    }
    if text.hasPrefix("<subagent_notification>") {
      return [TranscriptNouns.Draft(text: text, kind: .notification, nativeID: nativeID, at: time)]
    }
    var typed = text
    var wrapped: String?
    // Editors put what is open and selected before what was typed.
    for mark in ["## My request for Codex:", "## My request for Codex"] where text.holds(UInt8(ascii: "#")) {
      guard let found = text.firstRange(of: mark) else { continue }
      (typed, wrapped) = (String(text[found.upperBound...]), String(text[..<found.lowerBound]))
      break
    }
    var drafts: [TranscriptNouns.Draft] = []
    for case .user(let text, let kind, let context) in UserText.elements(typed, afterResult: false) {
      let contexts = [wrapped, context].compactMap(\.self)
      drafts.append(
        TranscriptNouns.Draft(
          text: text, kind: kind, context: contexts.isEmpty ? nil : contexts.joined(separator: "\n"),
          nativeID: nativeID, at: time))
    }
    return drafts
  }

  /// Whether one of two texts stands in the other.
  private static func isSame(_ left: String, _ right: String) -> Bool {
    let (left, right) = (left.trimmed, right.trimmed)
    return left.isEmpty || right.isEmpty || left == right || left.contains(right) || right.contains(left)
  }

  private static func inner(_ text: String, _ tag: String) -> String? {
    guard text.holds(UInt8(ascii: "<")), let open = text.firstRange(of: "<\(tag)>"),
      let close = text[open.upperBound...].firstRange(of: "</\(tag)>")
    else { return nil }
    return String(text[open.upperBound..<close.lowerBound])
  }

  /// Reads a prompt that an event tells: as it was typed.
  mutating func readUserMessage(
    _ text: String, isAttached: Bool, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    hasMessages = true
    var drafts = drafts(text, nativeID: thread.turnID)
    // Mostly the same as what the history says; where the two have nothing in common, one of them is damaged.
    let isLost = text.isEmpty && !isAttached
    if let before = held?.drafts, isLost || !before.contains(where: { Self.isSame($0.text, text) }) {
      tellHeld(into: &events)
    }
    // The file ends within the event, but the history has the whole.
    guard !record.isCut || held == nil else { return tellHeld(into: &events) }
    held = nil
    if drafts.isEmpty, isAttached { drafts = [TranscriptNouns.Draft(text: "[image]", kind: .human, at: time)] }
    // Newer versions tell the same message twice, as an event and as an item.
    if let digest = drafts.first.map({ SHA256.digest(of: "\(thread.turnID ?? "")\n\($0.text)") }), turnHasPrompt,
      told[digest] != nil
    {
      return
    }
    tell(drafts, isCut: record.isCut, record.origin, into: &events)
  }

  /// Reads a message of the user's side in the history, which holds what the program added as well.
  mutating func readUserItem(
    _ payload: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    guard !hasMessages else {
      // A command of the user's own is told nowhere else.
      for block in payload.list("content") {
        guard let text = block[member: "text"]?.string(limit: TranscriptNouns.textLimit) else { continue }
        if text.hasPrefix("<user_shell_command>") || text.hasPrefix("<subagent_notification>") {
          tell(drafts(text, nativeID: thread.turnID), isCut: record.isCut, record.origin, into: &events)
        }
      }
      return
    }
    tellHeld(into: &events)
    var all: [TranscriptNouns.Draft] = []
    for block in payload.list("content") {
      guard let text = block[member: "text"]?.string(limit: TranscriptNouns.textLimit + 4) else { continue }
      all += drafts(text, nativeID: thread.turnID)
    }
    if record.isCut, !all.isEmpty { all[all.count - 1].isCut = true }
    if !all.isEmpty { held = (all, record.origin) }
  }

  /// Tells a prompt of the history that no event told.
  mutating func tellHeld(into events: inout [ConversationEvent]) {
    guard let (drafts, origin) = held else { return }
    held = nil
    tell(drafts, isCut: false, origin, into: &events)
  }

  private mutating func tell(
    _ drafts: [TranscriptNouns.Draft], isCut: Bool, _ origin: Origin, into events: inout [ConversationEvent]
  ) {
    for var draft in drafts {
      if draft.kind == .human {
        if isSubagent { draft.kind = .delegated } else if turnHasPrompt { draft.kind = .queued }
      }
      draft.isCut = draft.isCut || isCut
      told[SHA256.digest(of: "\(thread.turnID ?? "")\n\(draft.text)")] = true
      told[SHA256.digest(of: draft.text)] = true
      nouns.tell(draft, in: &thread, seenAt: time, origin: origin, into: &events)
      guard draft.kind != .notification else { continue }
      turnHasPrompt = thread.turnID != nil
      noteTurn(hasPrompt: true)
    }
    responseIsOver = true
  }

  // MARK: Compaction

  /// Reads the boundary at which a summary takes the place of the history. What the new history keeps, and was not seen
  /// before, is told without times: a session that goes on elsewhere may hold it nowhere else.
  mutating func readCompaction(
    _ payload: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    tellHeld(into: &events)
    let before = thread
    fork(.compaction, "compacted \(record.origin.offset)", record.origin, into: &events)
    thread.ordinal = 0
    if let text = payload[member: "message"]?.string(limit: TranscriptNouns.textLimit + 4), !text.isEmpty {
      let draft = TranscriptNouns.Draft(text: text, kind: .summary, at: time, isCut: record.isCut)
      nouns.tell(draft, in: &thread, seenAt: time, origin: record.origin, into: &events)
    }
    for item in payload.list("replacement_history") { readReplaced(item, record, into: &events) }
    // The turn goes on with its prompt.
    if before.promptID != nil { thread.promptID = before.promptID }
  }

  private mutating func readReplaced(
    _ item: JSONNode, _ record: TranscriptLines.Record, into events: inout [ConversationEvent]
  ) {
    guard item[member: "type"]?.equals("message") == true else {
      readCall(item, record, at: nil, into: &events)
      return
    }
    guard item[member: "role"]?.equals("user") == true else { return }
    for block in item.list("content") {
      guard let text = block[member: "text"]?.string(limit: TranscriptNouns.textLimit + 4) else { continue }
      for var draft in drafts(text, nativeID: Self.turn(of: item)) where told[SHA256.digest(of: draft.text)] == nil {
        draft.at = nil
        if draft.kind == .human, isSubagent { draft.kind = .delegated }
        told[SHA256.digest(of: draft.text)] = true
        nouns.tell(draft, in: &thread, seenAt: time, origin: record.origin, into: &events)
      }
    }
  }
}
