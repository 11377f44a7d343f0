#!/usr/bin/env bash
# Migrations that stood, that were rolled back, and one half of which was.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
lab_postgres
lab_capture
for step in 0001-create 0002-failed 0003-retried 0004-savepoints 0005-rolled-back 0006-concurrently; do
  PGAPPNAME="migrate $step" "$PGBIN/psql" -X -v ON_ERROR_STOP=1 -f "$step.sql" >>"$LAB/psql.log" 2>&1 || echo "$step failed" >>"$LAB/failed"
done
[ "$(cat "$LAB/failed")" = "0002-failed failed" ] || lab_die "$(cat "$LAB/psql.log")"
lab_captured input.pcap
lab_stop_postgres
lab_account server.jsonl
lab_facts README.md input.pcap
