#!/usr/bin/env bash
# Connections inside SSH: psql through -L to a real PostgreSQL server, and a web service of the client's through -R.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
. "$LAB_SCRIPTS/ssh/ssh.sh"
lab_begin
lab_postgres
ssh_begin
LAB_PORTS=$SSH_PORT
local=$(lab_free_port 15432) inside=$(lab_free_port 8091) remote=$(lab_free_port 9091)
mkdir -p "$LAB/web"
printf '{"orders": [7, 8, 9]}\n' >"$LAB/web/orders.json"
(cd "$LAB/web" && exec "$LAB_PYTHON" -m http.server --bind 127.0.0.1 "$inside") >"$LAB/web.log" 2>&1 &
LAB_PROCESSES+=($!)
lab_until 20 "the web service" curl -sf --noproxy '*' "http://127.0.0.1:$inside/orders.json" -o /dev/null
lab_capture
ssh -M -S "$LAB/ssh/master" -f -N -o ExitOnForwardFailure=yes -L "$local:127.0.0.1:$PGPORT" -R "$remote:127.0.0.1:$inside" app.internal
PGPORT=$local PGAPPNAME='tunnel of the contractor' psql -X -q -h 127.0.0.1 >"$LAB/psql.log" <<'SQL'
CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL);
INSERT INTO customers SELECT n, 'customer' || n || '@example.org' FROM generate_series(1, 20) AS n;
SELECT id, email FROM customers WHERE id < 4 ORDER BY id;
BEGIN;
DELETE FROM customers WHERE id = 20;
ROLLBACK;
UPDATE customers SET email = 'nobody@example.org';
SQL
curl -sS --noproxy '*' -o /dev/null "http://127.0.0.1:$remote/orders.json" -o /dev/null "http://127.0.0.1:$remote/not-there"
ssh -S "$LAB/ssh/master" -O exit app.internal 2>/dev/null
ssh_end "$here/input.pcap"
cp "$LAB/keys.log" "$here/keys.log"
lab_stop_postgres
lab_account "$here/server.jsonl"
