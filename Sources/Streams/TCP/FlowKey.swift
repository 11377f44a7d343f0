import Model

/// Both ends of a flow, in an order that does not depend on who sends.
struct FlowKey: Hashable {
  let low: Endpoint
  let high: Endpoint

  init(_ one: Endpoint, _ other: Endpoint) {
    (low, high) = one < other ? (one, other) : (other, one)
  }
}
