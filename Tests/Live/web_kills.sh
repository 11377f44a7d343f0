#!/usr/bin/env bash
# A gateway of HTTP killed as by `kill -9` at random instants under load of HTTP/1.1 and HTTP/2, each time started again in the same folder.
# What the server was asked by its own account is looked for in the recording.
#
#   Tests/Live/web_kills.sh [COUNT [strict|batched [SEED]]]       5 times, strict
#
# strict: all that the server was asked is in the recording. batched: what is missing was asked within a second before a kill. In both the
# log verifies after each start, and each request that is recorded whole is an action of the case.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh
. scripts/lab/gateway.sh
count=${1:-5} durability=${2:-strict} seed=${3:-}
case "$count$durability" in *[0-9]strict | *[0-9]batched) ;; *) echo "usage: Tests/Live/web_kills.sh [COUNT [strict|batched [SEED]]]" >&2; exit 3 ;; esac
lab_begin
target=$(lab_free_port 6450)
"$LAB_PYTHON" Tests/Live/web_kills.py serve "$target" "$LAB/served" >"$LAB/target.log" 2>&1 &
LAB_PROCESSES+=($!)
lab_web_files web "$durability" "http://127.0.0.1:$target"
"$LAB_PYTHON" Tests/Live/web_kills.py run --exhibit "$EXHIBIT" --lab "$LAB" --gateway-port "$GATEWAY_PORT" --secret "$GATEWAY_SECRET" \
  --durability "$durability" --count "$count" --served "$LAB/served" ${seed:+--seed "$seed"}
