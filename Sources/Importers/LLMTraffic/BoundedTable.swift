/// A dictionary that forgets what was not asked for longest, in two generations: constant time, and no more than `limit`.
struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private var young: [Key: Value] = [:]
  private var old: [Key: Value] = [:]
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  subscript(_ key: Key) -> Value? {
    mutating get {
      if let value = young[key] { return value }
      guard let value = old[key] else { return nil }
      self[key] = value
      return value
    }
    set {
      old[key] = nil
      young[key] = newValue
      if young.count >= limit / 2 { (old, young) = (young, [:]) }
    }
  }
}
