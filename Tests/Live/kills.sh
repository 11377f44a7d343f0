#!/usr/bin/env bash
# The gateway killed as by `kill -9` at random instants under load, each time started again in the same folder. What the server did
# by its own account is looked for in the recording.
#
#   Tests/Live/kills.sh [COUNT [strict|batched [SEED]]]       5 times, strict
#
# strict: every statement that the server logged is in the recording. batched: what is missing the server logged within a second
# before a kill, and the evidence log tells of a loss there. In both the log verifies after each start, and `exhibit ingest` of the
# recording finds all that is in it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh
. scripts/lab/gateway.sh
count=${1:-5} durability=${2:-strict} seed=${3:-}
case "$count$durability" in *[0-9]strict | *[0-9]batched) ;; *) echo "usage: Tests/Live/kills.sh [COUNT [strict|batched [SEED]]]" >&2; exit 3 ;; esac
lab_begin
lab_postgres max_connections=300
lab_admin -c 'CREATE TABLE did (mark text)'
lab_gateway_files gateway "$durability"
echo 'SELECT :client_id;' >"$LAB/warm.sql"
printf '\\set mark random(1, 9000000000000000000)\nINSERT INTO did VALUES (:mark);\n' >"$LAB/load.sql"
"$LAB_PYTHON" Tests/Live/kills.py --exhibit "$EXHIBIT" --lab "$LAB" --gateway-port "$GATEWAY_PORT" --secret "$GATEWAY_SECRET" \
  --durability "$durability" --count "$count" ${seed:+--seed "$seed"}
