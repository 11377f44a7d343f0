#!/usr/bin/env bash
# Fuzzes one target, or all: scripts/fuzz.sh SECONDS [captures|streams|postgres|classification …]
# A crash is left in .build-fuzz/findings; put it into Tests/Fuzz/TARGET/seeds with the fix.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-60}
shift || true
targets=("${@:-}")
[ -n "${targets[0]}" ] || targets=(captures streams postgres classification)
export EXHIBIT_FUZZ=1
for target in "${targets[@]}"; do
  swift build -c release --sanitize fuzzer --scratch-path .build-fuzz --product "fuzz-$target" 2>&1 | grep -E 'error|warning:' || true
  work=$(mktemp -d)
  mkdir -p .build-fuzz/findings
  echo "fuzz: $target, $seconds s"
  SWIFT_BACKTRACE=enable=no .build-fuzz/release/fuzz-"$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -max_len=16384 \
    -print_final_stats=1 -artifact_prefix=".build-fuzz/findings/$target-" "$work" "Tests/Fuzz/$target/seeds" \
    >"$work.log" 2>&1 || { tail -n 40 "$work.log"; echo "fuzz: $target failed"; exit 1; }
  grep -E 'number_of_executed_units|peak_rss_mb' "$work.log" | sed "s/^stat::/fuzz: $target /"
  rm -rf "$work" "$work.log"
done
