/// Prepared statements or portals by name, within bounds: the oldest is forgotten first.
struct NamedObjects<Object: AnyObject> {
  private struct Entry {
    var object: Object
    var weight: Int
    var stamp: UInt64
  }

  let countLimit: Int
  let weightLimit: Int
  private var entries: [String: Entry] = [:]
  /// Names in order of insertion; those whose stamp is not the entry's are stale.
  private var order: [(name: String, stamp: UInt64)] = []
  private var oldest = 0
  private var weight = 0
  private var nextStamp: UInt64 = 0

  init(countLimit: Int, weightLimit: Int) {
    self.countLimit = countLimit
    self.weightLimit = weightLimit
  }

  subscript(name: String) -> Object? { entries[name]?.object }

  /// Sets a name.
  ///
  /// - Returns: what it meant before.
  @discardableResult
  mutating func set(_ object: Object, named name: String, weight added: Int) -> Object? {
    nextStamp += 1
    let replaced = entries.updateValue(Entry(object: object, weight: added, stamp: nextStamp), forKey: name)
    weight += added - (replaced?.weight ?? 0)
    order.append((name, nextStamp))
    evict()
    if order.count > 64, order.count > 2 * entries.count { compact() }
    return replaced?.object
  }

  @discardableResult
  mutating func remove(_ name: String) -> Object? {
    guard !entries.isEmpty, let removed = entries.removeValue(forKey: name) else { return nil }
    weight -= removed.weight
    return removed.object
  }

  mutating func removeAll() {
    guard !entries.isEmpty || !order.isEmpty else { return }
    entries.removeAll(keepingCapacity: true)
    order.removeAll(keepingCapacity: true)
    (oldest, weight) = (0, 0)
  }

  private mutating func evict() {
    while entries.count > countLimit || weight > weightLimit && entries.count > 1, oldest < order.count {
      let (name, stamp) = order[oldest]
      oldest += 1
      if entries[name]?.stamp == stamp { remove(name) }
    }
  }

  private mutating func compact() {
    order = order[oldest...].filter { entries[$0.name]?.stamp == $0.stamp }
    oldest = 0
  }
}
