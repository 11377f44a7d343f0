#!/usr/bin/env bash
# Fuzzes each target for so many seconds, two at a time, from its committed seeds.
#   scripts/fuzz.sh [SECONDS [TARGET ...]]       60 seconds and every target if not given
# A crash leaves its input in .build-fuzz/crashes and the exit code 1. The last line counts targets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
case "$seconds" in *[!0-9]* | '') echo "usage: scripts/fuzz.sh [SECONDS [TARGET ...]]" >&2; exit 3 ;; esac
if [ $# -gt 0 ]; then targets=("$@"); else mapfile -t targets < <(find Tests/Fuzz -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort); fi

# As long as an input needs to be to reach everything; longer ones only make each run slower.
longest() {
  case "$1" in
    classification | hooks) echo 4096 ;;
    relays) echo 1024 ;;
    captures) echo 16384 ;;
    *) echo 8192 ;;
  esac
}

# build [TARGET]: one, or all at once, on all cores.
build() {
  EXHIBIT_FUZZ=1 swift build -c release --sanitize fuzzer --scratch-path .build-fuzz ${1:+--product "fuzz-$1"} >"$corpus/build.log" 2>&1 && return
  tail -n 40 "$corpus/build.log"
  return 1
}

# fuzz TARGET: one run; its words go to the target's own log, its verdict is the exit code.
fuzz() {
  local target=$1 binary
  binary=$(find .build-fuzz -path '*release*' -name "fuzz-$target" -type f | head -n 1)
  mkdir -p "$corpus/$target" "Tests/Fuzz/$target/seeds"
  # Swift's own crash reporter would end the process before libFuzzer has written the input that did it.
  SWIFT_BACKTRACE=enable=no "$binary" -max_total_time="$seconds" -max_len="$(longest "$target")" -rss_limit_mb=2048 -timeout=10 \
    -print_final_stats=1 -verbosity=0 -artifact_prefix=".build-fuzz/crashes/$target-" "$corpus/$target" "Tests/Fuzz/$target/seeds" \
    >"$corpus/$target.log" 2>&1
}

# settle TARGET PID: waits for a run and says how it ended.
settle() {
  local target=$1
  if wait "$2"; then
    echo "fuzz: $target: clean, $(sed -n 's/^stat::number_of_executed_units: *//p' "$corpus/$target.log") runs from $(find "Tests/Fuzz/$target/seeds" -type f | wc -l) seeds"
    passed=$((passed + 1))
  else
    tail -n 40 "$corpus/$target.log"
    echo "fuzz: $target: FAILED; inputs: $(find .build-fuzz/crashes -name "$target-*" -newer "$corpus/build.log" -printf '%p ')"
    failed=$((failed + 1))
  fi
}

mkdir -p .build-fuzz/crashes
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
passed=0 failed=0
built=()
echo "fuzz: building"
if [ "${#targets[@]}" -gt 3 ] && build; then
  built=("${targets[@]}")
else
  # What then does not build is told by the target.
  for target in "${targets[@]}"; do
    [ -d "Tests/Fuzz/$target" ] || { echo "fuzz: no such target: $target" >&2; exit 3; }
    if build "$target"; then
      built+=("$target")
    else
      echo "fuzz: $target: does not build"
      failed=$((failed + 1))
    fi
  done
fi
# Two at a time, as there are two cores.
echo "fuzz: ${#built[@]} targets, $seconds seconds each"
for ((index = 0; index < ${#built[@]}; index += 2)); do
  pids=()
  pair=("${built[@]:index:2}")
  for target in "${pair[@]}"; do
    fuzz "$target" &
    pids+=($!)
  done
  for place in "${!pair[@]}"; do settle "${pair[place]}" "${pids[place]}"; done
done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
