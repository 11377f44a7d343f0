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

    -- What language models were asked and answered, from captured traffic or from transcripts. Ids derive from evidence, so
    -- the same conversation out of two sources is one row.
    CREATE TABLE conversation(
      id TEXT PRIMARY KEY,
      native_id TEXT,
      parent_id TEXT,
      link TEXT,
      parent_call_id TEXT,
      agent TEXT,
      agent_id TEXT,
      parent_agent_id TEXT,
      model TEXT,
      human TEXT,
      started_ns INTEGER NOT NULL,
      source INTEGER REFERENCES source(n),
      packet INTEGER
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE prompt(
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      native_id TEXT,
      conversation TEXT NOT NULL,
      ordinal INTEGER NOT NULL,
      kind TEXT NOT NULL,
      agent TEXT,
      agent_id TEXT,
      model TEXT,
      human TEXT,
      at_ns INTEGER,
      seen_ns INTEGER NOT NULL,
      text TEXT NOT NULL,
      context TEXT,
      cut INTEGER NOT NULL,
      source INTEGER REFERENCES source(n),
      packet INTEGER
    ) STRICT;

    CREATE TABLE tool_call(
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      native_id TEXT,
      conversation TEXT NOT NULL,
      prompt_id TEXT,
      agent TEXT,
      agent_id TEXT,
      parent_agent_id TEXT,
      parent_call_id TEXT,
      at_ns INTEGER,
      ended_ns INTEGER,
      seen_ns INTEGER NOT NULL,
      tool TEXT NOT NULL,
      command TEXT NOT NULL,
      arguments TEXT NOT NULL,
      status TEXT NOT NULL,
      result TEXT,
      exit_code INTEGER,
      server_side INTEGER NOT NULL,
      cut INTEGER NOT NULL,
      source INTEGER REFERENCES source(n),
      packet INTEGER
    ) STRICT;

    CREATE TABLE completion(
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      native_id TEXT,
      conversation TEXT NOT NULL,
      prompt_id TEXT,
      model TEXT,
      at_ns INTEGER NOT NULL,
      ended_ns INTEGER,
      text TEXT NOT NULL,
      reasoning TEXT NOT NULL,
      stop_reason TEXT,
      status TEXT NOT NULL,
      error TEXT,
      tool_calls TEXT NOT NULL,
      input_tokens INTEGER,
      output_tokens INTEGER,
      source INTEGER REFERENCES source(n),
      packet INTEGER
    ) STRICT;

    CREATE VIEW conversations AS
    SELECT c.id, c.native_id, c.parent_id, c.link, c.parent_call_id, c.agent, c.agent_id, c.parent_agent_id, c.model,
      c.human, c.started_ns, s.id AS source_id, c.packet
    FROM conversation c LEFT JOIN source s ON s.n = c.source;

    CREATE VIEW prompts AS
    SELECT p.id, p.native_id, p.agent, p.model, p.human, p.conversation, p.at_ns, p.text, s.id AS source_id, p.kind,
      p.agent_id, p.ordinal, p.seen_ns, p.context, p.cut, p.packet
    FROM prompt p LEFT JOIN source s ON s.n = p.source;

    CREATE VIEW tool_calls AS
    SELECT t.id, t.native_id, t.prompt_id, t.agent_id, t.at_ns, t.ended_ns, t.tool, t.command, t.status,
      s.id AS source_id, t.conversation, t.agent, t.parent_agent_id, t.parent_call_id, t.seen_ns, t.arguments, t.result,
      t.exit_code, t.server_side, t.cut, t.packet
    FROM tool_call t LEFT JOIN source s ON s.n = t.source;

    CREATE VIEW completions AS
    SELECT c.id, c.native_id, c.prompt_id, c.conversation, c.model, c.at_ns, c.ended_ns, c.text, c.reasoning,
      c.stop_reason, c.status, c.error, c.tool_calls, c.input_tokens, c.output_tokens, s.id AS source_id, c.packet
    FROM completion c LEFT JOIN source s ON s.n = c.source;

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
