#!/usr/bin/env bash
# A person at psql: looking around, changing things, making mistakes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
lab_postgres
lab_capture
"$PGBIN/psql" -X -f workload.sql >"$LAB/psql.log" 2>&1
"$PGBIN/psql" -X -c 'SELECT 1 AS first; SELECT 2 AS second; UPDATE parts SET stock = 0' >>"$LAB/psql.log" 2>&1
lab_captured input.pcap
lab_stop_postgres
lab_account server.jsonl
lab_facts README.md input.pcap
