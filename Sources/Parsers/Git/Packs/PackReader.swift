import Bytes
import Model

/// Reads a packfile from a stream (gitformat-pack(5)), whatever pieces it comes in.
struct PackReader {
  private enum State {
    case header
    case entry
    /// Kind and size of an entry, so far.
    case size(kind: UInt8, size: UInt64, shift: UInt64)
    case offsetBase(size: UInt64, value: UInt64, isFirst: Bool)
    case idBase(size: UInt64)
    case content
    case trailer
    case done
    /// It cannot be followed any further.
    case lost
  }

  /// Where the bytes of the present object go.
  private enum Target {
    case keep(ObjectKind)
    case pass(ObjectKind)
    case keepDelta(PackObjects.Base)
    case passDelta(PackObjects.Base)
  }

  private static let offsetDelta: UInt8 = 6
  private static let idDelta: UInt8 = 7

  let format: ObjectFormat
  private(set) var facts = PackFacts(byteCount: 0, objectCount: 0)
  /// The first thing that was wrong with it, for a person.
  private(set) var problem: String?
  private(set) var objects: PackObjects
  private var state = State.header
  private var gathered: [UInt8] = []
  private let inflater = ObjectInflater()
  private let checksum: ObjectHasher
  private let passing: ObjectHasher
  private var target = Target.keep(.blob)
  private var content: [UInt8] = []
  private var declaredSize: UInt64 = 0
  private var inflatedSize: UInt64 = 0
  private var entryOffset: UInt64 = 0
  private var entriesLeft: UInt32 = 0

  init(format: ObjectFormat, source: (any ObjectSource)? = nil) {
    self.format = format
    objects = PackObjects(format: format, source: source)
    checksum = ObjectHasher(format)
    passing = ObjectHasher(format)
  }

  /// Its checksum was read.
  var isDone: Bool { if case .done = state { true } else { false } }
  var isLost: Bool { if case .lost = state { true } else { false } }

  mutating func receive(_ bytes: Span<UInt8>) {
    var index = 0
    // Of this piece, the bytes before `index` that the checksum has not yet taken.
    var unhashed = 0
    let start = facts.byteCount
    facts.byteCount = facts.byteCount.addingOrMax(UInt64(bytes.count))
    objects.rebuiltLimit = max(GitLimits.rebuiltFloor, facts.byteCount.multipliedOrMax(GitLimits.rebuiltRatio))
    while index < bytes.count {
      switch state {
      case .done:
        if problem == nil { problem = "bytes follow its checksum" }
        facts.byteCount -= UInt64(bytes.count - index)
        return
      case .lost: return
      case .trailer:
        if unhashed < index { checksum.update(bytes.extracting(unhashed..<index)) }
        guard gather(format.byteCount, bytes, &index) else { return }
        facts.isIntact = gathered == checksum.finish()
        if facts.isIntact == false { fail("its checksum is not that of its bytes", at: start + UInt64(index)) }
        gathered = []
        state = .done
      default:
        step(bytes, &index, start)
        if case .trailer = state {
          checksum.update(bytes.extracting(unhashed..<index))
          unhashed = index
        }
      }
    }
    switch state {
    case .trailer, .done, .lost: break
    default: checksum.update(bytes.extracting(unhashed..<index))
    }
  }

  /// Some of it was not captured: where the next object begins is not known.
  mutating func skip(_ count: UInt64) {
    facts.byteCount = facts.byteCount.addingOrMax(count)
    guard !isDone, !isLost else { return }
    problem = problem ?? "\(count) bytes of it were not captured"
    state = .lost
    facts.isIntact = nil
  }

  /// No more of it comes.
  mutating func finish() {
    facts.missingBaseCount = objects.finish()
    facts.commitCount = objects.counts[.commit] ?? 0
    facts.treeCount = objects.counts[.tree] ?? 0
    facts.blobCount = objects.counts[.blob] ?? 0
    facts.tagCount = objects.counts[.tag] ?? 0
    facts.unresolvedCount = objects.unresolvedCount
    facts.unkeptCount = objects.unkeptCount + objects.evictedCount
    if objects.brokenCount > 0, problem == nil { problem = "\(objects.brokenCount) deltas contradict themselves" }
    if !isDone, problem == nil { problem = "its end is missing" }
  }

  // MARK: Steps

  private mutating func fail(_ what: String, at offset: UInt64) {
    if problem == nil { problem = "\(what) (byte \(offset))" }
    facts.isIntact = false
    content = []
    state = .lost
  }

  /// Collects `count` bytes of a fixed part; true when they are there.
  private mutating func gather(_ count: Int, _ bytes: Span<UInt8>, _ index: inout Int) -> Bool {
    let wanted = min(count - gathered.count, bytes.count - index)
    gathered.append(contentsOf: bytes.extracting(index..<(index + wanted)))
    index += wanted
    return gathered.count == count
  }

