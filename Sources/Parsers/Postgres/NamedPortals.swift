/// Portals by name. The empty name is used most, so it has a place of its own.
struct NamedPortals {
  private var unnamed: Portal?
  private var named: [String: Portal] = [:]

  var count: Int { named.count + (unnamed == nil ? 0 : 1) }

  subscript(name: String) -> Portal? {
    get { name.isEmpty ? unnamed : named.isEmpty ? nil : named[name] }
    set {
      if name.isEmpty { unnamed = newValue } else { named[name] = newValue }
    }
  }

  /// Forgets a name.
  ///
  /// - Returns: what it meant.
  @discardableResult
  mutating func remove(_ name: String) -> Portal? {
    guard name.isEmpty else { return named.isEmpty ? nil : named.removeValue(forKey: name) }
    defer { unnamed = nil }
    return unnamed
  }

  mutating func removeAll() {
    unnamed = nil
    if !named.isEmpty { named.removeAll(keepingCapacity: named.capacity < 64) }
  }
}
