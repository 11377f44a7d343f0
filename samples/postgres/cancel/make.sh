#!/usr/bin/env bash
# Three ways for a statement to be stopped: Ctrl-C in psql, statement_timeout, pg_cancel_backend; and one session ended.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
lab_postgres
busy() { [ "$(lab_admin -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = '$1' AND wait_event = 'PgSleep'")" = 1 ]; }
lab_capture
PGAPPNAME=interrupted "$PGBIN/psql" -X -c 'SELECT pg_sleep(600)' -c "SELECT 'and on'" >"$LAB/1.log" 2>&1 &
client=$!
lab_until 20 "the first client to be busy" busy interrupted
kill -INT "$client"
wait "$client" || true
PGAPPNAME=timed-out "$PGBIN/psql" -X -c "SET statement_timeout = '50ms'" -c 'SELECT pg_sleep(600)' >"$LAB/2.log" 2>&1 || true
for call in pg_cancel_backend pg_terminate_backend; do
  PGAPPNAME=victim-of-$call "$PGBIN/psql" -X -c 'SELECT pg_sleep(600)' >"$LAB/3.log" 2>&1 &
  client=$!
  lab_until 20 "the next client to be busy" busy victim-of-$call
  "$PGBIN/psql" -X -c "SELECT $call(pid) FROM pg_stat_activity WHERE application_name = 'victim-of-$call'" >/dev/null
  wait "$client" || true
done
lab_captured input.pcap
lab_stop_postgres
lab_account server.jsonl
lab_facts README.md input.pcap
