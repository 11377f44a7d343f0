/// The first schema: sources, sessions, actions, payloads, anomalies, findings, search.
///
/// Tables may change by migration; the views are the public interface (docs/formats/case.md) and stay.
enum SchemaV1 {
  static let tables = """
    CREATE TABLE property(
      name TEXT PRIMARY KEY,
      value BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE source(
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      path TEXT NOT NULL,
      kind TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      head_sha256 TEXT,
      bytes INTEGER NOT NULL,
      packets INTEGER NOT NULL,
      first_ns INTEGER,
      last_ns INTEGER,
      complete INTEGER NOT NULL,
      integrity TEXT NOT NULL,
      note TEXT
    ) STRICT;

    CREATE TABLE session(
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      parent INTEGER REFERENCES session(n),
      protocol TEXT NOT NULL,
      client TEXT NOT NULL,
      server TEXT NOT NULL,
      user TEXT,
      target TEXT,
      application TEXT,
      agent TEXT,
      human TEXT,
      encrypted INTEGER NOT NULL,
      decrypted INTEGER NOT NULL,
      started_ns INTEGER NOT NULL,
      ended_ns INTEGER NOT NULL,
      actions INTEGER NOT NULL,
      changes INTEGER NOT NULL,
      bytes_in INTEGER NOT NULL,
      bytes_out INTEGER NOT NULL,
      complete INTEGER NOT NULL,
      reason TEXT,
      source INTEGER REFERENCES source(n),
      facts TEXT NOT NULL
    ) STRICT;

    -- What actions have in common when they differ in constants only; an action's own text is kept where it differs.
    CREATE TABLE statement(
      n INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      verb TEXT NOT NULL,
      text TEXT NOT NULL,
      resources TEXT NOT NULL,
      effect TEXT NOT NULL,
      fingerprint TEXT,
      unfiltered INTEGER NOT NULL,
      note TEXT
    ) STRICT;

    -- n is session * 2^32 + seq, so a session's actions lie together and need no index.
    CREATE TABLE action(
      n INTEGER PRIMARY KEY,
      statement INTEGER NOT NULL REFERENCES statement(n),
      parent_seq INTEGER,
      started_ns INTEGER NOT NULL,
      first_after_ns INTEGER,
      ended_after_ns INTEGER,
      text TEXT,
      parameters TEXT,
      status INTEGER NOT NULL,
      code TEXT,
      message TEXT,
      rows INTEGER,
      bytes_in INTEGER NOT NULL,
      bytes_out INTEGER NOT NULL,
      inferred INTEGER NOT NULL,
      change INTEGER NOT NULL,
      segment INTEGER,
      source INTEGER REFERENCES source(n),
      packet INTEGER,
      columns INTEGER REFERENCES result_columns(n),
      request INTEGER REFERENCES payload(n),
      response INTEGER REFERENCES payload(n),
      response_inline BLOB
    ) STRICT;
    CREATE INDEX action_change ON action(n) WHERE change = 1;

    CREATE TABLE result_columns(
      n INTEGER PRIMARY KEY,
      columns TEXT NOT NULL
    ) STRICT;

    CREATE TABLE payload(
      n INTEGER PRIMARY KEY,
      sha256 TEXT NOT NULL,
      layout TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      kept INTEGER NOT NULL,
      body BLOB NOT NULL,
      UNIQUE(sha256, layout)
    ) STRICT;

    -- Stretches of a session's transactions that were not committed; a segment that is not here was.
    CREATE TABLE segment(
      session INTEGER NOT NULL REFERENCES session(n),
      segment INTEGER NOT NULL,
      outcome TEXT NOT NULL,
      PRIMARY KEY(session, segment)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE gap(
      n INTEGER PRIMARY KEY,
      session INTEGER NOT NULL REFERENCES session(n),
      direction INTEGER NOT NULL,
      at_ns INTEGER NOT NULL,
      until_ns INTEGER,
      bytes INTEGER NOT NULL,
      reason TEXT NOT NULL
    ) STRICT;

    CREATE TABLE anomaly(
      n INTEGER PRIMARY KEY,
      source INTEGER REFERENCES source(n),
      session INTEGER REFERENCES session(n),
      packet INTEGER,
      offset INTEGER,
      at_ns INTEGER,
      code TEXT NOT NULL,
      detail TEXT NOT NULL
    ) STRICT;

    -- Keyed hashes of credentials that were seen and redacted; the key is the property `secret-key`.
    CREATE TABLE secret(
      n INTEGER PRIMARY KEY,
      session INTEGER NOT NULL REFERENCES session(n),
      seq INTEGER,
      kind TEXT NOT NULL,
      hash TEXT NOT NULL
    ) STRICT;

    CREATE TABLE finding(
      id TEXT PRIMARY KEY,
      rule TEXT NOT NULL,
      severity TEXT NOT NULL,
      session_id TEXT,
      action_id TEXT,
      title TEXT NOT NULL,
      detail TEXT NOT NULL,
      controls TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE VIRTUAL TABLE search USING fts5(
      kind UNINDEXED, ref_id UNINDEXED, body, tokenize = "unicode61 tokenchars '_'"
    );
    """

