CREATE INDEX CONCURRENTLY users_by_created ON users (created_at);
ALTER TABLE users SET (fillfactor = 80);
VACUUM ANALYZE users;
