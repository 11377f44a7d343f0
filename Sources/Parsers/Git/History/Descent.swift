/// Tells whether a reference was moved to a commit that does not descend from the one it stood at.
struct Descent {
  let objects: ObjectLookup
  /// Everything that the server said it has; nil when that is not known.
  let knownTips: Set<ObjectID>?

  /// Nil when the commits at hand cannot tell.
  func isForced(from old: ObjectID, to new: ObjectID) -> Bool? {
    guard old != new else { return false }
    guard let start = commit(new) else { return knownTips == [old] ? true : nil }
    var seen: Set<ObjectID> = [start]
    var open = [start]
    var isCertain = true
    while let id = open.popLast() {
      guard id != old else { return false }
      guard let bytes = objects.content(id, .commit), let commit = CommitObject(bytes) else {
        // A client sends what the references told do not reach. If `old` is all that was told, this commit lies
        // behind it, and so `old` does not lie behind this one.
        if knownTips != [old] { isCertain = false }
        continue
      }
      for parent in commit.parents where seen.insert(parent).inserted {
        guard seen.count <= GitLimits.walkedCommits else { return nil }
        open.append(parent)
      }
    }
    return isCertain ? true : nil
  }

  /// What a tag stands for, or the commit itself; nil when it is neither or not at hand.
  private func commit(_ id: ObjectID) -> ObjectID? {
    var id = id
    for _ in 0..<8 {
      guard let found = objects.content(id) else { return nil }
      switch found.kind {
      case .commit: return id
      case .tag:
        let line = found.bytes.prefix { $0 != 0x0a }
        guard line.count > 7, let target = ObjectID(hex: String(decoding: line.dropFirst(7), as: UTF8.self)) else {
          return nil
        }
        id = target
      case .tree, .blob: return nil
      }
    }
    return nil
  }
}
