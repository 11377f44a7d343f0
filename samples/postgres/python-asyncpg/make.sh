#!/usr/bin/env bash
# A driver with protocol code of its own: named portals, partial fetches, Flush.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
lab_postgres
lab_capture
"$LAB_PYTHON" ../../../Tests/Live/workload.py --dsn "host=127.0.0.1 port=$PGPORT user=postgres dbname=postgres" --once --seed 2 \
  --only asynchronous >"$LAB/workload.json"
lab_captured input.pcap
lab_stop_postgres
lab_account server.jsonl
lab_facts README.md input.pcap driver
