/// Version 5: what signatures say of actions.
enum SchemaV5 {
  static let changes = """
    -- As the last check weighed them; `action_id` is NULL for what no action used.
    CREATE TABLE approval(
      id TEXT PRIMARY KEY,
      action_id TEXT,
      subject_sha256 TEXT NOT NULL,
      approver TEXT,
      key TEXT,
      decision TEXT,
      reason TEXT NOT NULL,
      decided_ns INTEGER,
      expires_ns INTEGER,
      state TEXT NOT NULL,
      file TEXT NOT NULL,
      file_sha256 TEXT NOT NULL
    ) STRICT;
    CREATE INDEX approval_action ON approval(action_id);

    CREATE VIEW approvals AS
    SELECT id, action_id, subject_sha256, approver, key, decision, reason, decided_ns, expires_ns, state,
      CAST(NULL AS TEXT) AS source_id, file, file_sha256 FROM approval;
    """
}
