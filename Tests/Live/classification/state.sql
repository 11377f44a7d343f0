-- What a transaction sees: a digest of every table, so that two answers differ where something was written between them.
CREATE SCHEMA lab;
GRANT USAGE ON SCHEMA lab TO PUBLIC;
-- Runs as its owner, so that a role or a path that the statement has set does not blind it.
CREATE FUNCTION lab.state(deep boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = on SET client_min_messages = error
SET TimeZone = 'UTC' SET DateStyle = 'ISO' SET IntervalStyle = 'postgres' SET bytea_output = 'hex' SET extra_float_digits = 1 AS $$
DECLARE
  xid text := pg_current_xact_id_if_assigned();
  written bigint;
  found jsonb := '{}';
  temps oid[];
  digest text;
  t record;
  -- The column by which a row of a catalog belongs to a relation.
  owners jsonb := '{"pg_class": "oid", "pg_attribute": "attrelid", "pg_type": "oid", "pg_index": "indexrelid", "pg_attrdef": "adrelid",
    "pg_constraint": "conrelid", "pg_depend": "objid", "pg_sequence": "seqrelid", "pg_rewrite": "ev_class", "pg_trigger": "tgrelid",
    "pg_namespace": "oid", "pg_shdepend": "objid", "pg_inherits": "inhrelid"}';
BEGIN
  SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) INTO written FROM pg_stat_xact_all_tables;
  -- What is temporary belongs to the session: neither it nor its rows in the catalogs count.
  SELECT array_agg(o) INTO temps FROM (
    SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_'
    UNION ALL SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname ~ '^pg_(toast_)?temp_'
    UNION ALL SELECT c.oid FROM pg_type c JOIN pg_namespace n ON n.oid = typnamespace WHERE nspname ~ '^pg_(toast_)?temp_'
    UNION ALL SELECT r.oid FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname ~ '^pg_temp_'
    UNION ALL SELECT r.oid FROM pg_attrdef r JOIN pg_class c ON c.oid = adrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname ~ '^pg_temp_'
  ) AS o (o);
  FOR t IN
    SELECT c.oid, n.nspname, c.relname, c.relkind, n.nspname = 'pg_catalog' AS is_catalog FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm', 'S') AND c.relpersistence <> 't' AND n.nspname NOT IN ('lab', 'information_schema')
      -- Guesses of the planner, which VACUUM and ANALYZE renew: no content.
      AND c.relname NOT IN ('pg_statistic', 'pg_statistic_ext_data')
  LOOP
    IF t.relkind = 'm' AND NOT (SELECT relispopulated FROM pg_class WHERE oid = t.oid) THEN
      digest := 'empty';
    ELSIF t.relkind = 'S' THEN
      EXECUTE format('SELECT last_value || '':'' || is_called FROM %I.%I', t.nspname, t.relname) INTO digest;
    ELSIF t.is_catalog AND (NOT deep OR t.relname = 'pg_class') THEN
      -- pg_class is never read deeply: CREATE INDEX and ANALYZE count rows into it in place, and no rollback undoes that.
      -- Each version of a row has a place of its own.
      EXECUTE format('SELECT count(*) || '':'' || coalesce(bit_xor(hashtidextended(ctid, 0)), 0) FROM %I.%I %s', t.nspname, t.relname,
        CASE WHEN temps IS NOT NULL AND owners ? t.relname THEN format('WHERE %I <> ALL ($1)', owners ->> t.relname) ELSE '' END)
        INTO digest USING temps;
    ELSE
      EXECUTE format('SELECT count(*) || '':'' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) || '':'' || coalesce(bit_xor(hashtidextended(ctid, 0)), 0) FROM %I.%I t',
        t.nspname, t.relname) INTO digest;
    END IF;
    found := found || jsonb_build_object(CASE WHEN t.relkind = 'S' THEN 'sequence ' ELSE '' END || t.nspname || '.' || t.relname, digest);
  END LOOP;
  RETURN jsonb_build_object('xid', xid, 'written', written, 'tables', found);
END $$;
