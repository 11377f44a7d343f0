public import Model

/// A shape of statements that was judged before: what was found holds for all texts that differ in constants only.
public struct KnownShape: Sendable, Hashable {
  /// Of all shapes that one reader remembers.
  private let number: UInt64
  /// One element; as the reader has it, so that nothing is copied.
  private let classifications: [Classification]

  init?(_ entry: ShapeCache.Entry) {
    guard let known = entry.classifications, known.count == 1 else { return nil }
    (number, classifications) = (entry.number, known)
  }

  public var transactionControl: TransactionControl? { classifications.first?.transactionControl }

  public static func == (one: KnownShape, other: KnownShape) -> Bool { one.number == other.number }
  public func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