  private mutating func step(_ bytes: Span<UInt8>, _ index: inout Int, _ start: UInt64) {
    switch state {
    case .header:
      guard gather(12, bytes, &index) else { return }
      readHeader()
    case .entry:
      entryOffset = start + UInt64(index)
      let byte = bytes[index]
      index += 1
      advance(kind: byte >> 4 & 7, size: UInt64(byte & 15), shift: 4, isLast: byte & 0x80 == 0)
    case .size(let kind, let size, let shift):
      let byte = bytes[index]
      index += 1
      guard shift < 60 else { return fail("the size of an object is out of range", at: entryOffset) }
      advance(kind: kind, size: size | UInt64(byte & 0x7f) << shift, shift: shift + 7, isLast: byte & 0x80 == 0)
    case .offsetBase(let size, let value, let isFirst):
      let byte = bytes[index]
      index += 1
      guard value < 1 << 56 else { return fail("the base of a delta is out of range", at: entryOffset) }
      let next = isFirst ? UInt64(byte & 0x7f) : (value + 1) << 7 | UInt64(byte & 0x7f)
      guard byte & 0x80 == 0 else {
        state = .offsetBase(size: size, value: next, isFirst: false)
        return
      }
      guard next > 0, next < entryOffset else { return fail("the base of a delta lies outside", at: entryOffset) }
      beginDelta(size, .offset(entryOffset - next))
    case .idBase(let size):
      guard gather(format.byteCount, bytes, &index) else { return }
      let id = ObjectID(gathered.span, format)
      gathered = []
      guard let id else { return }
      beginDelta(size, .id(id))
    case .content: inflate(bytes, &index)
    case .trailer, .done, .lost: break
    }
  }

  private mutating func readHeader() {
    var reader = ByteReader(gathered.span)
    guard let magic = try? reader.readUInt32(), let version = try? reader.readUInt32(),
      let count = try? reader.readUInt32(), magic == 0x5041_434b, version == 2 || version == 3
    else {
      gathered = []
      return fail("it does not begin as a packfile of version 2 or 3", at: 0)
    }
    gathered = []
    facts.objectCount = count
    entriesLeft = count
    state = count == 0 ? .trailer : .entry
  }

  private mutating func advance(kind: UInt8, size: UInt64, shift: UInt64, isLast: Bool) {
    guard isLast else {
      state = .size(kind: kind, size: size, shift: shift)
      return
    }
    switch kind {
    case Self.offsetDelta: state = .offsetBase(size: size, value: 0, isFirst: true)
    case Self.idDelta: state = .idBase(size: size)
    default:
      guard let object = ObjectKind(rawValue: kind) else {
        return fail("kind \(kind) of an object is none", at: entryOffset)
      }
      let limit = object == .blob ? GitLimits.blobLength : GitLimits.structureLength
      if size > UInt64(limit) {
        passing.begin(object, size)
        begin(size, .pass(object))
      } else {
        begin(size, .keep(object))
      }
    }
  }

  private mutating func beginDelta(_ size: UInt64, _ base: PackObjects.Base) {
    begin(size, size > UInt64(GitLimits.structureLength) ? .passDelta(base) : .keepDelta(base))
  }

  private mutating func begin(_ size: UInt64, _ target: Target) {
    self.target = target
    declaredSize = size
    inflatedSize = 0
    inflater.reset()
    state = .content
  }

  private mutating func inflate(_ bytes: Span<UInt8>, _ index: inout Int) {
    let inflater = inflater
    let step = inflater.inflate(bytes, &index) { take($0) }
    switch step {
    case .more: break
    case .failed: fail("an object cannot be inflated to the size it has", at: entryOffset)
    case .end:
      guard inflatedSize == declaredSize else { return fail("an object is shorter than it says", at: entryOffset) }
      complete()
    }
  }

  private mutating func take(_ block: Span<UInt8>) -> Bool {
    inflatedSize += UInt64(block.count)
    guard inflatedSize <= declaredSize else { return false }
    switch target {
    case .keep, .keepDelta: content.append(contentsOf: block)
    case .pass: passing.update(block)
    case .passDelta: break
    }
    return true
  }

  private mutating func complete() {
    let whole = content
    content = []
    switch target {
    case .keep(let kind): objects.add(kind, whole, at: entryOffset)
    case .pass(let kind): if let id = passing.finishID() { objects.addPassed(kind, id, at: entryOffset) }
    case .keepDelta(let base): objects.add(delta: whole, on: base, at: entryOffset)
    case .passDelta(let base): objects.addPassed(deltaOn: base, at: entryOffset)
    }
    entriesLeft -= 1
    state = entriesLeft == 0 ? .trailer : .entry
  }
}

extension UInt64 {
  fileprivate func multipliedOrMax(_ other: UInt64) -> UInt64 {
    let (value, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : value
  }

  fileprivate func addingOrMax(_ other: UInt64) -> UInt64 {
    let (value, overflow) = addingReportingOverflow(other)
    return overflow ? .max : value
  }
}
