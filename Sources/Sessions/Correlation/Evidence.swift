import Model

/// What speaks for one call's being behind one action.
struct Evidence {
  var call: Int32
  /// The call's number among the candidates of the connection.
  var candidate: Int32 = 0
  /// The number of the effect that the action may be, if it is one that the call tells.
  var effect: Int32?
  /// What the action itself says, in natural logarithms of odds.
  var score = 0.0
  var method = Attribution.Method.time
  var reasons: [Reason] = []

  mutating func add(_ worth: Double, _ method: Attribution.Method, _ reason: Reason?) {
    score += worth
    if worth > 0 { self.method = max(self.method, method) }
    if let reason { reasons.append(reason) }
  }
}
