extension EvidenceLog {
  /// Gives the leaves that are durable and signed to `body`, the newest first, until it returns false.
  ///
  /// - Throws: `EvidenceLogError` when a file cannot be read or does not hold what the checkpoint says.
  public func readBackwards(_ body: (Leaf) -> Bool) throws(EvidenceLogError) {
    guard let size = checkpoint?.checkpoint.size, size > 0 else { return }
    let folder = LogFolder(path: directory)
    let width = UInt64(TilePath.fullWidth)
    var rest = size
    while rest > 0 {
      let index = (rest - 1) / width
      let count = Int(rest - index * width)
      let path = TilePath(level: nil, index: index, width: count)
      // A full bundle may have taken the place of a partial one.
      var bytes = try folder.read(path.text, limit: EntryBundle.byteLimit)
      if bytes == nil { bytes = try folder.read(path.full.text, limit: EntryBundle.byteLimit) }
      guard let bytes else {
        throw EvidenceLogError(.damaged, folder.place(path.text), "is missing")
      }
      let entries = EntryBundle(bytes, limit: count).entries
      guard entries.count == count else {
        throw EvidenceLogError(.damaged, folder.place(path.text), "has not \(count) entries")
      }
      for entry in entries.reversed() {
        let leaf: Leaf
        do throws(LeafError) {
          leaf = try Leaf(parsing: entry)
        } catch {
          throw EvidenceLogError(.damaged, folder.place(path.text), "a leaf \(error)")
        }
        guard body(leaf) else { return }
      }
      rest = index * width
    }
  }
}
