BEGIN;
ALTER TABLE users ADD COLUMN phone text, ADD COLUMN is_admin boolean NOT NULL DEFAULT false;
UPDATE users SET phone = '+1-555-01' || lpad((id % 100)::text, 2, '0');
INSERT INTO schema_migrations (version) VALUES ('0002');
COMMIT;
