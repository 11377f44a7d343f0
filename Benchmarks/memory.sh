#!/usr/bin/env bash
# Peak memory of `exhibit ingest` with 10,000 connections open at once, of 20 and of 60 kB each, and with one response of 5 GB.
#   Benchmarks/memory.sh [FLOWS] [MILLION_BYTES]
# The captures are made on the fly and read from standard input; nothing is kept but the case.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
bench_exhibit
work=$(mktemp -d "$EXHIBIT_BENCH/memory.XXXXXX")
trap 'rm -rf "$work"' EXIT

# measure NAME KIND COUNT [KILOBYTES]
measure() {
  python3 "$BENCHMARKS/make-memory.py" "$2" "$3" ${4:+"$4"} |
    /usr/bin/time -o "$work/time" -f '%M %e' "$EXHIBIT" ingest - --case "$work/$2.exhibit" --quiet
  read -r kilobytes seconds <"$work/time"
  printf '%s: peak %d MB, %s s, %s actions, %s bytes from servers\n' "$1" $((kilobytes / 1000)) "$seconds" \
    "$(sqlite3 -readonly "$work/$2.exhibit" 'SELECT count(*) FROM actions')" \
    "$(sqlite3 -readonly "$work/$2.exhibit" 'SELECT sum(bytes_out) FROM sessions')"
}
measure "${1:-10000} open connections of 20 kB" flows "${1:-10000}" 20
rm -f "$work/flows.exhibit"*
measure "${1:-10000} open connections of 60 kB" flows "${1:-10000}" 60
measure "a response of ${2:-5000} million bytes" body "${2:-5000}"
