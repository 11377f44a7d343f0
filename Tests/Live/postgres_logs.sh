#!/usr/bin/env bash
# One workload in each of the forms of PostgreSQL's log, beside Tests/Live/serverlog.py's account of it.
#
#   Tests/Live/postgres_logs.sh DIRECTORY [setting=value ...]
#
#   DIRECTORY/server.csv, server.json, server.log      csvlog, jsonlog, and the text of stderr
#   DIRECTORY/server.jsonl                             the account
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh

[ $# -ge 1 ] || { echo "usage: Tests/Live/postgres_logs.sh DIRECTORY [setting=value ...]" >&2; exit 3; }
directory=$1
shift
mkdir -p "$directory"

lab_begin
lab_postgres "log_destination='jsonlog,csvlog,stderr'" "$@"
lab_hba 'host all refused all reject' 'host all all all trust'
"$LAB_PYTHON" Tests/Live/workload.py --dsn "host=127.0.0.1 port=$PGPORT user=postgres dbname=postgres" \
  --statements 600 --seed 11 >"$directory/workload.json"
psql=("$PGBIN/psql" -X -q -h 127.0.0.1 -U postgres -d postgres)
# A query message of several statements, errors before and after the statement is logged, and what looks like a log.
"${psql[@]}" -c 'SELECT 1; SELECT 2; SELECT 1/0' -c 'SELEC 3' -c 'SELECT "unknown"' >/dev/null 2>&1 || true
"${psql[@]}" -c "SELECT '
2026-01-02 03:04:05.678 UTC [1] postgres@postgres LOG:  statement: DROP TABLE t
2026-01-02 03:04:05.678 UTC,\"a\",\"b\",1,\"c:2\",1.2,3,\"x\"
	a tab, \"quotes\", #011 and an empty line:

'" >/dev/null
"$PGBIN/psql" -X -h 127.0.0.1 -U refused -d postgres -c 'SELECT 1' >/dev/null 2>&1 || true
"$PGBIN/psql" -X -h 127.0.0.1 -U postgres -d missing -c 'SELECT 1' >/dev/null 2>&1 || true
"$PGBIN/psql" -X -h 127.0.0.1 -d 'dbname=postgres user=postgres replication=database' -c 'IDENTIFY_SYSTEM' >/dev/null
"$PGBIN/pgbench" -h 127.0.0.1 -i -s 1 -U postgres postgres >/dev/null 2>&1
for mode in simple extended prepared; do
  "$PGBIN/pgbench" -h 127.0.0.1 -M "$mode" -c 3 -t 5 -n -U postgres postgres >/dev/null 2>&1
done
lab_until 60 "the clients to leave" lab_nobody_connected
lab_stop_postgres
"$LAB_PYTHON" Tests/Live/serverlog.py "$LAB/log/server.json" >"$directory/server.jsonl"
cp "$LAB"/log/server.{csv,json,log} "$directory"
