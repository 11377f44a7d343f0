#!/usr/bin/env bash
# Clients at work through a gateway, one that goes past it, the gateway's recording, and the log that the server wrote of it all.
#
#   Tests/Live/gateway_logs.sh DIRECTORY [tcp | socket] [--statements 400]
#
#   DIRECTORY/recording       by the gateway, which reaches the server so
#   DIRECTORY/log.vkey        the key of its evidence log
#   DIRECTORY/server.csv      the server's own log, and as jsonlog
#   DIRECTORY/server.json
#   DIRECTORY/policy.yaml     names other gateways of this server than the client that went past it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh
[ $# -ge 1 ] || { echo "usage: Tests/Live/gateway_logs.sh DIRECTORY [tcp | socket] [--statements N]" >&2; exit 3; }
directory=$1 way=${2:-tcp} statements=400
[ "${3:-}" != --statements ] || statements=$4
mkdir -p "$directory"

lab_begin
lab_postgres
[ "$way" != socket ] || LAB_TARGET=$LAB/socket:$PGPORT
. scripts/lab/gateway.sh
lab_gateway_files gateway strict
cat >"$LAB/gateway/policy.yaml" <<YAML
version: 1
targets:
  lab: { protocol: postgres, server: "*", gateways: [10.9.0.1] }
rules:
  - { id: no-system, when: { verb: ALTER SYSTEM }, then: deny }
default: allow
YAML
lab_gateway_start gateway
through="host=127.0.0.1 port=$GATEWAY_PORT user=agent dbname=postgres password=$GATEWAY_SECRET sslmode=disable"
PGPASSWORD=$GATEWAY_SECRET "$LAB_PYTHON" Tests/Live/workload.py --dsn "$through" --statements "$statements" >"$directory/workload.json"
lab_admin -c 'CREATE TABLE kept (id int)'
"$PGBIN/psql" -X -q "$through" -c 'INSERT INTO kept VALUES (1)' -c "ALTER SYSTEM SET work_mem = '1MB'" -c 'SELECT id FROM kept' >"$LAB/said" 2>&1 || true
grep -q 'permission denied by policy' "$LAB/said" || lab_die "ALTER SYSTEM was not refused: $(cat "$LAB/said")"
"$LAB_PYTHON" - "$through" <<'PYTHON'
import sys, psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    for text in ("ALTER SYSTEM RESET work_mem", "ALTER SYSTEM RESET ALL"):
        try:
            connection.execute(text, prepare=True)
            sys.exit("not refused")
        except psycopg.errors.InsufficientPrivilege:
            pass
    connection.execute("INSERT INTO kept VALUES (%s)", (2,))
PYTHON
"$PGBIN/psql" -X -q -h 127.0.0.1 -c "DELETE FROM kept WHERE id = 1"
"$PGBIN/psql" -X -q "$through" -c 'SELECT count(*) FROM kept' >/dev/null
kill "$GATEWAY_PROCESS"
wait "$GATEWAY_PROCESS" || lab_die "the gateway did not end well: $(tail -n 3 "$LAB/gateway/log")"
lab_stop_postgres
cp -r "$LAB/gateway/recording" "$LAB/gateway/policy.yaml" "$LAB/log/server.csv" "$LAB/log/server.json" "$directory/"
grep '^lab.example/gateway+' "$LAB/gateway/log.vkey" >"$directory/log.vkey"
