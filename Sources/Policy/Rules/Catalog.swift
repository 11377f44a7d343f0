/// Every rule: a file beside this one and a line here.
enum RuleCatalog {
  static let rules: [any FindingRule.Type] = [
    ChangeWithoutPrompt.self, CallMismatch.self, DestructiveStatement.self, SchemaDrift.self, ForcedPush.self,
    CredentialCreated.self, CredentialHandedOut.self, PrivilegeEscalation.self, FailedLogins.self,
    PlaintextCredential.self, SharedAccount.self, UnexplainedConnection.self, AuditTampering.self,
    SecretInCommand.self, SensitiveData.self, BulkExport.self, CaptureGap.self, ClockTrouble.self, OpaqueTraffic.self,
    UnseenByCapture.self, ServerLogDisagreement.self,
    AgentUnnamed.self, GatewayBypassed.self, EngagementEnded.self, CredentialReused.self,
  ]

  /// What people are told of each, by id.
  static var abouts: [RuleAbout] { rules.map { $0.about }.sorted { $0.id < $1.id } }
}
