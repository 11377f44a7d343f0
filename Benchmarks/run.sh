#!/usr/bin/env bash
# All the benchmarks: one gigabyte of small statements, one of large rows, half a one of HTTPS with its key log.
#   Benchmarks/run.sh           takes some minutes and 3 GB in $EXHIBIT_BENCH (/tmp/exhibit-bench)
#   Benchmarks/run.sh --smoke   eight megabytes: that it runs, and that exhibit and tshark agree about what was asked
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [ "${1:-}" != --smoke ]; then
  bench_exhibit
  export EXHIBIT
  "$BENCHMARKS/ingest.sh" "$("$BENCHMARKS/make-pgbench.sh" 1000)"
  "$BENCHMARKS/ingest.sh" "$("$BENCHMARKS/make-large-rows.sh" 1000)"
  "$BENCHMARKS/ingest.sh" "$("$BENCHMARKS/make-https.sh" 500)"
  exit
fi

passed=0 failed=0
# same WHAT OURS THEIRS
same() {
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1))
    echo "benchmark: $1: $2"
  else
    failed=$((failed + 1))
    echo "benchmark: $1: exhibit says $2, tshark $3"
  fi
}

bench_exhibit
export EXHIBIT
work=$(mktemp -d "$EXHIBIT_BENCH/smoke.XXXXXX")
trap 'rm -rf "$work"' EXIT
capture=$("$BENCHMARKS/make-pgbench.sh" 8 8)
"$EXHIBIT" ingest "$capture" --case "$work/case.exhibit" --quiet
"$BENCHMARKS/tshark-facts.sh" "$capture" >"$work/facts"
ask() { sqlite3 -readonly "$work/case.exhibit" "$1"; }
# A CommandComplete message ends each statement that succeeded, by simple query or by Execute.
tags() { cut -f5 "$work/facts" | tr '|' '\n' | grep -c "$1" || true; }
statements="kind IN ('sql', 'copy') AND status = 'ok'"

same "sessions" "$(ask 'SELECT count(*) FROM sessions')" "$(cut -f2 "$work/facts" | sort -u | wc -l)"
same "statements that succeeded" "$(ask "SELECT count(*) FROM actions WHERE $statements")" "$(tags .)"
for verb in SELECT UPDATE INSERT; do
  same "$verb" "$(ask "SELECT count(*) FROM actions WHERE $statements AND verb = '$verb'")" "$(tags "^$verb ")"
done
same "rows" "$(ask "SELECT sum(rows) FROM actions WHERE $statements AND verb IN ('SELECT', 'UPDATE', 'INSERT')")" \
  "$(cut -f5 "$work/facts" | tr '|' '\n' | awk '/^(SELECT|UPDATE|INSERT) / { sum += $NF } END { print sum + 0 }')"
same "errors" "$(ask 'SELECT count(*) FROM actions WHERE code IS NOT NULL')" \
  "$(cut -f6 "$work/facts" | tr '|' '\n' | grep -c . || true)"

"$BENCHMARKS/ingest.sh" "$capture" 1
[ -s "$EXHIBIT_BENCH/results/$(basename "$capture" .pcap).md" ] && passed=$((passed + 1)) || failed=$((failed + 1))

capture=$("$BENCHMARKS/make-https.sh" 8 8)
"$EXHIBIT" ingest "$capture" --keylog "${capture%.pcap}.keylog" --case "$work/https.exhibit" --quiet
"$BENCHMARKS/tshark-http-facts.sh" "$capture" >"$work/http-facts"
ask() { sqlite3 -readonly "$work/https.exhibit" "$1"; }
same "requests" "$(ask "SELECT count(*) FROM actions WHERE kind = 'http'")" "$(cut -f3 "$work/http-facts" | grep -c GET || true)"
same "answers 200" "$(ask "SELECT count(*) FROM actions WHERE code = '200'")" "$(cut -f5 "$work/http-facts" | tr '|' '\n' | grep -c '^200' || true)"
same "bytes of answers" "$(ask 'SELECT sum(p.bytes) FROM action a JOIN payload p ON p.n = a.response')" \
  "$(cut -f6 "$work/http-facts" | tr '|' '\n' | awk '{ sum += $1 } END { print sum + 0 }')"

# runs NAME: that its smoke run goes to its end.
runs() {
  if "$BENCHMARKS/$1" --smoke; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
runs gateway-web.sh
runs gateway-shell.sh

echo "benchmark: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
