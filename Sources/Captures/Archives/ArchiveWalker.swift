/// Goes through an archive once, from front to back, into the archives within it as far as they can be read on the way.
///
/// Two walks over the same archive find the same leaves in the same order.
final class ArchiveWalker {
  /// A member that is no archive to be entered on the way.
  struct Leaf {
    var index: Int
    var path: String
    /// As the archive says.
    var byteCount: UInt64?
    var content: Content
    /// Its first bytes.
    var head: [UInt8]
    /// There are no others.
    var isWhole: Bool
    /// Nil when it cannot be read.
    var source: MemberSource?
    /// Why not, or not to its end.
    var problem: InputError?
    /// How deep an archive that it is would lie.
    var depth: Int
  }

  private struct Layer {
    var handle: any EntryReading
    var form: ArchiveHandle.Form
    /// What stands before the names of its entries.
    var path: String
    var depth: Int
    /// What it reads from; nil for the root.
    var input: EntrySource?
    var entry: EntrySource?
    var entryCount = 0
  }

  /// Times that a zip file is taken up again behind a member that cannot be expanded.
  static let recoveryLimit = 16

  private let root: ExtentReader
  private let weight: Double
  private let budget: ArchiveBudget
  private var layers: [Layer] = []
  private var leafCount = 0
  private var recoveryCount = 0
  /// What is wrong with the archive itself, or with archives in it; taken by the owner.
  var problems: [InputError] = []

  init(
    _ bytes: any RandomAccessBytes, _ form: ArchiveHandle.Form, path: String, depth: Int, weight: Double,
    budget: ArchiveBudget, meter: ReadMeter? = nil
  ) {
    root = ExtentReader(bytes, meter: meter)
    self.weight = weight
    self.budget = budget
    enter(form, input: root, entry: nil, path: path, depth: depth)
  }

  private func enter(
    _ form: ArchiveHandle.Form, input: any ByteSource, entry: EntrySource?, path: String, depth: Int
  ) {
    do throws(InputError) {
      let handle: any EntryReading =
        form == .compressed(.gzip)
        ? GzipStream(input, path: path) : try ArchiveHandle(form, input: input, path: path)
      layers.append(Layer(handle: handle, form: form, path: path, depth: depth, input: entry))
    } catch {
      problems.append(error)
    }
  }

  /// The next leaf; what is left of the one before is passed over. Nil at the end.
  func next() -> Leaf? {
    while let index = layers.indices.last {
      do throws(InputError) {
        // A compressed stream is one entry: looking for another would expand the rest of it.
        if case .compressed = layers[index].form, layers[index].entryCount > 0 {
          layers.removeLast()
          continue
        }
        try passRest(index)
        guard let entry = try layers[index].handle.nextEntry() else {
          layers.removeLast()
          continue
        }
        layers[index].entryCount += 1
        guard entry.isFile else { continue }
        budget.memberCount += 1
        guard budget.memberCount <= budget.limits.memberCount else {
          throw InputError(
            .archiveMembers, path: layers[0].path,
            reason: "more than \(budget.limits.memberCount) members; the rest is not read")
        }
        if let leaf = visit(entry, in: index) { return leaf }
      } catch {
        if error.code == .archiveMembers || !recover(index, from: error) {
          problems.append(error)
          // Beyond the limits nothing more is read; otherwise the archive around this one goes on.
          if error.code == .archiveMembers { layers = [] } else { layers.removeLast() }
        }
      }
    }
    return nil
  }

  /// A solid 7-Zip archive expands what it skips: it does so where the budget sees it.
  private func passRest(_ index: Int) throws(InputError) {
    defer { layers[index].entry = nil }
    guard layers[index].form == .container(.sevenZip), let entry = layers[index].entry else { return }
    try entry.discard()
  }

