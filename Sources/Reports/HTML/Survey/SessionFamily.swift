import Model

/// Sessions in the order of time, each followed by those nested in it.
struct SessionFamily {
  private(set) var sessions: [Session] = []
  private(set) var depths: [Int] = []

  /// Nesting beyond this is drawn at this depth; parents that form a ring cannot go deeper either.
  private static let deepest = 8

  init(_ given: [Session]) {
    let known = Set(given.map(\.id))
    var children: [String: [Session]] = [:]
    var roots: [Session] = []
    for session in given {
      if let parent = session.parentID, parent != session.id, known.contains(parent) {
        children[parent, default: []].append(session)
      } else {
        roots.append(session)
      }
    }
    var seen = Set<String>()
    // A stack of its own: nesting in evidence is not bounded by ours.
    func walk(from root: Session) {
      var stack = [(root, 0)]
      while let (session, depth) = stack.popLast() {
        guard seen.insert(session.id).inserted else { continue }
        sessions.append(session)
        depths.append(min(depth, Self.deepest))
        for child in (children[session.id] ?? []).reversed() { stack.append((child, depth + 1)) }
      }
    }
    for root in roots { walk(from: root) }
    // Rings have no root.
    for session in given where !seen.contains(session.id) { walk(from: session) }
  }
}
