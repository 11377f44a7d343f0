/// What a rule says about an action or a session; a row of the `findings` view.
public struct Finding: Sendable, Hashable {
  public enum Severity: String, Sendable, Hashable, CaseIterable, Comparable {
    case info, low, medium, high, critical

    public static func < (left: Severity, right: Severity) -> Bool {
      (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
  }

  public var id: String
  public var rule: String
  public var severity: Severity
  public var sessionID: String?
  public var actionID: String?
  public var title: String
  public var detail: String
  /// Identifiers of controls: `CC6.3`, `A.8.2`.
  public var controls: [String]

  public init(
    id: String, rule: String, severity: Severity, sessionID: String?, actionID: String?, title: String, detail: String,
    controls: [String] = []
  ) {
    self.id = id
    self.rule = rule
    self.severity = severity
    self.sessionID = sessionID
    self.actionID = actionID
    self.title = title
    self.detail = detail
    self.controls = controls
  }
}
