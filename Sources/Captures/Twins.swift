import Bytes

extension Survey {
  /// Finds sources that were given twice, as files or as members of archives, and leaves the first of each.
  ///
  /// Full digests are made only where two have the same first bytes: of a file by reading it, of members by one more
  /// walk through their archive.
  func removeTwins() throws {
    let groups = Dictionary(grouping: candidates.indices) { candidates[$0].headDigest }
    var suspects: Set<Int> = []
    for indices in groups.values where indices.count > 1 {
      let sizes = indices.map { candidates[$0].byteCount }
      let known = Set(sizes.compactMap(\.self))
      // Different sizes throughout, and all of them known, are different contents.
      if known.count == indices.count { continue }
      suspects.formUnion(indices)
    }
    guard !suspects.isEmpty else { return }
    try makeDigests(of: suspects)
    var firsts: [Digest: Int] = [:]
    var twins: [(index: Int, first: Int)] = []
    for index in suspects.sorted() {
      guard let digest = candidates[index].digest else { continue }
      if let first = firsts[digest] { twins.append((index, first)) } else { firsts[digest] = index }
    }
    for twin in twins {
      let candidate = candidates[twin.index]
      skipTwin(candidate, of: candidates[twin.first].ordinal)
    }
    let removed = Set(twins.map(\.index))
    candidates = candidates.indices.filter { !removed.contains($0) }.map { candidates[$0] }
  }

  private func makeDigests(of suspects: Set<Int>) throws {
    var byRoot: [Int: [Int: Int]] = [:]
    for index in suspects where candidates[index].digest == nil {
      switch candidates[index].place {
      case .file(let bytes):
        candidates[index].digest = try? Survey.digest(of: ExtentReader(bytes))
        bytes.release()
      // A stream is read once: it cannot be told to be a twin before it is read.
      case .stream: break
      case .leaf(let root, let leaf): byRoot[root, default: [:]][leaf] = index
      }
    }
    for (number, wanted) in byRoot.sorted(by: { $0.key < $1.key }) {
      let root = roots[number]
      let walker = root.walk(ArchiveBudget(options.archives, byteCount: root.group.byteCount))
      var missing = wanted.count
      while missing > 0, let leaf = walker.next(), leaf.index < root.roles.count {
        guard let index = wanted[leaf.index], let source = leaf.source else { continue }
        candidates[index].digest = try? Survey.digest(of: source)
        missing -= 1
      }
      root.bytes.release()
    }
  }
}
