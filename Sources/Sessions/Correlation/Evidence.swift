import Model

/// What speaks for one call's being behind one action.
struct Evidence {
  var place: EffectIndex.Place?
  /// What the action itself says, in natural logarithms of odds.
  var score = 0.0
  var method = Attribution.Method.time
  var reasons: [String] = []
  /// Only an id says so.
  var isByIDAlone = false

  mutating func add(_ worth: Double, _ method: Attribution.Method, _ reason: String?) {
    score += worth
    if worth > 0 { self.method = max(self.method, method) }
    if let reason { reasons.append(reason) }
  }
}
