/// The second schema: on whose behalf each action ran, heads of HTTP requests, messages with their times, sessions within
/// sessions that are decrypted.
///
/// Views gain columns at their end; none goes and none changes its meaning.
enum SchemaV2 {
  static let changes = """
    -- A session may change hands, so who acted is said of each action. NULL in a case of schema 1: the session's own.
    CREATE TABLE identity(
      n INTEGER PRIMARY KEY,
      user TEXT,
      target TEXT,
      application TEXT
    ) STRICT;

    ALTER TABLE action ADD COLUMN identity INTEGER REFERENCES identity(n);

    -- What only requests with heads and streams of messages have; n is the action's.
    CREATE TABLE call(
      n INTEGER PRIMARY KEY,
      head TEXT,
      records INTEGER REFERENCES payload(n)
    ) STRICT;

    DROP VIEW actions;
    CREATE VIEW actions AS
    SELECT s.id || '.' || (a.n & 4294967295) AS id, s.id AS session_id,
      CASE WHEN a.parent_seq IS NOT NULL THEN s.id || '.' || a.parent_seq END AS parent_id,
      a.n & 4294967295 AS seq, a.started_ns, a.started_ns + a.ended_after_ns AS ended_ns, t.kind, t.verb,
      coalesce(a.text, t.text) AS text, a.parameters, t.resources, t.effect,
      CASE a.status WHEN 0 THEN 'ok' WHEN 1 THEN 'error' WHEN 2 THEN 'denied' ELSE 'incomplete' END AS status,
      a.code, a.rows, a.bytes_in, a.bytes_out, t.fingerprint, a.inferred, src.id AS source_id, a.packet,
      a.message, CASE WHEN a.segment IS NOT NULL THEN coalesce(g.outcome, 'committed') END AS "transaction",
      t.unfiltered, a.started_ns + a.first_after_ns AS first_response_ns,
      CASE WHEN a.identity IS NULL THEN s.user ELSE i.user END AS user,
      CASE WHEN a.identity IS NULL THEN s.target ELSE i.target END AS target,
      CASE WHEN a.identity IS NULL THEN s.application ELSE i.application END AS application
    FROM action a JOIN session s ON s.n = a.n >> 32 JOIN statement t ON t.n = a.statement
      LEFT JOIN source src ON src.n = a.source LEFT JOIN segment g ON g.session = s.n AND g.segment = a.segment
      LEFT JOIN identity i ON i.n = a.identity;

    CREATE VIEW calls AS
    SELECT s.id || '.' || (c.n & 4294967295) AS action_id, c.head
    FROM call c JOIN session s ON s.n = c.n >> 32 WHERE c.head IS NOT NULL;
    """
}
