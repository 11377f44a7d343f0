import Model
import Store

extension Page {
  /// What ids on the wire contradict: of the action itself or, where that is told once for several, of others before it in its
  /// session.
  ///
  /// - Returns: whether there is any.
  @discardableResult
  mutating func addContradictions(of action: Action, in file: CaseFile) throws -> Bool {
    var isAny = false
    for anomaly in try file.anomalies() where anomaly.sessionID == action.sessionID {
      guard let first = anomaly.carrierActionID else { continue }
      let isOwn = first == action.id
      guard isOwn || anomaly.detail.hasSuffix(CarrierConflict.more) else { continue }
      let place = isOwn ? "" : "  told of \(first)"
      add("contradiction", "\(anomaly.code)\(place)\n\(anomaly.detail.dropFirst(first.count + 2))")
      isAny = true
    }
    return isAny
  }
}
