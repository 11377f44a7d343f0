#!/usr/bin/env bash
# What masking adds to an ingest: the same capture without a policy, with detectors, and with columns and detectors.
#   Benchmarks/masking.sh CAPTURE [RUNS]      a capture of make-large-rows.sh or make-pgbench.sh; 5 runs if not given
# The runs alternate, the page cache is warm, the figures are medians of elapsed seconds; the ratio is to the first.
# EXHIBIT names the binary to measure; otherwise this checkout is built.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
capture=${1:?usage: Benchmarks/masking.sh CAPTURE [RUNS]}
runs=${2:-5}
[ -r "$capture" ] || bench_die "cannot read $capture"
bench_exhibit
work=$(mktemp -d "$EXHIBIT_BENCH/masking.XXXXXX")
trap 'rm -rf "$work"' EXIT
detect='{ detect: [email, phone, payment-card, iban, national-id, ip-address, jwt, cloud-key, private-key, high-entropy], action: partial }'
printf 'version: 1\n' >"$work/nothing.yaml"
printf 'version: 1\nmasking:\n  - %s\n' "$detect" >"$work/detectors.yaml"
printf 'version: 1\nmasking:\n  - { columns: ["*.ssn", filler, title], action: hash }\n  - %s\n' "$detect" >"$work/columns.yaml"
cat "$capture" >/dev/null
for ((run = 0; run < runs; run++)); do
  for policy in nothing detectors columns; do
    rm -f "$work"/case.exhibit*
    begun=${EPOCHREALTIME/[.,]/}
    "$EXHIBIT" ingest "$capture" --policy "$work/$policy.yaml" --case "$work/case.exhibit" --quiet
    echo $((${EPOCHREALTIME/[.,]/} - begun)) >>"$work/$policy"
  done
done
for policy in nothing detectors columns; do
  sort -n "$work/$policy" | awk -v name="$policy" -v first="$(sort -n "$work/nothing" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')" \
    '{ v[NR] = $1 } END { m = v[int((NR + 1) / 2)]; printf "%-10s %8.3f s  %.2f\n", name, m / 1e6, m / first }'
done
