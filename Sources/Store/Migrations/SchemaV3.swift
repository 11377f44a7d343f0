/// Version 3: transcripts, and which prompt each action came from.
enum SchemaV3 {
  static let changes = """
    ALTER TABLE conversation ADD COLUMN agent_version TEXT;
    ALTER TABLE conversation ADD COLUMN working_directory TEXT;
    ALTER TABLE conversation ADD COLUMN clock TEXT NOT NULL DEFAULT 'utc';
    ALTER TABLE tool_call ADD COLUMN turn_id TEXT;
    ALTER TABLE tool_call ADD COLUMN working_directory TEXT;
    ALTER TABLE tool_call ADD COLUMN background INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE tool_call ADD COLUMN continues_call_id TEXT;
    CREATE INDEX prompt_conversation ON prompt(conversation);
    CREATE INDEX tool_call_prompt ON tool_call(prompt_id);

    -- A secret may be seen in a transcript, which has no session.
    CREATE TABLE secret_of_any(
      n INTEGER PRIMARY KEY,
      session INTEGER REFERENCES session(n),
      seq INTEGER,
      kind TEXT NOT NULL,
      hash TEXT NOT NULL
    ) STRICT;
    INSERT INTO secret_of_any SELECT n, session, seq, kind, hash FROM secret;
    DROP TABLE secret;
    ALTER TABLE secret_of_any RENAME TO secret;

    -- Made anew from all evidence of the case whenever it grows. Of an ambiguous action every candidate has a row.
    CREATE TABLE attribution(
      action INTEGER NOT NULL,
      rank INTEGER NOT NULL,
      prompt INTEGER REFERENCES prompt(n),
      tool_call INTEGER REFERENCES tool_call(n),
      method TEXT NOT NULL,
      confidence REAL NOT NULL,
      score REAL NOT NULL,
      reason TEXT NOT NULL,
      ambiguous INTEGER NOT NULL,
      via INTEGER,
      PRIMARY KEY(action, rank)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX attribution_prompt ON attribution(prompt);
    CREATE INDEX attribution_call ON attribution(tool_call);

    -- What the wire says of a tool call.
    CREATE TABLE witness(
      tool_call INTEGER PRIMARY KEY REFERENCES tool_call(n),
      verdict TEXT NOT NULL,
      expected INTEGER NOT NULL,
      seen INTEGER NOT NULL,
      detail TEXT NOT NULL,
      -- JSON: what the call should have done, each with whether it was seen.
      effects TEXT NOT NULL
    ) STRICT;

    -- How far the clock of a transcript's host runs ahead of the captures'.
    CREATE TABLE clock_offset(
      source INTEGER PRIMARY KEY REFERENCES source(n),
      offset_ns INTEGER NOT NULL,
      spread_ns INTEGER NOT NULL,
      anchors INTEGER NOT NULL
    ) STRICT;

    DROP VIEW conversations;
    CREATE VIEW conversations AS
    SELECT c.id, c.native_id, c.parent_id, c.link, c.parent_call_id, c.agent, c.agent_id, c.parent_agent_id, c.model,
      c.human, c.started_ns, s.id AS source_id, c.packet, c.agent_version, c.working_directory, c.clock
    FROM conversation c LEFT JOIN source s ON s.n = c.source;

    DROP VIEW tool_calls;
    CREATE VIEW tool_calls AS
    SELECT t.id, t.native_id, t.prompt_id, t.agent_id, t.at_ns, t.ended_ns, t.tool, t.command, t.status,
      s.id AS source_id, t.conversation, t.agent, t.parent_agent_id, t.parent_call_id, t.seen_ns, t.arguments, t.result,
      t.exit_code, t.server_side, t.cut, t.packet, t.turn_id, t.working_directory, t.background, t.continues_call_id,
      w.verdict AS witness, w.expected, w.seen, w.detail AS witness_detail, w.effects
    FROM tool_call t LEFT JOIN source s ON s.n = t.source LEFT JOIN witness w ON w.tool_call = t.n;

    CREATE VIEW attributions AS
    SELECT s.id || '.' || (a.action & 4294967295) AS action_id, p.id AS prompt_id, t.id AS tool_call_id, a.method,
      a.confidence, a.reason, a.ambiguous, a.rank, a.score,
      CASE WHEN a.via IS NOT NULL
        THEN (SELECT v.id FROM session v WHERE v.n = a.via >> 32) || '.' || (a.via & 4294967295) END AS via_action_id
    FROM attribution a JOIN session s ON s.n = a.action >> 32
      LEFT JOIN prompt p ON p.n = a.prompt LEFT JOIN tool_call t ON t.n = a.tool_call;

    CREATE VIEW clock_offsets AS
    SELECT s.id AS source_id, s.path, c.offset_ns, c.spread_ns, c.anchors
    FROM clock_offset c JOIN source s ON s.n = c.source;
    """
}
