#!/usr/bin/env bash
# Makes a capture of small-statement traffic with a real server and pgbench, and prints its path.
#   Benchmarks/make-pgbench.sh MEGABYTES [REAL_MEGABYTES]
# REAL_MEGABYTES (128 if not given) are recorded: six tenths SELECTs by simple query, three tenths by prepared statement, one
# tenth TPC-B-like transactions. What is still missing is made of copies with other addresses and later times (multiply.py).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$ROOT/scripts/lab/lab.sh"
size=${1:?usage: Benchmarks/make-pgbench.sh MEGABYTES [REAL_MEGABYTES]}
real=${2:-128}
[ "$real" -le "$size" ] || real=$size
out=$EXHIBIT_BENCH/pgbench-$size.pcap
recorded=$EXHIBIT_BENCH/pgbench-real-$real.pcap

# rounds MEGABYTES TRANSACTIONS pgbench-options…: until the capture has grown to so much.
rounds() {
  local until=$(($1 * 1000000)) transactions=$2
  shift 2
  while [ "$(stat -c %s "$LAB/capture/raw.pcap")" -lt "$until" ]; do
    seed=$((seed + 1))
    "$PGBIN/pgbench" -n -c 4 -j 1 -t "$transactions" --random-seed="$seed" "$@" >"$LAB/pgbench.log" 2>&1 ||
      { cat "$LAB/pgbench.log" >&2; exit 1; }
  done
}

if [ ! -s "$recorded" ]; then
  lab_begin
  lab_postgres log_statement=none log_connections=off log_disconnections=off synchronous_commit=off shared_buffers=512MB
  "$PGBIN/pgbench" -i -q -s 10 >"$LAB/init.log" 2>&1
  lab_capture
  seed=0
  # A round is about a twentieth of the whole, so that even a small capture has every kind.
  rounds $((real * 6 / 10)) $((real * 40)) -S -M simple
  rounds $((real * 9 / 10)) $((real * 40)) -S -M prepared
  rounds "$real" $((real * 8)) -M simple
  lab_captured "$recorded"
  lab_stop_postgres
fi
if [ ! -s "$out" ]; then
  "$EXHIBIT_VENV/bin/python" "$BENCHMARKS/multiply.py" --megabytes "$size" "$recorded" "$out.part" >&2
  mv "$out.part" "$out"
fi
echo "$out"
