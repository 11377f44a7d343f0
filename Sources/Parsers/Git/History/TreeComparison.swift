import Bytes
import Model

/// One path that differs between two trees.
struct PathChange {
  var path: [UInt8]
  var old: TreeEntry?
  var new: TreeEntry?

  var kind: CommitFacts.Change.Kind {
    guard let old else { return .added }
    guard let new else { return .deleted }
    return old.type == new.type ? .modified : .typeChanged
  }
}

/// Compares two trees, path by path, in git's order.
struct TreeComparison {
  private(set) var changes: [PathChange] = []
  /// Directories that differ and of which a side is not at hand.
  private(set) var missing: [String] = []
  private(set) var uncounted = 0
  /// The bound on all comparisons was reached.
  private(set) var isCut = false
  private let objects: ObjectLookup
  private let limit: Int
  private var entriesLeft: Int

  /// - Parameters:
  ///   - objects: where the trees are.
  ///   - limit: how many paths are told.
  ///   - entries: how many entries may be looked at; the property of that name says what is left of them.
  init(_ objects: ObjectLookup, limit: Int, entries: Int) {
    self.objects = objects
    self.limit = limit
    entriesLeft = entries
  }

  var entries: Int { entriesLeft }

  private struct Level {
    var prefix: [UInt8]
    var old: TreeCursor?
    var new: TreeCursor?
    var oldEntry: TreeEntry?
    var newEntry: TreeEntry?
  }

  /// Compares; nil stands for the empty tree. False when one of the two is not at hand.
  mutating func compare(_ old: ObjectID?, _ new: ObjectID?) -> Bool {
    guard let first = level([], old, new) else { return false }
    var levels = [first]
    while var level = levels.popLast() {
      guard level.oldEntry != nil || level.newEntry != nil else { continue }
      entriesLeft -= 1
      guard entriesLeft > 0 else {
        isCut = true
        return true
      }
      var (left, right) = (level.oldEntry, level.newEntry)
      if let old = left, let new = right {
        let order = old.order(new)
        if order < 0 { right = nil } else if order > 0 { left = nil }
      }
      if left != nil { level.oldEntry = level.old?.next() }
      if right != nil { level.newEntry = level.new?.next() }
      let prefix = level.prefix
      levels.append(level)
      guard let below = step(prefix, left, right) else { continue }
      if levels.count < GitLimits.treeDepth { levels.append(below) } else { uncounted += 1 }
    }
    return true
  }

  /// Notes a difference of two entries of one name, or gives the directories to compare.
  private mutating func step(_ prefix: [UInt8], _ old: TreeEntry?, _ new: TreeEntry?) -> Level? {
    guard old?.id != new?.id || old?.mode != new?.mode, let name = old?.name ?? new?.name else { return nil }
    let path = prefix + name
    guard path.count <= GitLimits.pathLength else {
      uncounted += 1
      return nil
    }
    guard old?.isTree ?? new?.isTree ?? false else {
      if changes.count < limit {
        changes.append(PathChange(path: path, old: old, new: new))
      } else {
        uncounted += 1
      }
      return nil
    }
    guard old?.id != new?.id else { return nil }
    guard let below = level(path + [0x2f], old?.id, new?.id) else {
      if missing.count < limit { missing.append(PathText.quoted(path)) } else { uncounted += 1 }
      return nil
    }
    return below
  }

  private func level(_ prefix: [UInt8], _ old: ObjectID?, _ new: ObjectID?) -> Level? {
    var level = Level(prefix: prefix)
    if let old {
      guard let bytes = tree(old) else { return nil }
      level.old = TreeCursor(bytes, old.format)
      level.oldEntry = level.old?.next()
    }
    if let new {
      guard let bytes = tree(new) else { return nil }
      level.new = TreeCursor(bytes, new.format)
      level.newEntry = level.new?.next()
    }
    return level
  }

  /// The empty tree is never sent.
  private func tree(_ id: ObjectID) -> [UInt8]? {
    if let bytes = objects.content(id, .tree) { return bytes }
    return ObjectHasher(id.format).id(.tree, [UInt8]().span) == id ? [] : nil
  }
}
