-- What acts on the server and its files: most of it cannot run in a transaction block, or is not undone by one.
--| alone
VACUUM;
--| alone
VACUUM orders;
--| alone
VACUUM (FULL, ANALYZE, VERBOSE) customers;
--| alone
VACUUM FREEZE items;
--| alone
VACUUM FULL;
--| alone
VACUUM (INDEX_CLEANUP off, TRUNCATE false, PARALLEL 0, SKIP_LOCKED) stock, loose;
--| alone
VACUUM ANALYZE orders (state, total);
ANALYZE;
ANALYZE orders;
ANALYZE VERBOSE orders (state);
ANALYZE (SKIP_LOCKED) customers, stock;
CHECKPOINT;
--| alone
--| undo: DROP DATABASE made_db
CREATE DATABASE made_db;
--| alone
--| undo: DROP DATABASE made_db
CREATE DATABASE made_db WITH OWNER boss TEMPLATE template0 ENCODING 'UTF8' CONNECTION LIMIT 3;
--| alone
--| undo: ALTER DATABASE postgres CONNECTION LIMIT -1
ALTER DATABASE postgres CONNECTION LIMIT 9;
--| alone
ALTER DATABASE postgres WITH ALLOW_CONNECTIONS true IS_TEMPLATE false;
--| alone
--| undo: ALTER DATABASE postgres RESET ALL
ALTER DATABASE postgres SET work_mem = '6MB';
--| alone
ALTER DATABASE postgres RESET work_mem;
--| alone
--| undo: ALTER DATABASE postgres OWNER TO postgres
ALTER DATABASE postgres OWNER TO boss;
--| alone
ALTER DATABASE template1 REFRESH COLLATION VERSION;
--| alone
ALTER DATABASE THIS_DB SET search_path = attic;
--| alone
--| before: CREATE DATABASE old_db TEMPLATE template0
--| undo: DROP DATABASE new_db
ALTER DATABASE old_db RENAME TO new_db;
--| alone
--| before: CREATE DATABASE old_db TEMPLATE template0
DROP DATABASE old_db;
--| alone
--| before: CREATE DATABASE old_db TEMPLATE template0
DROP DATABASE old_db WITH (FORCE);
--| alone
DROP DATABASE IF EXISTS nothing;
--| alone
--| undo: DROP TABLESPACE made_space
CREATE TABLESPACE made_space LOCATION 'FOLDER/space';
--| alone
--| before: CREATE TABLESPACE old_space LOCATION 'FOLDER/space'
--| undo: DROP TABLESPACE new_space
ALTER TABLESPACE old_space RENAME TO new_space;
--| alone
--| before: CREATE TABLESPACE old_space LOCATION 'FOLDER/space'
DROP TABLESPACE old_space;
--| alone
DROP TABLESPACE IF EXISTS nothing;
ALTER TABLESPACE pg_default SET (seq_page_cost = 2);
ALTER TABLESPACE pg_default RESET (seq_page_cost);
ALTER TABLESPACE pg_default OWNER TO boss;
--| alone
--| undo: ALTER SYSTEM RESET ALL
ALTER SYSTEM SET work_mem = '5MB';
--| alone
--| undo: ALTER SYSTEM RESET ALL
ALTER SYSTEM SET log_statement TO DEFAULT;
--| alone
--| before: ALTER SYSTEM SET work_mem = '5MB'
ALTER SYSTEM RESET work_mem;
--| alone
--| before: ALTER SYSTEM SET work_mem = '5MB'
ALTER SYSTEM RESET ALL;
--| alone
ALTER TABLE visits DETACH PARTITION visits_2026 CONCURRENTLY;
--| alone
ALTER TYPE mood ADD VALUE 'bored';
--| alone
REFRESH MATERIALIZED VIEW takings;
--| alone
TRUNCATE items;
--| alone
UPDATE orders SET state = 'kept' WHERE id = 1;
--| alone
SELECT nextval('tickets');
--| alone
CALL pack_and_commit(3);
--| alone
SELECT pg_reload_conf();
--| alone
SELECT pg_rotate_logfile();
--| alone
SELECT pg_switch_wal();
--| alone
SELECT pg_create_restore_point('before the sale');
--| alone
SELECT pg_logical_emit_message(false, 'shop', 'a message');
--| alone
SELECT pg_logical_emit_message(true, 'shop', 'a message');
--| alone
SELECT pg_terminate_backend(VICTIM);
--| alone
SELECT pg_cancel_backend(VICTIM);
--| alone
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim';
--| alone
SELECT pg_log_backend_memory_contexts(VICTIM);
--| alone
--| undo: SELECT pg_drop_replication_slot('spare')
SELECT pg_create_physical_replication_slot('spare');
--| alone
--| undo: SELECT pg_drop_replication_slot('spare')
SELECT pg_create_physical_replication_slot('spare', true, false);
--| alone
--| undo: SELECT pg_drop_replication_slot('spare')
SELECT pg_create_logical_replication_slot('spare', 'test_decoding');
--| alone
--| before: SELECT pg_create_physical_replication_slot('old', true)
--| undo: SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
SELECT pg_copy_physical_replication_slot('old', 'spare');
--| alone
--| before: SELECT pg_create_logical_replication_slot('old', 'test_decoding')
--| undo: SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
SELECT pg_copy_logical_replication_slot('old', 'spare');
--| alone
--| before: SELECT pg_create_physical_replication_slot('old')
SELECT pg_drop_replication_slot('old');
--| alone
--| before: SELECT pg_create_logical_replication_slot('old', 'test_decoding')
--| before: INSERT INTO loose VALUES (1, 'decoded')
--| undo: SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
SELECT * FROM pg_logical_slot_get_changes('old', NULL, NULL);
--| alone
--| before: SELECT pg_create_logical_replication_slot('old', 'test_decoding')
--| before: INSERT INTO loose VALUES (1, 'decoded')
--| undo: SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
SELECT * FROM pg_logical_slot_get_binary_changes('old', NULL, NULL);
--| alone
--| before: SELECT pg_create_logical_replication_slot('old', 'test_decoding')
--| before: INSERT INTO loose VALUES (1, 'decoded')
--| undo: SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
SELECT * FROM pg_logical_slot_peek_changes('old', NULL, NULL);
--| alone
--| before: SELECT pg_create_logical_replication_slot('old', 'test_decoding')
--| before: INSERT INTO loose VALUES (1, 'decoded')
--| undo: SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
SELECT * FROM pg_logical_slot_peek_binary_changes('old', NULL, NULL);
--| alone
--| before: SELECT pg_create_logical_replication_slot('old', 'test_decoding')
--| before: INSERT INTO loose VALUES (1, 'decoded')
--| undo: SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
SELECT pg_replication_slot_advance('old', pg_current_wal_lsn());
SELECT pg_replication_origin_create('elsewhere');
--| before: SELECT pg_replication_origin_create('elsewhere')
SELECT pg_replication_origin_drop('elsewhere');
--| before: SELECT pg_replication_origin_create('elsewhere')
SELECT pg_replication_origin_advance('elsewhere', '0/1');
--| before: SELECT pg_replication_origin_create('elsewhere')
SELECT pg_replication_origin_progress('elsewhere', false), pg_replication_origin_oid('elsewhere');
--| before: SELECT pg_replication_origin_create('elsewhere')
SELECT pg_replication_origin_session_setup('elsewhere');
SELECT pg_replication_origin_session_is_setup();
SELECT * FROM pg_show_replication_origin_status();
--| alone
SELECT pg_stat_reset();
--| alone
SELECT pg_stat_reset_shared('bgwriter');
--| alone
SELECT pg_stat_reset_shared('wal');
--| alone
SELECT pg_stat_reset_slru(NULL);
--| alone
SELECT pg_stat_reset_single_table_counters('orders'::regclass);
--| alone
SELECT pg_stat_reset_single_function_counters('twice(integer)'::regprocedure);
--| alone
SELECT pg_stat_reset_replication_slot(NULL);
--| alone
SELECT pg_stat_reset_subscription_stats(NULL);
SELECT pg_import_system_collations('attic');
SELECT pg_import_system_collations('pg_catalog');
--| alone
SELECT * FROM pg_backup_start('nightly', true);
--| alone
--| before: SELECT pg_backup_start('nightly', true)
SELECT labelfile FROM pg_backup_stop(false);
--| fails
SELECT pg_promote(false, 1);
--| fails
SELECT pg_wal_replay_pause();
--| fails
SELECT pg_wal_replay_resume();
--| fails
SELECT pg_is_wal_replay_paused();
--| fails
SELECT pg_get_wal_replay_pause_state();
--| fails
SELECT brin_summarize_new_values('shapes_brin'::regclass);
--| before: CREATE INDEX shapes_brin ON orders USING brin (placed)
SELECT brin_summarize_new_values('shapes_brin'::regclass);
--| before: CREATE INDEX shapes_brin ON orders USING brin (placed)
SELECT brin_desummarize_range('shapes_brin'::regclass, 0);
--| before: CREATE INDEX shapes_brin ON orders USING brin (placed)
SELECT brin_summarize_range('shapes_brin'::regclass, 0);
--| before: CREATE INDEX shapes_gin ON orders USING gin (extra)
SELECT gin_clean_pending_list('shapes_gin'::regclass);
--| fails
SELECT pg_extension_config_dump('orders'::regclass, '');
--| fails
SELECT binary_upgrade_set_next_pg_type_oid(5);
SELECT pg_nextoid('pg_class', 'oid', 'pg_class_oid_index');
SELECT pg_collation_is_visible(100), pg_column_size(1);
--| alone
COPY orders TO PROGRAM 'cat > FOLDER/orders.program';
--| alone
COPY orders TO 'FOLDER/orders.file';
--| alone
COPY scratch (n) FROM PROGRAM 'touch FOLDER/touched; echo 1';
LOAD 'auto_explain';
