#!/usr/bin/env bash
# One database, one place where its traffic is captured, and three ways to it: past the capture, around it, and over the
# server's own socket. The server logs them all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../scripts/lab/lab.sh
lab_begin
lab_postgres "listen_addresses='127.0.0.1,127.0.0.9'"
lab_admin -c 'CREATE ROLE shop LOGIN' -c 'CREATE ROLE dba LOGIN SUPERUSER' -c 'CREATE DATABASE shop' >/dev/null
lab_admin -d shop -c "CREATE TABLE orders AS SELECT n AS id, n % 40 AS customer_id, 'open' AS status, n * 3.5 AS total
  FROM generate_series(1, 200) n" -c "CREATE TABLE audit_log (at timestamptz DEFAULT now(), who text, what text)" \
  -c 'GRANT ALL ON orders, audit_log TO shop' >/dev/null
# What the laboratory did so far is no part of the story.
mark=$(wc -l <"$LAB/log/server.csv")

# The way through 127.0.0.1 is captured, the one through 127.0.0.9 is not.
lab_capture --immediate-mode
lab_only_tcp() { tcpdump -r "$1" --time-stamp-precision=nano -Z "$(id -un)" -w "$2" 'tcp and not host 127.0.0.9' 2>/dev/null; }
export PGUSER=shop PGDATABASE=shop
psql="$PGBIN/psql -X -q -v ON_ERROR_STOP=1 -o $LAB/out"
PGAPPNAME=storefront $psql <<'SQL'
BEGIN;
SELECT id, total FROM orders WHERE customer_id = 7;
UPDATE orders SET status = 'paid' WHERE id = 7;
INSERT INTO audit_log (who, what) VALUES ('storefront', 'order 7 paid');
COMMIT;
SQL
PGAPPNAME=report-agent $psql -c "SELECT count(*), sum(total) FROM orders WHERE status = 'paid'"
# Around the capture, with the same account.
PGAPPNAME=report-agent PGHOST=127.0.0.9 $psql <<'SQL'
SELECT id, total FROM orders WHERE id = 150;
UPDATE orders SET total = 0 WHERE id = 150;
DELETE FROM audit_log WHERE what LIKE 'order 150%';
SQL
# On the server's machine.
PGAPPNAME=psql PGHOST=$LAB/socket PGUSER=dba $psql -c "GRANT shop TO dba"
PGAPPNAME=storefront $psql -c "SELECT id FROM orders WHERE status = 'open' LIMIT 5"
lab_captured input.pcap
lab_stop_postgres
"$LAB_PYTHON" - "$LAB/log/server.csv" "$mark" >server.csv <<'PY'
# The log from the mark on, without what the laboratory asked while it waited.
import csv, sys
rows = list(csv.reader(open(sys.argv[1], newline="")))
text = open(sys.argv[1], newline="").read().split("\n")
before = len(list(csv.reader(iter([line + "\n" for line in text[: int(sys.argv[2])]]))))
lab = {row[5] for row in rows if len(row) > 22 and row[22] == "lab"}
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerows(row for row in rows[before:] if row[5] not in lab)
PY
lab_facts README.md input.pcap
