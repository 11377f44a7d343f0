#!/usr/bin/env bash
# The HTML report of a case of a million actions: how long it takes to write, how large it is, how long a browser takes
# until the page can be used, and to search all of it.
#   Benchmarks/report.sh [ACTIONS]      1,000,000 if not given
# EXHIBIT names the binary to measure; otherwise this checkout is built.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
wanted=${1:-1000000}
bench_exhibit
work=$(mktemp -d "$EXHIBIT_BENCH/report.XXXXXX")
trap 'rm -rf "$work"' EXIT
# A capture of pgbench has about 3,500 actions a megabyte.
capture=$("$BENCHMARKS/make-pgbench.sh" $((wanted / 3500)) 40)
"$EXHIBIT" ingest "$capture" --case "$work/case.exhibit" --quiet
actions=$(sqlite3 -readonly "$work/case.exhibit" 'SELECT count(*) FROM actions')
seconds() { # FILE COMMAND…: appends the elapsed microseconds
  local begun=${EPOCHREALTIME/[.,]/} file=$1
  shift
  "$@"
  echo $((${EPOCHREALTIME/[.,]/} - begun)) >>"$file"
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { printf "%.2f", v[int((NR + 1) / 2)] / 1e6 }'; }
write() { "$EXHIBIT" report --case "$work/case.exhibit" --html "$work/report.html" >/dev/null || [ $? -le 1 ]; }
for run in 1 2 3; do seconds "$work/write" write; done
memory=$( { /usr/bin/time -f %M "$EXHIBIT" report --case "$work/case.exhibit" --html "$work/again.html" >/dev/null || true; } 2>&1 | tail -n 1)
cmp "$work/report.html" "$work/again.html" || bench_die "two reports of one case differ"
browser=$(command -v chromium-headless-shell) && command -v node >/dev/null || bench_die "no chromium-headless-shell or no node"
# The first takes the browser's own start; 4242 is a number in some statements.
node "$BENCHMARKS/report/ready.mjs" "$browser" "$work/report.html" 6 4242 | tail -n +2 >"$work/ready"
cut -d' ' -f1 "$work/ready" | sed 's/$/000/' >"$work/open"
cut -d' ' -f2 "$work/ready" | sed 's/$/000/' >"$work/search"
echo "$(bench_machine); $(bench_versions)"
echo "$actions actions: $(stat -c %s "$work/report.html") bytes, written in $(median "$work/write") s with $((memory / 1024)) MB"
echo "in headless Chromium: $(median "$work/open") s until it can be used, $(median "$work/search") s for a search over all of it"
