/// Version 6: what servers' own logs tell, and how it goes together with the captures.
enum SchemaV6 {
  static let changes = """
    -- One row for each statement or request of a log; several where a line holds several statements.
    CREATE TABLE server_record(
      n INTEGER PRIMARY KEY,
      source INTEGER NOT NULL REFERENCES source(n),
      line INTEGER NOT NULL,
      offset INTEGER NOT NULL,
      part INTEGER NOT NULL,
      kind TEXT NOT NULL,
      protocol TEXT NOT NULL,
      at_ns INTEGER NOT NULL,
      is_end INTEGER NOT NULL,
      precision_ns INTEGER NOT NULL,
      duration_ns INTEGER,
      lane TEXT,
      local INTEGER NOT NULL,
      host TEXT,
      port INTEGER,
      server TEXT,
      user TEXT,
      target TEXT,
      application TEXT,
      form TEXT,
      text TEXT NOT NULL,
      cut INTEGER NOT NULL,
      parameters TEXT,
      native_ids TEXT,
      status TEXT NOT NULL,
      code TEXT,
      message TEXT,
      rows INTEGER,
      bytes INTEGER,
      verb TEXT NOT NULL,
      effect TEXT NOT NULL,
      resources TEXT NOT NULL
    ) STRICT;
    CREATE INDEX server_record_source ON server_record(source, line, part);

    -- How each goes together with the captures, as the last ingest found.
    CREATE TABLE record_pairing(
      record INTEGER PRIMARY KEY REFERENCES server_record(n),
      outcome TEXT NOT NULL,
      action INTEGER,
      session INTEGER,
      offset_ns INTEGER,
      reason TEXT NOT NULL
    ) STRICT;
    CREATE INDEX record_pairing_action ON record_pairing(action);

    CREATE TABLE server_log(
      source INTEGER PRIMARY KEY REFERENCES source(n),
      servers TEXT NOT NULL,
      offset_ns INTEGER,
      spread_ns INTEGER,
      pairs INTEGER,
      covered INTEGER NOT NULL,
      unlogged INTEGER NOT NULL
    ) STRICT;

    -- Actions that a log should tell of and does not.
    CREATE TABLE untold_action(
      action INTEGER NOT NULL,
      log INTEGER NOT NULL REFERENCES source(n),
      PRIMARY KEY(action, log)
    ) STRICT, WITHOUT ROWID;

    -- Sessions that are in the case because a log tells of them and no capture shows them.
    CREATE TABLE server_session(
      session INTEGER PRIMARY KEY,
      outcome TEXT NOT NULL,
      captured INTEGER,
      reason TEXT NOT NULL
    ) STRICT;

    CREATE VIEW server_records AS
    SELECT s.id || '.' || r.line || CASE WHEN r.part > 0 THEN ':' || (r.part + 1) ELSE '' END AS id,
      s.id AS source_id, r.line, r.kind, r.protocol, r.at_ns, r.duration_ns,
      CASE WHEN r.local THEN 'local' WHEN r.port IS NULL THEN r.host ELSE r.host || ':' || r.port END AS client,
      r.server, r.user, r.target, r.application, r.verb, r.text, r.parameters, r.resources, r.effect, r.status, r.code,
      r.message, r.rows, r.bytes, p.outcome,
      CASE WHEN p.action IS NOT NULL THEN
        (SELECT o.id FROM session o WHERE o.n = p.action >> 32) || '.' || (p.action & 4294967295) END AS action_id,
      (SELECT o.id FROM session o WHERE o.n = p.session) AS session_id, p.offset_ns, p.reason
    FROM server_record r JOIN source s ON s.n = r.source LEFT JOIN record_pairing p ON p.record = r.n;

    CREATE VIEW server_logs AS
    SELECT s.id AS source_id, s.path, s.kind AS format, l.servers, s.first_ns, s.last_ns, l.offset_ns, l.spread_ns,
      l.pairs, l.covered, l.unlogged,
      (SELECT count(*) FROM untold_action u WHERE u.log = l.source) AS untold
    FROM server_log l JOIN source s ON s.n = l.source;

    CREATE VIEW untold_actions AS
    SELECT o.id || '.' || (u.action & 4294967295) AS action_id, s.id AS source_id
    FROM untold_action u JOIN session o ON o.n = u.action >> 32 JOIN source s ON s.n = u.log;

    CREATE VIEW server_sessions AS
    SELECT s.id AS session_id, v.outcome, c.id AS captured_session_id, v.reason
    FROM server_session v JOIN session s ON s.n = v.session LEFT JOIN session c ON c.n = v.captured;
    """
}
