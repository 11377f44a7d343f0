import Model

/// Both ends of a flow, in an order that does not depend on who sends.
struct FlowKey: Hashable {
  let low: Endpoint
  let high: Endpoint

  init(_ one: Endpoint, _ other: Endpoint) {
    (low, high) = one < other ? (one, other) : (other, one)
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(low.address.low)
    hasher.combine(high.address.low)
    if !low.address.isIPv4 {
      hasher.combine(low.address.high)
      hasher.combine(high.address.high)
    }
    hasher.combine(UInt32(low.port) << 16 | UInt32(high.port))
  }
}
