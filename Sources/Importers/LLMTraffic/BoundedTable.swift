/// A dictionary that forgets what was not asked for longest, in two generations: constant time, and no more than `limit`
/// entries or `byteLimit` bytes.
struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private var young: [Key: Value] = [:]
  private var old: [Key: Value] = [:]
  /// Bytes of the young generation; the old one had no more.
  private var byteCount = 0
  private let limit: Int
  private let byteLimit: Int
  private let weight: @Sendable (Key, Value) -> Int

  /// Takes what bounds it; `weight` tells the bytes that an entry holds beside its place in the table.
  init(limit: Int, byteLimit: Int = .max, weight: @escaping @Sendable (Key, Value) -> Int = { _, _ in 0 }) {
    self.limit = limit
    self.byteLimit = byteLimit
    self.weight = weight
  }

  subscript(_ key: Key) -> Value? {
    mutating get {
      if let value = young[key] { return value }
      guard let value = old[key] else { return nil }
      self[key] = value
      return value
    }
    set {
      old[key] = nil
      if let before = young[key] { byteCount -= weight(key, before) }
      young[key] = newValue
      if let newValue { byteCount += weight(key, newValue) }
      guard young.count >= limit / 2 || byteCount >= byteLimit / 2 else { return }
      (old, young, byteCount) = (young, [:], 0)
    }
  }
}
