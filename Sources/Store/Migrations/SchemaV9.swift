/// Version 9: who signed what a gateway had held.
enum SchemaV9 {
  static let changes = """
    -- SHA-256 over the file of the request that was signed, and when the gateway saw the signature first.
    ALTER TABLE decision ADD COLUMN request_sha256 TEXT;
    ALTER TABLE decision ADD COLUMN seen_ns INTEGER;
    DROP VIEW decisions;
    CREATE VIEW decisions AS
    SELECT s.id AS session_id, CASE WHEN d.seq IS NOT NULL THEN s.id || '.' || d.seq END AS action_id, d.at_ns, d.kind,
      d.outcome, d.rule, d.reason, d.subject_sha256, d.people, d.key, src.id AS source_id, d.packet, d.request_sha256,
      d.seen_ns
    FROM decision d JOIN session s ON s.n = d.session LEFT JOIN source src ON src.n = d.source;
    """
}
