import Model

/// A rule of a policy.
struct PolicyRule: Sendable, Hashable {
  enum Consequence: String, Sendable, Hashable, CaseIterable {
    case allow
    case deny
    case requireApproval = "require-approval"
  }

  var id: String
  var matcher: Matcher
  var consequence: Consequence
  var terms = ApprovalTerms()
  var severity: Finding.Severity?
}
