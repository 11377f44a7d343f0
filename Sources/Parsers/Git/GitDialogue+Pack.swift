import Bytes
import Model

// What a pack that is over says: its facts, its commits, and whether references were moved by force.
extension GitDialogue {
  mutating func closePack(_ results: inout [Result]) {
    pack?.finish()
    if let pack {
      draft.pack = pack.facts
      if let problem = pack.problem {
        let isCut = incompleteReason != nil || pack.facts.isIntact == nil
        results.append(.anomaly(isCut ? "git-pack-truncated" : "git-pack-damaged", "packfile: \(problem)"))
        if isCut || pack.isLost { incompleteReason = incompleteReason ?? "packfile: \(problem)" }
        note("packfile: \(problem)")
      }
      if pack.facts.unresolvedCount > 0 {
        note("\(pack.facts.unresolvedCount) deltas could not be rebuilt: their base is not at hand")
      }
      if pack.facts.unkeptCount > 0 { note("content of \(pack.facts.unkeptCount) objects was not kept") }
    }
    let objects = ObjectLookup(pack: pack?.objects, source: source)
    if draft.operation == .push {
      let known = advertised.isWhole && !isShallow ? advertised.tips : nil
      for index in draft.updates.indices where draft.updates[index].isForced == nil {
        guard let old = draft.updates[index].old.flatMap({ ObjectID(hex: $0) }),
          let new = draft.updates[index].new.flatMap({ ObjectID(hex: $0) })
        else { continue }
        draft.updates[index].isForced = Descent(objects: objects, knownTips: known).isForced(from: old, to: new)
      }
    }
    guard let packed = pack?.objects, !packed.commits.isEmpty else { return }
    var history = HistoryBuilder(objects: objects, bodyLimit: options.bodyLimit)
    let tips = draft.updates.compactMap(\.new) + draft.wants.map { String($0.prefix { $0 != " " }) }
    history.build(commits: packed.commits, tips: tips.compactMap { ObjectID(hex: $0) })
    draft.commits = history.commits
    draft.history = history.text
    for text in history.notes { note(text) }
  }

  private mutating func note(_ text: String) {
    if draft.notes.count < GitLimits.items { draft.notes.append(text) }
  }
}
