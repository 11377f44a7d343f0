/// Version 10: what search finds is read from where it lies, and a command that is the arguments is kept once.
enum SchemaV10 {
  static let changes = """
    -- A document of the index. Of one that lies elsewhere `place` is its row there, and `body` is NULL.
    CREATE TABLE search_entry(
      n INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      ref_id TEXT NOT NULL,
      place INTEGER,
      body TEXT
    ) STRICT;
    INSERT INTO search_entry(n, kind, ref_id, body) SELECT rowid, kind, ref_id, body FROM search;
    DROP TABLE search;

    -- 1: `command` is empty here, and is what `arguments` is.
    ALTER TABLE tool_call ADD COLUMN command_is_arguments INTEGER NOT NULL DEFAULT 0;
    -- Its row in `search_entry`; NULL of a call that an older exhibit wrote.
    ALTER TABLE tool_call ADD COLUMN search_entry INTEGER;
    DROP VIEW tool_calls;
    CREATE VIEW tool_calls AS
    SELECT t.id, t.native_id, t.prompt_id, t.agent_id, t.at_ns, t.ended_ns, t.tool,
      CASE WHEN t.command_is_arguments THEN t.arguments ELSE t.command END AS command, t.status,
      s.id AS source_id, t.conversation, t.agent, t.parent_agent_id, t.parent_call_id, t.seen_ns, t.arguments, t.result,
      t.exit_code, t.server_side, t.cut, t.packet, t.turn_id, t.working_directory, t.background, t.continues_call_id,
      w.verdict AS witness, w.expected, w.seen, w.detail AS witness_detail, w.effects, t.spans
    FROM tool_call t LEFT JOIN source s ON s.n = t.source LEFT JOIN witness w ON w.tool_call = t.n;

    CREATE VIEW search_document AS
    SELECT e.n, e.kind, e.ref_id,
      CASE WHEN e.body IS NOT NULL THEN e.body
        WHEN e.kind = 'statement' THEN (SELECT s.text FROM statement s WHERE s.n = e.place)
        WHEN e.kind = 'prompt' THEN (SELECT p.text FROM prompt p WHERE p.n = e.place)
        WHEN e.kind = 'completion' THEN (SELECT c.text FROM completion c WHERE c.n = e.place)
        WHEN e.kind = 'tool-call' THEN
          (SELECT t.tool || ' ' || CASE WHEN t.command_is_arguments THEN t.arguments ELSE t.command END
            FROM tool_call t WHERE t.n = e.place)
      END AS body
    FROM search_entry e;

    CREATE VIRTUAL TABLE search USING fts5(
      kind UNINDEXED, ref_id UNINDEXED, body, content = 'search_document', content_rowid = 'n',
      tokenize = "unicode61 tokenchars '_'"
    );
    INSERT INTO search(search) VALUES ('rebuild');
    """
}
