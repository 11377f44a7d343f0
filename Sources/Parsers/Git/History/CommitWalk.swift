/// Puts commits in the order of `git log`: from what nothing builds on, always the newest that is left.
struct CommitWalk {
  private struct Waiting {
    var id: ObjectID
    var seconds: Int64
    var number: Int
  }

  private var heap: [Waiting] = []
  private var count = 0

  /// - Parameters:
  ///   - commits: those to walk; no other is visited.
  ///   - tips: where to begin, as far as they are among the commits.
  ///   - objects: where their content is.
  ///   - visit: takes each commit in turn; false ends the walk.
  static func walk(
    _ commits: [ObjectID], tips: [ObjectID], objects: ObjectLookup, _ visit: (ObjectID, [UInt8], CommitObject) -> Bool
  ) {
    var walk = CommitWalk()
    let members = Set(commits)
    var children: Set<ObjectID> = []
    for id in commits {
      guard let bytes = objects.content(id, .commit), let commit = CommitObject(bytes) else { continue }
      for parent in commit.parents where members.contains(parent) { children.insert(parent) }
    }
    var seen: Set<ObjectID> = []
    for id in tips + commits.filter({ !children.contains($0) }) where members.contains(id) {
      if seen.insert(id).inserted { walk.push(id, objects) }
    }
    while let next = walk.pop() {
      guard let bytes = objects.content(next.id, .commit), let commit = CommitObject(bytes) else { continue }
      guard visit(next.id, bytes, commit) else { return }
      for parent in commit.parents where members.contains(parent) && seen.insert(parent).inserted {
        walk.push(parent, objects)
      }
    }
  }

  private mutating func push(_ id: ObjectID, _ objects: ObjectLookup) {
    let seconds = objects.content(id, .commit).flatMap { CommitObject($0) }?.committer?.seconds ?? 0
    heap.append(Waiting(id: id, seconds: seconds, number: count))
    count += 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.precedes(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func pop() -> Waiting? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var best = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && Self.precedes(heap[child], heap[best]) {
        best = child
      }
      guard best != parent else { return first }
      heap.swapAt(best, parent)
      parent = best
    }
  }

  /// The newer first; of equals the one that was met first.
  private static func precedes(_ left: Waiting, _ right: Waiting) -> Bool {
    left.seconds != right.seconds ? left.seconds > right.seconds : left.number < right.number
  }
}
