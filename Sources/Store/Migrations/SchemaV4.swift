/// Version 4: trace contexts of calls, prompts that several sources tell, and the prompt at the root of each.
enum SchemaV4 {
  static let changes = """
    -- Trace and span of each record of a call, `trace-span`, with blanks between them.
    ALTER TABLE tool_call ADD COLUMN spans TEXT;
    CREATE INDEX tool_call_native ON tool_call(native_id);

    -- The same prompt as another source tells it: a transcript, its spans, the traffic with the model.
    CREATE TABLE prompt_twin(
      prompt INTEGER PRIMARY KEY REFERENCES prompt(n),
      same_as INTEGER NOT NULL REFERENCES prompt(n)
    ) STRICT;

    -- What a person typed, behind what agents and programs passed on; no row for what is its own root.
    CREATE TABLE prompt_root(
      prompt INTEGER PRIMARY KEY REFERENCES prompt(n),
      root INTEGER NOT NULL REFERENCES prompt(n)
    ) STRICT;

    DROP VIEW prompts;
    CREATE VIEW prompts AS
    SELECT p.id, p.native_id, p.agent, p.model, p.human, p.conversation, p.at_ns, p.text, s.id AS source_id, p.kind,
      p.agent_id, p.ordinal, p.seen_ns, p.context, p.cut, p.packet,
      (SELECT o.id FROM prompt o WHERE o.n = t.same_as) AS same_as,
      (SELECT o.id FROM prompt o WHERE o.n = coalesce(r.root, t.same_as, p.n)) AS root_id
    FROM prompt p LEFT JOIN source s ON s.n = p.source LEFT JOIN prompt_twin t ON t.prompt = p.n
      LEFT JOIN prompt_root r ON r.prompt = coalesce(t.same_as, p.n);

    DROP VIEW tool_calls;
    CREATE VIEW tool_calls AS
    SELECT t.id, t.native_id, t.prompt_id, t.agent_id, t.at_ns, t.ended_ns, t.tool, t.command, t.status,
      s.id AS source_id, t.conversation, t.agent, t.parent_agent_id, t.parent_call_id, t.seen_ns, t.arguments, t.result,
      t.exit_code, t.server_side, t.cut, t.packet, t.turn_id, t.working_directory, t.background, t.continues_call_id,
      w.verdict AS witness, w.expected, w.seen, w.detail AS witness_detail, w.effects, t.spans
    FROM tool_call t LEFT JOIN source s ON s.n = t.source LEFT JOIN witness w ON w.tool_call = t.n;
    """
}
