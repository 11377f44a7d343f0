#!/usr/bin/env bash
# Detectors of sensitive data: how fast, on one thread and with all of them on, and how well.
#   Benchmarks/detectors.sh [MEGABYTES [ROUNDS]]     50 of each kind of text, 20 rounds of labelled texts, if not given
# The baseline is GNU grep with the shapes of nine sorts of values and none of their checksums: `grep -E -c`, which stops at the first
# match of a line, and `grep -E -o`, which finds all, as we do.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
megabytes=${1:-50} rounds=${2:-20}
case "$megabytes$rounds" in *[!0-9]* | '') bench_die "usage: detectors.sh [MEGABYTES [ROUNDS]]" ;; esac
cd "$ROOT"
export EXHIBIT_MEASURE=1
swift build -c release --scratch-path .build-measure --product bench-detectors >&2
bench=.build-measure/release/bench-detectors

# Mail, cards, accounts, addresses of version 4, tokens, keys of AWS and GitHub, passwords in addresses.
shapes='[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|[3-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{3,4}'
shapes+='|[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}|[0-9]{1,3}(\.[0-9]{1,3}){3}|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+'
shapes+='|(AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36}|://[^ /:@]*:[^ /@]+@|[0-9]{3}-[0-9]{2}-[0-9]{4}'

# searched OPTION FILE: megabytes a second of processor time, as grep's own user and system time tell. Its output goes to a pipe:
# with nowhere to write it would stop at the first match.
searched() {
  local seconds TIMEFORMAT='%U %S'
  seconds=$({ time LC_ALL=C grep -E "$1" "$shapes" "$2" > >(cat >/dev/null) || true; } 2>&1 | tail -n 1)
  awk -v bytes="$(stat -c %s "$2")" '{ printf "%.0f", bytes / 1e6 / ($1 + $2) }' <<<"$seconds"
}

for kind in csv json log; do
  file=$EXHIBIT_BENCH/detectors-$megabytes.$kind
  [ -f "$file" ] || python3 Benchmarks/detectors/texts.py "$kind" "$megabytes" "$file"
  "$bench" speed "$file"
  echo "  grep -E -c $(searched -c "$file") MB/s of processor time, grep -E -o $(searched -o "$file")"
done
labelled=$(mktemp)
trap 'rm -f "$labelled"' EXIT
python3 Benchmarks/detectors/label.py "$labelled" "$rounds" 7
"$bench" quality "$labelled"
