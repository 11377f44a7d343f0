BEGIN;
CREATE TABLE schema_migrations (version text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE, created_at timestamptz DEFAULT now());
INSERT INTO users (email) SELECT 'user' || n || '@example.com' FROM generate_series(1, 40) AS n;
INSERT INTO schema_migrations (version) VALUES ('0001');
COMMIT;
