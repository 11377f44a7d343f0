/// Streams that are over, as many as are remembered.
struct HTTP2EndedStreams {
  private var wasReset: [UInt32: Bool] = [:]
  private var order: [UInt32] = []
  private var oldest = 0

  init() {}

  func contains(_ id: UInt32) -> Bool { wasReset[id] != nil }

  /// Whether frames may still come for it that were sent before its reset was known.
  func wasReset(_ id: UInt32) -> Bool { wasReset[id] ?? false }

  mutating func insert(_ id: UInt32, wasReset isReset: Bool) {
    if wasReset.updateValue(isReset, forKey: id) != nil { return }
    guard order.count == HTTP2Limits.endedStreams else { return order.append(id) }
    wasReset[order[oldest]] = nil
    order[oldest] = id
    oldest = (oldest + 1) % HTTP2Limits.endedStreams
  }
}
