#!/usr/bin/env bash
# pgbench's TPC-B-like transactions, prepared protocol, three connections, 120 transactions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
lab_postgres
"$PGBIN/pgbench" -i -q -s 1 >"$LAB/init.log" 2>&1
lab_capture
"$PGBIN/pgbench" -n -M prepared -c 3 -j 1 -t 40 --random-seed=1 >"$LAB/pgbench.log" 2>&1
lab_captured "$LAB/input.pcap"
lab_stop_postgres
zstd -19 -qf "$LAB/input.pcap" -o input.pcap.zst
lab_facts README.md "$LAB/input.pcap"
