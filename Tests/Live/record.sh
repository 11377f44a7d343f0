#!/usr/bin/env bash
# Records the workload against a real server: the evidence, the damaged evidence and the server's own account of it.
#
#   Tests/Live/record.sh DIRECTORY [--statements 2000] [--seed 7]
#
#   DIRECTORY/clean.pcap      every packet
#   DIRECTORY/damaged.pcap    1 % dropped, 5 % reordered, 2 % duplicated
#   DIRECTORY/damage.json     which packets were dropped, and the stream bytes that went with them
#   DIRECTORY/server.jsonl    what the server says that it was asked (Tests/Live/serverlog.py tells the fields)
#   DIRECTORY/server.json     its log as it wrote it, as jsonlog and as csvlog
#   DIRECTORY/server.csv
#   DIRECTORY/workload.json   what the workload says that it asked
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh

[ $# -ge 1 ] || { echo "usage: Tests/Live/record.sh DIRECTORY [--statements N] [--seed N]" >&2; exit 3; }
directory=$1
shift
seed=7 statements=2000
while [ $# -gt 0 ]; do
  case "$1" in
    --seed) seed=$2; shift 2 ;;
    --statements) statements=$2; shift 2 ;;
    *) echo "record: unknown option $1" >&2; exit 3 ;;
  esac
done
mkdir -p "$directory"

lab_begin
lab_postgres
lab_capture
"$LAB_PYTHON" Tests/Live/workload.py --dsn "host=127.0.0.1 port=$PGPORT user=postgres dbname=postgres" \
  --statements "$statements" --seed "$seed" >"$directory/workload.json"
lab_captured "$directory/clean.pcap"
lab_stop_postgres
"$LAB_PYTHON" Tests/Live/serverlog.py "$LAB/log/server.json" >"$directory/server.jsonl"
"$LAB_PYTHON" Tests/Live/serverlog.py "$LAB/log/server.csv" >"$LAB/from-csv.jsonl"
cp "$LAB/log/server.json" "$LAB/log/server.csv" "$directory/"
# The two forms of the log must tell the same; only line numbers, and what came first of two backends, may differ.
in_order() { jq -cs 'sort_by(.session, .seq)[] | del(.line)' "$1"; }
cmp <(in_order "$directory/server.jsonl") <(in_order "$LAB/from-csv.jsonl") ||
  lab_die "the server's jsonlog and csvlog were read differently"
"$LAB_PYTHON" scripts/lab/damage.py --drop 0.01 --reorder 0.05 --duplicate 0.02 --seed "$seed" \
  --manifest "$directory/damage.json" "$directory/clean.pcap" "$directory/damaged.pcap"
