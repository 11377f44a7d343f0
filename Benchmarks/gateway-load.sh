#!/usr/bin/env bash
# Many sessions at once: so many that lie idle, before a target that says no more than it must, and so many that work, before a real
# PostgreSQL. Says what an idle session costs the gateway in memory, and how long the slowest answers took meanwhile.
#   Benchmarks/gateway-load.sh [IDLE [BUSY [SECONDS]]]      5000, 500, 10
# EXHIBIT names the binary to measure; otherwise this checkout is built.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$ROOT/scripts/lab/lab.sh"
idle=${1:-5000} busy=${2:-500} seconds=${3:-10}
bench_exhibit
. "$ROOT/scripts/lab/gateway.sh"
ulimit -n "$(ulimit -Hn)"
lab_begin
lab_postgres log_statement=none log_connections=off log_disconnections=off max_connections=$((busy + 20)) synchronous_commit=off
"$PGBIN/pgbench" -i -q -s 1 >"$LAB/init.log" 2>&1

echo "$(bench_machine); $(bench_versions)"
target=$(lab_free_port 6450)
"$LAB_PYTHON" "$BENCHMARKS/gateway-load.py" serve "$target" >"$LAB/target.log" 2>&1 &
LAB_PROCESSES+=($!)
LAB_TARGET=127.0.0.1:$target lab_gateway_files idle batched "sessions: 20000, sessions-per-identity: 20000, login: 10m"
lab_gateway_start idle
"$LAB_PYTHON" "$BENCHMARKS/gateway-load.py" idle "$GATEWAY_PORT" "$GATEWAY_SECRET" "$idle" "$GATEWAY_PROCESS"
kill "$GATEWAY_PROCESS"

lab_gateway_files busy batched "sessions: 20000, sessions-per-identity: 20000, login: 10m"
lab_gateway_start busy
PGPASSWORD=$GATEWAY_SECRET "$PGBIN/pgbench" -n -S -M prepared -c "$busy" -j 1 -T "$seconds" -h 127.0.0.1 -p "$GATEWAY_PORT" -U agent \
  postgres >"$LAB/pgbench.out" 2>&1 &
load=$!
"$LAB_PYTHON" "$BENCHMARKS/gateway-load.py" beside "$GATEWAY_PORT" "$GATEWAY_SECRET" "$load" "$GATEWAY_PROCESS"
wait "$load" || { cat "$LAB/pgbench.out" >&2; bench_die "pgbench failed"; }
echo "busy: $busy sessions: $(sed -n 's/^tps = \([0-9.]*\).*/\1 transactions a second/p' "$LAB/pgbench.out")," \
  "$(sed -n 's/^number of failed transactions: \([0-9]*\).*/\1 failed/p' "$LAB/pgbench.out")"
