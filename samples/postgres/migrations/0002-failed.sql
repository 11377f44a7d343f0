BEGIN;
ALTER TABLE users ADD COLUMN phone text;
ALTER TABLE users ADD COLUMN email text;
INSERT INTO schema_migrations (version) VALUES ('0002');
COMMIT;
