/// The bytes of the entry at which an archive stands, counted against the budget.
final class EntrySource: ByteSource {
  private let handle: any EntryReading
  private let path: String
  private let root: ExtentReader
  /// Bytes of the file that was given for a byte of the root: less than 1 where the root was itself expanded.
  private let weight: Double
  private let budget: ArchiveBudget
  private let startCount: UInt64
  private var count: UInt64 = 0
  private var failure: InputError?
  /// Whether the ratio of this entry alone is bounded: not while it holds other members, whose own ratios are.
  private var isBounded = false
  private(set) var isOver = false

  init(_ handle: any EntryReading, path: String, root: ExtentReader, weight: Double, budget: ArchiveBudget) {
    self.handle = handle
    self.path = path
    self.root = root
    self.weight = weight
    self.budget = budget
    startCount = root.readCount
  }

  /// Holds this entry to the ratio from here on.
  func bound() { isBounded = true }

  /// Bytes of the file that was given that went into this entry, those read ahead left out.
  private var cost: Double { Double(root.readCount - startCount) * weight }

  /// The same, at its most: the bytes of a small entry were read ahead with those before it.
  private var costAtMost: Double { cost + Double(ArchiveFeed.blockByteCount) * weight }

  /// Bytes of the file that was given for each byte of this entry so far.
  var costShare: Double { count == 0 ? 1 : min(1, max(cost, 1) / Double(count)) }

  func read(into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int {
    if let failure { throw failure }
    guard !isOver else { return 0 }
    do throws(InputError) {
      let got = try handle.read(into: &buffer)
      count += UInt64(got)
      isOver = got == 0
      try check(got)
      return got
    } catch {
      failure = error
      isOver = true
      throw error
    }
  }

  private func check(_ got: Int) throws(InputError) {
    guard budget.spend(got) else {
      throw InputError(
        .archiveBomb, path: path, reason: "the archive expands to over \(budget.limits.expansionRatio) times its size")
    }
    guard isBounded, count > budget.allowance else { return }
    if Double(count) > Double(budget.limits.expansionRatio) * costAtMost {
      budget.noteBomb()
      throw InputError(
        .archiveBomb, path: path,
        reason: "the member expands to over \(budget.limits.expansionRatio) times its size; cut after \(count) bytes")
    }
  }

  /// Expands what is left and forgets it: where skipping would do the same out of our sight.
  func discard() throws(InputError) {
    isBounded = false
    if failure?.code == .archiveBomb, !handle.isBroken { (failure, isOver) = (nil, false) }
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while !isOver {
      var space = block.mutableSpan
      _ = try read(into: &space)
    }
  }
}
