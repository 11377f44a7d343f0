import Bytes
import Model

/// The objects of a pack as they come, with deltas rebuilt, in bounded memory.
struct PackObjects {
  enum Base {
    /// Where the base's entry begins in the same pack.
    case offset(UInt64)
    case id(ObjectID)
  }

  /// What became of an entry.
  private enum Slot {
    case known(ObjectID, ObjectKind)
    /// A delta of which the base is known to be lost.
    case lost(ObjectKind?)
    case waiting
  }

  private struct Waiting {
    var offset: UInt64
    var delta: [UInt8]
  }

  private struct Rebuilt {
    var offset: UInt64
    var id: ObjectID
    var kind: ObjectKind
    /// Nil when it is too large to be kept.
    var content: [UInt8]?
  }

  let format: ObjectFormat
  private let hasher: ObjectHasher
  private let source: (any ObjectSource)?
  private var offsets: [UInt64] = []
  private var slots: [Slot] = []
  private var structures: [ObjectID: (kind: ObjectKind, bytes: [UInt8])] = [:]
  private var structureTotal = 0
  private var blobs = BlobCache()
  private var waitingForID: [ObjectID: [Waiting]] = [:]
  private var waitingForOffset: [UInt64: [Waiting]] = [:]
  private var waitingTotal = 0
  private var outsideBases: [ObjectID: Int] = [:]

  /// Bytes that deltas were rebuilt to.
  private(set) var rebuiltTotal: UInt64 = 0
  var rebuiltLimit = GitLimits.rebuiltFloor
  private(set) var counts: [ObjectKind: Int] = [:]
  /// Commits in the order of the pack.
  private(set) var commits: [ObjectID] = []
  private(set) var tags: [ObjectID] = []
  /// Deltas that could not be rebuilt, whatever the reason.
  private(set) var unresolvedCount = 0
  /// Objects whose content was not kept: too large, or pushed out.
  private(set) var unkeptCount = 0
  /// Deltas that contradict themselves.
  private(set) var brokenCount = 0
  var evictedCount: Int { blobs.evictedCount }

  init(format: ObjectFormat, source: (any ObjectSource)?) {
    self.format = format
    self.source = source
    hasher = ObjectHasher(format)
  }

  /// The content of an object of this pack, if it was kept.
  func content(_ id: ObjectID) -> (kind: ObjectKind, bytes: [UInt8])? {
    if let found = structures[id] { return found }
    return blobs.content(id).map { (.blob, $0) }
  }

  /// All whose content was kept.
  var kept: [(id: ObjectID, object: (kind: ObjectKind, bytes: [UInt8]))] {
    structures.map { ($0.key, $0.value) } + blobs.kept.map { ($0.id, (.blob, $0.bytes)) }
  }

  // MARK: Whole objects

  mutating func add(_ kind: ObjectKind, _ content: [UInt8], at offset: UInt64) {
    guard let id = hasher.id(kind, content.span) else { return }
    complete(Rebuilt(offset: offset, id: id, kind: kind, content: content))
  }

  /// An object too large to be held, of which the id was computed as it passed.
  mutating func addPassed(_ kind: ObjectKind, _ id: ObjectID, at offset: UInt64) {
    complete(Rebuilt(offset: offset, id: id, kind: kind, content: nil))
  }

  // MARK: Deltas

  mutating func add(delta: [UInt8], on base: Base, at offset: UInt64) {
    switch base {
    case .offset(let place):
      guard let slot = slot(at: place) else { return lose(nil, at: offset) }
      switch slot {
      case .known(let id, let kind):
        guard let content = use(id) else { return lose(kind, at: offset) }
        rebuild(delta, content, kind, at: offset)
      case .lost(let kind): lose(kind, at: offset)
      case .waiting: wait(Waiting(offset: offset, delta: delta)) { $0.waitingForOffset[place, default: []].append($1) }
      }
    case .id(let id):
      if let content = use(id), let kind = structures[id]?.kind ?? (blobs.contains(id) ? .blob : nil) {
        return rebuild(delta, content, kind, at: offset)
      }
      outsideBases[id, default: 0] += 1
      if let object = fetch(id) { return rebuild(delta, object.bytes, object.kind, at: offset) }
      wait(Waiting(offset: offset, delta: delta)) { $0.waitingForID[id, default: []].append($1) }
    }
  }

  /// A delta too large to be held.
  mutating func addPassed(deltaOn base: Base, at offset: UInt64) {
    var kind: ObjectKind?
    switch base {
    case .offset(let place):
      switch slot(at: place) {
      case .known(_, let known): kind = known
      case .lost(let known): kind = known
      case .waiting, nil: break
      }
    case .id(let id):
      kind = structures[id]?.kind ?? (blobs.contains(id) ? .blob : nil)
      if kind == nil { outsideBases[id, default: 0] += 1 }
    }
    lose(kind, at: offset)
  }

