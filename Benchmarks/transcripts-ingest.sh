#!/usr/bin/env bash
# Transcripts into a new case, as a user does it, beside jq and wc: Benchmarks/transcripts-ingest.sh [MEGABYTES [RUNS]]
# A transcript of each of four formats is made, of so many megabytes (500 if not given), and read by itself; then all of
# them at once, whose memory should not be more than that of one. The page cache is warm, the figure is the best of
# RUNS (3), for other work on the machine only ever makes it worse. EXHIBIT names the binary to measure; otherwise this checkout is built.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
megabytes=${1:-500} runs=${2:-3}
case "$megabytes$runs" in *[!0-9]* | '') bench_die "usage: transcripts-ingest.sh [MEGABYTES [RUNS]]" ;; esac
command -v jq >/dev/null || bench_die "jq is the baseline and is not installed"
bench_exhibit
work=$(mktemp -d "$EXHIBIT_BENCH/run.XXXXXX")
trap 'rm -rf "$work"' EXIT

# best NAME BYTES COMMAND…: prints MB/s, MB for each second of processor time, and peak memory of the fastest run.
best() {
  local name=$1 bytes=$2 run
  shift 2
  : >"$work/times"
  for ((run = 0; run < runs; run++)); do
    rm -f "$work"/case.exhibit*
    /usr/bin/time -a -o "$work/times" -f '%e %U %S %M' "$@" >/dev/null 2>"$work/err" || {
      cat "$work/err" >&2
      bench_die "$name failed"
    }
  done
  sort -n "$work/times" | head -n 1 | awk -v name="$name" -v bytes="$bytes" '
    function rate(seconds) { return bytes / 1e6 / ((seconds > 0.01) ? seconds : 0.01) }
    { printf "%-28s %8.1f MB/s %8.1f MB/s of processor %6d MB\n", name, rate($1), rate($2 + $3), $4 / 1000 }'
}

bench_machine
bench_versions
files=() total=0
for format in claude-code codex copilot gemini-cli; do
  file=$EXHIBIT_BENCH/$format-$megabytes.jsonl
  [ -f "$file" ] || python3 "$BENCHMARKS/make-transcripts.py" "$format" "$megabytes" "$file"
  bytes=$(stat -c %s "$file")
  files+=("$file") total=$((total + bytes))
  cat "$file" >/dev/null
  best "$format: exhibit" "$bytes" "$EXHIBIT" ingest --quiet "$file" --case "$work/case.exhibit"
  best "$format: jq -c ." "$bytes" jq -c . "$file"
  best "$format: wc -l" "$bytes" wc -l "$file"
done
best "all: exhibit" "$total" "$EXHIBIT" ingest --quiet "${files[@]}" --case "$work/case.exhibit"