  static let views = """
    CREATE VIEW sources AS
    SELECT id, path, kind, sha256, bytes, packets, first_ns, last_ns, complete, integrity, note FROM source;

    CREATE VIEW sessions AS
    SELECT s.id, p.id AS parent_id, s.protocol, s.client, s.server, s.user, s.target, s.application, s.agent, s.human,
      s.encrypted, s.decrypted, s.started_ns, s.ended_ns, s.actions, s.changes, s.bytes_in, s.bytes_out, s.complete,
      s.reason, src.id AS source_id
    FROM session s LEFT JOIN session p ON p.n = s.parent LEFT JOIN source src ON src.n = s.source;

    CREATE VIEW actions AS
    SELECT s.id || '.' || (a.n & 4294967295) AS id, s.id AS session_id,
      CASE WHEN a.parent_seq IS NOT NULL THEN s.id || '.' || a.parent_seq END AS parent_id,
      a.n & 4294967295 AS seq, a.started_ns, a.started_ns + a.ended_after_ns AS ended_ns, t.kind, t.verb,
      coalesce(a.text, t.text) AS text, a.parameters, t.resources, t.effect,
      CASE a.status WHEN 0 THEN 'ok' WHEN 1 THEN 'error' WHEN 2 THEN 'denied' ELSE 'incomplete' END AS status,
      a.code, a.rows, a.bytes_in, a.bytes_out, t.fingerprint, a.inferred, src.id AS source_id, a.packet,
      a.message, CASE WHEN a.segment IS NOT NULL THEN coalesce(g.outcome, 'committed') END AS "transaction",
      t.unfiltered, a.started_ns + a.first_after_ns AS first_response_ns
    FROM action a JOIN session s ON s.n = a.n >> 32 JOIN statement t ON t.n = a.statement
      LEFT JOIN source src ON src.n = a.source LEFT JOIN segment g ON g.session = s.n AND g.segment = a.segment;

    CREATE VIEW findings AS
    SELECT id, rule, severity, session_id, action_id, title, detail, controls FROM finding;

    CREATE VIEW anomalies AS
    SELECT 'ano-' || a.n AS id, src.id AS source_id, s.id AS session_id, a.packet, a.offset, a.code, a.detail
    FROM anomaly a LEFT JOIN source src ON src.n = a.source LEFT JOIN session s ON s.n = a.session;

    CREATE VIEW gaps AS
    SELECT s.id AS session_id, CASE g.direction WHEN 0 THEN 'client' ELSE 'server' END AS sender, g.at_ns, g.until_ns,
      g.bytes, g.reason
    FROM gap g JOIN session s ON s.n = g.session;
    """
}
