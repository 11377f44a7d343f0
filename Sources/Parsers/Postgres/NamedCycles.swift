/// When names were given a meaning or lost it last: the number of the cycle, by name. The empty name is used most, so it has a
/// place of its own.
struct NamedCycles {
  private var unnamed: UInt64 = 0
  private var named: [String: UInt64] = [:]

  /// Cycles are counted from 1.
  subscript(name: String) -> UInt64? { name.isEmpty ? unnamed == 0 ? nil : unnamed : named.isEmpty ? nil : named[name] }

  /// Takes note of a change; beyond `limit` names forgets those up to the cycle that was answered last.
  mutating func note(_ name: String, in cycle: UInt64, answered: UInt64, limit: Int) {
    guard !name.isEmpty else {
      unnamed = cycle
      return
    }
    if named.count >= limit { named = named.filter { $0.value > answered } }
    named[name] = cycle
  }

  mutating func removeAll() {
    unnamed = 0
    if !named.isEmpty { named.removeAll(keepingCapacity: named.capacity < 64) }
  }
}
