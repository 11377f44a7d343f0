import Synchronization

/// What all open contents hold together: bodies, rows, records of exchanges that are not over. Safe to use from any thread.
///
/// Each content may hold `least` bytes whatever the others hold. More it takes in grains, of which one is given while the
/// content holds no more than an eighth of what is left: so a few large ones stay whole, and of very many each gets
/// about the same.
public final class HeldContent: Sendable {
  /// Bytes that are held of any content.
  public static let least = 4 << 10
  /// Bytes that are taken at a time.
  static let grain = 4 << 10
  /// Bytes that are held of all, if nothing else is asked for.
  public static let standard = 128 << 20

  public let byteCount: Int
  private let left: Atomic<Int>
  private let shortened = Atomic<Int>(0)

  public init(byteCount: Int = HeldContent.standard) {
    self.byteCount = max(0, byteCount)
    left = Atomic(max(0, byteCount))
  }

  /// Enough for contents of which each may hold `bodyLimit` bytes.
  public convenience init(bodyLimit: Int) {
    let (product, isOver) = bodyLimit.multipliedReportingOverflow(by: 16)
    self.init(byteCount: max(HeldContent.standard, isOver ? Int.max : product))
  }

  /// Contents so far that are kept shorter than they might be.
  public var shortenedCount: Int { shortened.load(ordering: .relaxed) }

  func noteShortened() { _ = shortened.wrappingAdd(1, ordering: .relaxed) }

  /// Takes a grain for a content that has so many bytes. False when it gets none.
  func takeGrain(holding count: Int) -> Bool {
    var seen = left.load(ordering: .relaxed)
    while seen >= HeldContent.grain, count <= seen / 8 {
      let (isDone, now) = left.compareExchange(
        expected: seen, desired: seen - HeldContent.grain, ordering: .relaxed)
      if isDone { return true }
      seen = now
    }
    return false
  }

  func give(_ count: Int) { _ = left.wrappingAdd(count, ordering: .relaxed) }
}

/// What one content has of it; given back when the content goes away.
final class HeldShare {
  let content: HeldContent
  private(set) var byteCount = 0
  private var isRefused = false

  init(_ content: HeldContent) { self.content = content }

  deinit { content.give(byteCount) }

  /// Of `count` bytes, those that may be held. Once it was refused there is no more.
  func room(for count: Int) -> Int {
    while !isRefused, count > HeldContent.least + byteCount {
      guard content.takeGrain(holding: byteCount) else {
        isRefused = true
        content.noteShortened()
        break
      }
      byteCount += HeldContent.grain
    }
    return min(count, HeldContent.least + byteCount)
  }
}
