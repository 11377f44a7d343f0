/// Version 7: what was masked before it was stored.
enum SchemaV7 {
  static let changes = """
    CREATE TABLE mask(
      session INTEGER,
      seq INTEGER,
      conversation TEXT,
      rule TEXT NOT NULL,
      class TEXT NOT NULL,
      method TEXT NOT NULL,
      count INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX mask_action ON mask(session, seq);

    -- Actions whose text or parameters were masked; approvals are held against the digest.
    CREATE TABLE masked_action(
      n INTEGER PRIMARY KEY,
      subject_sha256 TEXT NOT NULL
    ) STRICT;

    CREATE VIEW masks AS
    SELECT s.id AS session_id, CASE WHEN m.seq IS NOT NULL THEN s.id || '.' || m.seq END AS action_id, m.conversation,
      m.rule, m.class, m.method, m.count
    FROM mask m LEFT JOIN session s ON s.n = m.session;
    """
}
