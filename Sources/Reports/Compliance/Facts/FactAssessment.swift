/// What a case says of one fact.
struct FactAssessment: Sendable {
  var state: ControlState
  /// What was counted, in sentences.
  var evidence: [String]
  /// Why it is not supported.
  var missing: [String]
  /// How many things were looked at.
  var population: Int
  /// How many of them speak against it.
  var exceptionCount: Int
  /// The first few actions: those that speak against it, or else those that were looked at.
  var actionIDs: [String]
  /// The first few findings.
  var findingIDs: [String]
}

/// How the evidence stands to a control, or to one fact of it.
public enum ControlState: String, Sendable, Hashable, CaseIterable {
  /// There is evidence for it, and none against.
  case supported
  /// There is evidence against it.
  case exception
  /// The evidence is empty or incomplete, or not of the kind that could show it.
  case notCovered = "not covered"
}
