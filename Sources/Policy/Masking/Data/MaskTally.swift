/// What was masked: how often by which rule, of which class. Never the values.
public struct MaskTally: Sendable, Equatable {
  public struct Key: Sendable, Hashable, Comparable {
    public var rule: String
    /// A `DataClass`, or `value` of a column that tells none.
    public var dataClass: String
    public var action: String

    public init(rule: String, dataClass: String, action: String) {
      (self.rule, self.dataClass, self.action) = (rule, dataClass, action)
    }

    public static func < (left: Key, right: Key) -> Bool {
      (left.rule, left.dataClass, left.action) < (right.rule, right.dataClass, right.action)
    }
  }

  public private(set) var counts: [Key: Int] = [:]
  /// Values that could not be looked into and were redacted whole.
  public private(set) var failureCount = 0

  public init() {}

  public var isEmpty: Bool { counts.isEmpty }
  public var total: Int { counts.values.reduce(0, +) }

  mutating func add(_ rule: MaskingRule, _ dataClass: DataClass?, _ action: MaskingAction) {
    counts[Key(rule: rule.id, dataClass: dataClass?.rawValue ?? "value", action: action.rawValue), default: 0] += 1
  }

  /// Counts a value that was redacted because it could not be masked otherwise.
  mutating func fail(_ what: String) {
    counts[Key(rule: "unreadable", dataClass: what, action: MaskingAction.redact.rawValue), default: 0] += 1
    failureCount += 1
  }

  public mutating func merge(_ other: MaskTally) {
    counts.merge(other.counts, uniquingKeysWith: +)
    failureCount += other.failureCount
  }
}
