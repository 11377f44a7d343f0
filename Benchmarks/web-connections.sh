#!/usr/bin/env bash
# Many connections of HTTP that are kept alive through the gateway, and others that never finish a request: what one costs in memory, and how
# long the slowest answer took meanwhile.
#   Benchmarks/web-connections.sh [KEPT [SLOW]]      10000, 1000
# EXHIBIT names the binary to measure; otherwise this checkout is built.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$ROOT/scripts/lab/lab.sh"
kept=${1:-10000} slow=${2:-1000}
bench_exhibit
. "$ROOT/scripts/lab/gateway.sh"
ulimit -n $((4 * (kept + slow) + 1000)) 2>/dev/null || ulimit -n "$(ulimit -Hn)"
lab_begin
echo "$(bench_machine); $(bench_versions)"
port=$(lab_free_port 6450)
"$LAB_PYTHON" "$BENCHMARKS/web-connections.py" serve "$port" >"$LAB/target.log" 2>&1 &
LAB_PROCESSES+=($!)
lab_web_files web batched "http://127.0.0.1:$port" "sessions: $((kept + slow + 10)), sessions-per-identity: $((kept + slow + 10))"
lab_gateway_listens web
gateway=$GATEWAY_PROCESS
"$LAB_PYTHON" "$BENCHMARKS/web-connections.py" run "$GATEWAY_PORT" "$GATEWAY_SECRET" "$kept" "$slow" "$gateway"
kill "$gateway"
wait "$gateway" || true
