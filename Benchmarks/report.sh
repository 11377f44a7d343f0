#!/usr/bin/env bash
# The HTML report of a case of a million actions: how long it takes to write, how large it is, and how long a browser takes
# until the page can be used, beside an empty page.
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
echo '<!doctype html><title>empty</title>' >"$work/empty.html"
browse() { # PAGE
  chromium-headless-shell --no-sandbox --headless --disable-gpu --user-data-dir="$work/profile" --dump-dom "file://$1" \
    >"$work/dom" 2>/dev/null
}
browse "$work/empty.html"
for run in 1 2 3 4 5; do
  seconds "$work/empty" browse "$work/empty.html"
  seconds "$work/full" browse "$work/report.html"
  grep -q 'data-ready="1"' "$work/dom" || bench_die "the page's script did not come to its end"
done
echo "$(bench_machine); $(bench_versions)"
echo "$actions actions: $(stat -c %s "$work/report.html") bytes, written in $(median "$work/write") s with $((memory / 1024)) MB"
echo "in a browser: $(median "$work/full") s until it can be used, of which an empty page takes $(median "$work/empty") s"
