#!/usr/bin/env bash
# Everything that psycopg and libpq can ask for, each scene of the live workload once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
lab_postgres
lab_capture
"$LAB_PYTHON" ../../../Tests/Live/workload.py --dsn "host=127.0.0.1 port=$PGPORT user=postgres dbname=postgres" --once --seed 1 \
  $(printf -- '--only %s ' simple administration typed prepared pipeline cursors copy errors transactions notifications \
    terminated code large raw negotiated client_side cancel) >"$LAB/workload.json"
lab_captured input.pcap
lab_stop_postgres
lab_account server.jsonl
lab_facts README.md input.pcap driver