  /// The pack is over: deltas that still wait will wait for ever. Gives how many deltas have their base elsewhere.
  mutating func finish() -> Int {
    // What was not known elsewhere when it was first asked for may be by now.
    for id in Array(waitingForID.keys) {
      guard waitingForID[id] != nil, let object = fetch(id), let waiting = waitingForID.removeValue(forKey: id) else {
        continue
      }
      for next in waiting {
        waitingTotal -= next.delta.count
        rebuild(next.delta, object.bytes, object.kind, at: next.offset)
      }
    }
    for (_, waiting) in waitingForID { unresolvedCount += waiting.count }
    for (_, waiting) in waitingForOffset { unresolvedCount += waiting.count }
    (waitingForID, waitingForOffset, waitingTotal) = ([:], [:], 0)
    var missing = outsideBases
    if !missing.isEmpty {
      for case .known(let id, _) in slots { missing[id] = nil }
    }
    outsideBases = [:]
    return missing.values.reduce(0, +)
  }

  private mutating func use(_ id: ObjectID) -> [UInt8]? { structures[id]?.bytes ?? blobs.use(id) }

  private func fetch(_ id: ObjectID) -> (kind: ObjectKind, bytes: [UInt8])? {
    guard let object = source?.object(id.hex) else { return nil }
    let kind = ObjectKind(object.kind)
    guard hasher.id(kind, object.bytes.span) == id else { return nil }
    return (kind, object.bytes)
  }

  private mutating func wait(_ waiting: Waiting, _ park: (inout PackObjects, Waiting) -> Void) {
    guard waitingTotal + waiting.delta.count <= GitLimits.waitingTotal else { return lose(nil, at: waiting.offset) }
    waitingTotal += waiting.delta.count
    record(.waiting, at: waiting.offset)
    park(&self, waiting)
  }

  private mutating func lose(_ kind: ObjectKind?, at offset: UInt64) {
    if let kind { counts[kind, default: 0] += 1 }
    unresolvedCount += 1
    record(.lost(kind), at: offset)
  }

  private mutating func rebuild(_ delta: [UInt8], _ base: [UInt8], _ kind: ObjectKind, at offset: UInt64) {
    guard let object = rebuilt(delta, base, kind, at: offset) else { return lose(kind, at: offset) }
    complete(object)
  }

  /// Applies one delta within the bound on all of them.
  private mutating func rebuilt(
    _ delta: [UInt8], _ base: [UInt8], _ kind: ObjectKind, at offset: UInt64
  ) -> Rebuilt? {
    let limit = kind == .blob ? GitLimits.blobLength : GitLimits.structureLength
    guard let length = Delta.resultLength(delta.span), length <= UInt64(limit),
      rebuiltTotal + length <= rebuiltLimit
    else { return nil }
    do {
      let content = try Delta.apply(delta.span, to: base.span, limit: limit)
      rebuiltTotal += length
      guard let id = hasher.id(kind, content.span) else { return nil }
      return Rebuilt(offset: offset, id: id, kind: kind, content: content)
    } catch {
      brokenCount += 1
      return nil
    }
  }

  /// Keeps an object and rebuilds what waited for it, one after the other: chains may be long.
  private mutating func complete(_ first: Rebuilt) {
    var ready = [first]
    while let object = ready.popLast() {
      counts[object.kind, default: 0] += 1
      record(.known(object.id, object.kind), at: object.offset)
      keep(object)
      guard waitingTotal > 0 || !waitingForID.isEmpty || !waitingForOffset.isEmpty else { continue }
      let waiting =
        (waitingForID.removeValue(forKey: object.id) ?? [])
        + (waitingForOffset.removeValue(forKey: object.offset) ?? [])
      for next in waiting {
        waitingTotal -= next.delta.count
        guard let base = object.content, let result = rebuilt(next.delta, base, object.kind, at: next.offset) else {
          lose(object.kind, at: next.offset)
          continue
        }
        ready.append(result)
      }
    }
  }

  private mutating func keep(_ object: Rebuilt) {
    guard let content = object.content else {
      unkeptCount += 1
      return
    }
    guard object.kind != .blob else {
      if !blobs.insert(object.id, content) { unkeptCount += 1 }
      return
    }
    guard structures[object.id] == nil else { return }
    guard structureTotal + content.count <= GitLimits.structureTotal else {
      unkeptCount += 1
      return
    }
    structureTotal += content.count
    structures[object.id] = (object.kind, content)
    if object.kind == .commit { commits.append(object.id) }
    if object.kind == .tag { tags.append(object.id) }
  }

  // MARK: Entries by offset

  private mutating func record(_ slot: Slot, at offset: UInt64) {
    if offsets.last.map({ $0 < offset }) ?? true {
      guard offsets.count < GitLimits.trackedObjects else { return }
      offsets.append(offset)
      slots.append(slot)
    } else if let index = index(of: offset) {
      slots[index] = slot
    }
  }

  private func slot(at offset: UInt64) -> Slot? { index(of: offset).map { slots[$0] } }

  private func index(of offset: UInt64) -> Int? {
    var low = 0
    var high = offsets.count
    while low < high {
      let middle = (low + high) / 2
      if offsets[middle] < offset { low = middle + 1 } else { high = middle }
    }
    return low < offsets.count && offsets[low] == offset ? low : nil
  }
}

extension ObjectKind {
  var shared: RepositoryObject.Kind {
    switch self {
    case .commit: .commit
    case .tree: .tree
    case .blob: .blob
    case .tag: .tag
    }
  }

  init(_ kind: RepositoryObject.Kind) {
    switch kind {
    case .commit: self = .commit
    case .tree: self = .tree
    case .blob: self = .blob
    case .tag: self = .tag
    }
  }
}
