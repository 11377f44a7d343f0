#!/usr/bin/env bash
# Measures an ingest beside tshark and beside SHA-256 over the same file.
#   Benchmarks/run.sh --smoke        a small file: that it runs, and that both see the same statements
#   Benchmarks/run.sh MEGABYTES      pgbench traffic of about that size, prints the ratios
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lab/lab.sh
size=${1:?usage: Benchmarks/run.sh --smoke | MEGABYTES}
transactions=1500
[ "$size" = --smoke ] || transactions=$((size * 2200))
configuration=release
[ "$size" = --smoke ] && configuration=debug
swift build -c "$configuration" --product exhibit 2>&1 | tail -n 1
exhibit=$PWD/.build/$configuration/exhibit

lab_begin
lab_postgres log_statement=none log_connections=off log_disconnections=off
"$PGBIN/pgbench" -i -q -s 1 >/dev/null 2>&1
lab_capture
"$PGBIN/pgbench" -n -S -M simple -c 4 -t $((transactions / 4)) >/dev/null
lab_captured "$LAB/bench.pcap"
bytes=$(stat -c %s "$LAB/bench.pcap")

seconds() { # COMMAND...: wall seconds of the command
  local start end
  start=$(date +%s.%N)
  "$@" >"$LAB/out" 2>"$LAB/err"
  end=$(date +%s.%N)
  echo "$end - $start" | bc
}

cat "$LAB/bench.pcap" >/dev/null
floor=$(seconds openssl dgst -sha256 "$LAB/bench.pcap")
ours=$(seconds "$exhibit" ingest --quiet "$LAB/bench.pcap" --case "$LAB/bench.exhibit")
theirs=$(seconds tshark -n -q -r "$LAB/bench.pcap" -d "tcp.port==$PGPORT,pgsql" -Y 'pgsql.type == "Simple query"' \
  -T fields -e frame.time_epoch -e tcp.stream -e pgsql.query)
statements=$(sqlite3 "$LAB/bench.exhibit" "SELECT count(*) FROM actions WHERE kind = 'sql'")
queries=$(tshark -n -q -r "$LAB/bench.pcap" -d "tcp.port==$PGPORT,pgsql" -Y 'pgsql.type == "Simple query"' -T fields \
  -E 'aggregator=|' -e pgsql.query 2>/dev/null | tr '|' '\n' | grep -c . || true)
echo "benchmark: $bytes bytes, $statements statements ($configuration build)"
echo "benchmark: sha256 $floor s, exhibit ingest $ours s, tshark fields $theirs s"
echo "benchmark: $(echo "scale=1; $theirs / $ours" | bc) times tshark, $(echo "scale=1; $ours / $floor" | bc) times the time of SHA-256"
[ "$statements" -eq "$queries" ] || { echo "benchmark: tshark sees $queries queries" >&2; exit 1; }