  /// Opens a zip file again behind the member that broke it.
  private func recover(_ index: Int, from error: InputError) -> Bool {
    guard layers[index].form == .container(.zip), index == 0, recoveryCount < ArchiveWalker.recoveryLimit,
      layers[index].entryCount > 0, error.code == .archiveDamaged
    else { return false }
    recoveryCount += 1
    root.seek(to: 0)
    do throws(InputError) {
      let handle = try ArchiveHandle(layers[index].form, input: root, path: layers[index].path)
      for _ in 0..<layers[index].entryCount { guard try handle.nextEntry() != nil else { return false } }
      layers[index].handle = handle
      return true
    } catch {
      return false
    }
  }

  private func visit(_ entry: ArchiveHandle.Entry, in index: Int) -> Leaf? {
    let layer = layers[index]
    let path = layer.path + "!" + name(of: entry, in: layer)
    if entry.isEncrypted {
      let problem = InputError(
        .encryptedMember, path: path, reason: "the member is encrypted", advice: InputError.unpackFirst)
      return leaf(path, entry, .unknown("encrypted"), head: [], problem: problem, depth: layer.depth)
    }
    let source = EntrySource(layer.handle, path: path, root: root, weight: weight, budget: budget)
    layers[index].entry = source
    let (head, failure) = readHead(of: source, limit: Content.headByteCount)
    if head.isEmpty, let failure {
      return leaf(path, entry, .unknown("damaged"), head: [], problem: failure, depth: layer.depth)
    }
    // What is behind a failure is asked for again, and fails again, where the rest is read.
    let content = Content(head.span)
    if enter(content, head, source, layer, path: path) { return nil }
    source.bound()
    var leaf = leaf(path, entry, content, head: head, problem: nil, depth: layer.depth + 1)
    leaf.isWhole = failure == nil && head.count < Content.headByteCount
    leaf.source = MemberSource(head: head, rest: source, path: path)
    return leaf
  }

  private func leaf(
    _ path: String, _ entry: ArchiveHandle.Entry, _ content: Content, head: [UInt8], problem: InputError?, depth: Int
  ) -> Leaf {
    leafCount += 1
    return Leaf(
      index: leafCount - 1, path: path, byteCount: entry.byteCount, content: content, head: head, isWhole: false,
      source: nil, problem: problem, depth: depth)
  }

  /// Enters an archive that can be read on the way; those that need to be read from their end are leaves.
  private func enter(
    _ content: Content, _ head: [UInt8], _ source: EntrySource, _ layer: Layer, path: String
  ) -> Bool {
    let form: ArchiveHandle.Form
    // A compressed tar is one archive: `outer.tar.gz!member`.
    var isFolded = false
    switch content {
    case .compressed(let compression): form = .compressed(compression)
    case .container(let container) where container == .tar || container == .cpio:
      form = .container(container)
      if case .compressed = layer.form { isFolded = true }
    default: return false
    }
    let depth = layer.depth + (isFolded ? 0 : 1)
    guard depth <= budget.limits.depth else {
      problems.append(
        InputError(
          .archiveDepth, path: path, reason: "archives nested deeper than \(budget.limits.depth); not opened",
          advice: "unpack the outer ones first"))
      return true
    }
    enter(
      form, input: PrefixedSource(head, then: source), entry: source, path: isFolded ? layer.path : path, depth: depth)
    return true
  }

  /// The name that the archive gives, or else the archive's own without what says how it is compressed.
  private func name(of entry: ArchiveHandle.Entry, in layer: Layer) -> String {
    guard case .compressed = layer.form else { return entry.name ?? "member-\(layer.entryCount + 1)" }
    // libarchive calls it "data" where the format keeps no name.
    if let name = entry.name, name != "data" { return name }
    let own = layer.path.split(whereSeparator: { $0 == "/" || $0 == "!" }).last.map(String.init) ?? "data"
    guard let dot = own.lastIndex(of: "."), dot != own.startIndex else { return "data" }
    return String(own[..<dot])
  }
}
