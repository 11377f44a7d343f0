/// An archive file whose members are sources: surveyed once, then read once in whatever order their times demand.
final class ArchiveRoot {
  /// What the survey made of a leaf.
  enum Role: Hashable {
    case packets(ordinal: Int)
    /// No capture: only its digest is wanted.
    case other(ordinal: Int)
    case ignored
  }

  let bytes: any RandomAccessBytes
  let form: ArchiveHandle.Form
  let path: String
  let depth: Int
  /// Bytes of the file that was given for each byte of this: 1, or less where this was itself in an archive.
  let weight: Double
  /// Counts for the file that was given, shared by the archives within it.
  let group: ArchiveGroup
  var roles: [Role] = []

  private var walker: ArchiveWalker?
  private var current: (index: Int, source: MemberSource)?
  private var aside: [Int: MemberSource] = [:]
  private var nextIndex = 0
  private var isOver = false

  init(
    _ bytes: any RandomAccessBytes, _ form: ArchiveHandle.Form, path: String, depth: Int, weight: Double,
    group: ArchiveGroup
  ) {
    self.bytes = bytes
    self.form = form
    self.path = path
    self.depth = depth
    self.weight = weight
    self.group = group
  }

  /// A walk that leaves this root's own alone.
  func walk(_ budget: ArchiveBudget, meter: ReadMeter? = nil) -> ArchiveWalker {
    ArchiveWalker(bytes, form, path: path, depth: depth, weight: weight, budget: budget, meter: meter)
  }

  /// It is being walked: what libarchive needs for it is in memory.
  var isLive: Bool { walker != nil }

  /// The bytes of a leaf.
  ///
  /// Leaves before it that are wanted and not read to their end are put aside; `other` gets those that are no captures.
  func open(
    _ index: Int, spool: SpoolFile, meter: ReadMeter?, other: (Int, MemberSource) throws -> Void
  ) throws -> any ByteSource {
    if let source = aside.removeValue(forKey: index) { return source }
    try advance(until: index, spool: spool, meter: meter, other: other)
    if let current, current.index == index { return current.source }
    return FailedSource(
      InputError(.archiveDamaged, path: path, reason: "the archive ends earlier than it did when it was first read"))
  }

  /// Walks to the end, putting aside what is still wanted, and gives up what libarchive holds.
  func settle(spool: SpoolFile, meter: ReadMeter?, other: (Int, MemberSource) throws -> Void) throws {
    try advance(until: roles.count, spool: spool, meter: meter, other: other)
  }

  private func advance(
    until index: Int, spool: SpoolFile, meter: ReadMeter?, other: (Int, MemberSource) throws -> Void
  ) throws {
    guard !isOver else { return }
    if walker == nil { walker = walk(ArchiveBudget(group.limits, byteCount: group.byteCount), meter: meter) }
    while nextIndex <= index {
      try current?.source.putAside(spool)
      current = nil
      guard nextIndex < roles.count, let leaf = walker?.next() else { return close() }
      nextIndex = leaf.index + 1
      guard let source = leaf.source else { continue }
      switch roles[leaf.index] {
      case .ignored: source.abandon()
      case .other(let ordinal):
        try other(ordinal, source)
        source.abandon()
      case .packets:
        current = (leaf.index, source)
        if leaf.index != index { aside[leaf.index] = source }
      }
    }
  }

  private func close() {
    walker = nil
    isOver = true
    bytes.release()
  }
}

/// What archives within one file that was given share.
final class ArchiveGroup {
  let limits: ArchiveLimits
  /// Of the file that was given.
  let byteCount: UInt64
  /// Ordinal of its source.
  let ordinal: Int
  let surveyBudget: ArchiveBudget

  init(_ limits: ArchiveLimits, byteCount: UInt64, ordinal: Int) {
    self.limits = limits
    self.byteCount = byteCount
    self.ordinal = ordinal
    surveyBudget = ArchiveBudget(limits, byteCount: byteCount)
  }
}

/// Fails at once.
final class FailedSource: ByteSource {
  private let failure: InputError

  init(_ failure: InputError) { self.failure = failure }

  func read(into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int { throw failure }
}
