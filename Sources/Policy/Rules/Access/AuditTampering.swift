import Model

/// Switching off or wiping what would have told.
struct AuditTampering: FindingRule {
  static let about = RuleAbout(
    id: "audit-tampering", title: "switched off or wiped what records", severity: .critical,
    explanation: "Logging, audit triggers, statistics and shell histories are what others would look at afterwards.",
    controls: ["CC7.2", "A.8.15", "AU-9", "10.2.1.6", "10.3.2"])

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard action.status != .error, action.status != .denied, action.transaction != .notRun else { return [] }
    // Statistics that were reset stay so when the transaction is rolled back.
    let found = subject.statements.lazy.compactMap(AuditStatements.what).first {
      !action.hasNoLastingEffect || $0.what.hasPrefix("calls ")
    }
    if let found {
      return [RuleHit(action, found.what, found.severity)]
    }
    if ["exec", "shell", "sftp", "scp"].contains(action.kind) {
      let what = AuditCommands.what(subject.commands) ?? AuditCommands.what(files: action.resources)
      return what.map { [RuleHit(action, $0)] } ?? []
    }
    return call(action).map { [RuleHit(action, $0)] } ?? []
  }

  // MARK: Services

  private static let calls: Set<String> = [
    "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors",
    "cloudtrail:DeleteEventDataStore", "cloudtrail:StopEventDataStoreIngestion", "logs:DeleteLogGroup",
    "logs:DeleteLogStream", "logs:DeleteSubscriptionFilter", "guardduty:DeleteDetector", "guardduty:UpdateDetector",
    "config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel",
    "ec2:DeleteFlowLogs", "securityhub:DisableSecurityHub", "access-analyzer:DeleteAnalyzer",
    "s3:PutBucketLogging", "s3:DeleteBucketLogging",
  ]

  private func call(_ action: Action) -> String? {
    if Self.calls.contains(action.verb) { return action.verb }
    let isChange = action.resources.contains {
      $0.access != "read" && $0.kind == "vault" && $0.name.hasPrefix("sys/audit")
    }
    return action.verb.hasPrefix("vault ") && isChange ? "\(action.verb) of an audit device" : nil
  }

  static let examples = [
    RuleExample(
      "in the database", finds: 13,
      [
        .sql("SELECT pg_stat_reset()") { $0.action.transaction = .rolledBack },
        .sql("SET log_statement = 'none'"), .sql("ALTER SYSTEM SET log_connections = off"),
        .sql("SELECT pg_stat_reset()"), .sql("SELECT pg_stat_reset_shared('wal')"),
        .sql("ALTER TABLE customers DISABLE TRIGGER customers_audit"), .sql("SET session_replication_role = replica"),
        .sql("ALTER ROLE svc SET log_statement = 'none'"), .sql("SET pgaudit.log = 'none'"),
        .sql("SELECT set_config('log_min_duration_statement', '-1', false)"), .sql("DROP EXTENSION pgaudit"),
        .sql("DELETE FROM audit_log WHERE actor = 'svc'"), .sql("TRUNCATE ops.audit_events"),
      ]),
    RuleExample(
      "on a host", finds: 16,
      [
        .shell("rm -f ~/.bash_history"), .shell("history -c"), .shell("systemctl stop auditd"),
        .shell("truncate -s 0 /var/log/auth.log"), .shell("unset HISTFILE"), .shell("export HISTFILE=/dev/null"),
        .shell("cd /tmp && history -c && exit"), .shell("set +o history"), .shell("sudo service rsyslog stop"),
        .shell("pkill -9 auditd"), .shell("auditctl -e 0"), .shell("journalctl --rotate --vacuum-time=1s"),
        .shell("ln -sf /dev/null ~/.bash_history"), .shell("sed -i 's/VERBOSE/QUIET/' /etc/ssh/sshd_config"),
        .shell("killall tcpdump"), .shell("psql -c \"ALTER SYSTEM SET log_statement = 'none'\""),
      ]),
    RuleExample(
      "of services", finds: 2,
      [
        .other("http", "cloudtrail:StopLogging", "cloudtrail:StopLogging prod", .write),
        .other(
          "http", "vault delete", "vault delete sys/audit/file", .write, [Resource("drop", "vault", "sys/audit/file")]),
      ]),
    RuleExample(
      "looking only, or recording more", finds: 0,
      [
        .sql("SHOW log_statement"), .sql("SELECT * FROM pg_stat_activity"), .sql("SET search_path = a"),
        .sql("ALTER TABLE t ENABLE TRIGGER a"), .shell("tail /var/log/auth.log"), .shell("systemctl restart nginx"),
        .shell("history"), .sql("SET log_statement = 'all'"), .sql("ALTER SYSTEM SET log_connections = on"),
        .sql("SET log_min_duration_statement = 0"), .sql("SELECT 'pg_stat_reset()'"), .shell("echo history -c"),
        .shell("cat /etc/ssh/sshd_config"), .shell("kill 4711"), .sql("SELECT * FROM audit_log"),
        .sql("INSERT INTO audit_log VALUES (1)"),
        .sql("SET log_statement = 'none'") { $0.action.transaction = .rolledBack },
      ]),
  ]
}
