/// Version 8: what a gateway recorded beside the bytes.
enum SchemaV8 {
  static let changes = """
    -- Where the client connected to, of a connection that a gateway recorded.
    ALTER TABLE session ADD COLUMN gateway TEXT;
    DROP VIEW sessions;
    CREATE VIEW sessions AS
    SELECT s.id, p.id AS parent_id, s.protocol, s.client, s.server, s.user, s.target, s.application, s.agent, s.human,
      s.encrypted, s.decrypted, s.started_ns, s.ended_ns, s.actions, s.changes, s.bytes_in, s.bytes_out, s.complete,
      s.reason, src.id AS source_id, s.gateway
    FROM session s LEFT JOIN session p ON p.n = s.parent LEFT JOIN source src ON src.n = s.source;

    -- What a gateway decided of requests, and what people said of them while they were held.
    CREATE TABLE decision(
      n INTEGER PRIMARY KEY,
      session INTEGER NOT NULL,
      seq INTEGER,
      at_ns INTEGER NOT NULL,
      kind TEXT NOT NULL,
      outcome TEXT NOT NULL,
      rule TEXT,
      reason TEXT,
      subject_sha256 TEXT,
      people TEXT NOT NULL,
      key TEXT,
      source INTEGER,
      packet INTEGER
    ) STRICT;
    CREATE INDEX decision_action ON decision(session, seq);
    CREATE VIEW decisions AS
    SELECT s.id AS session_id, CASE WHEN d.seq IS NOT NULL THEN s.id || '.' || d.seq END AS action_id, d.at_ns, d.kind,
      d.outcome, d.rule, d.reason, d.subject_sha256, d.people, d.key, src.id AS source_id, d.packet
    FROM decision d JOIN session s ON s.n = d.session LEFT JOIN source src ON src.n = d.source;

    ALTER TABLE mask ADD COLUMN location TEXT;
    -- 1 where a gateway did it, before the client saw the value.
    ALTER TABLE mask ADD COLUMN inline INTEGER NOT NULL DEFAULT 0;
    DROP VIEW masks;
    CREATE VIEW masks AS
    SELECT s.id AS session_id, CASE WHEN m.seq IS NOT NULL THEN s.id || '.' || m.seq END AS action_id, m.conversation,
      m.rule, m.class, m.method, m.count, m.location, m.inline
    FROM mask m LEFT JOIN session s ON s.n = m.session;
    """
}
