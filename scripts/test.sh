#!/usr/bin/env bash
# Every check there is: builds, swift test, the fuzzers for ten seconds each, small runs of the benchmark and of the
# attribution laboratory.
#   scripts/test.sh                        all of it
#   EXHIBIT_FUZZ_SECONDS=5 scripts/test.sh shorter fuzzing
#   EXHIBIT_LONG=1 scripts/test.sh         ten million masked values, the drivers' suites whole
# Every part runs even if an earlier one failed; the last line counts the format
# check, tests, fuzz targets and benchmark checks.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

passed=0 failed=0 skipped=0
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

section() { printf '\n==== %s (%d s so far)\n' "$1" "$SECONDS"; }

# count LOG: adds up the last "N passed, N failed" line of a script of ours; without one it was a failure.
count() {
  local line
  line=$(grep -E '^[a-z]+: [0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1)
  if [[ $line =~ :\ ([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
  else
    failed=$((failed + 1))
  fi
}

# What failed, once more at the end, where a reader looks first.
failures() {
  section "what failed"
  grep -hE -A 40 '^✘ Test .* recorded an issue' "$logs"/{others,gateway}.log 2>/dev/null | cut -c -2000 | head -n 400
  grep -hE '^(fuzz|benchmark|attribution|check): .*(FAILED|does not build|exhibit says)' "$logs"/{fuzz,benchmark,attribution}.log 2>/dev/null | head -n 40
  grep -hE '^drivers: .* direct, .* through' "$logs/drivers.log" 2>/dev/null | cut -c -500 | head -n 40
}

verdict() {
  [ "$failed" -eq 0 ] || failures
  local line="exhibit: $passed passed, $failed failed"
  [ "$skipped" -eq 0 ] || line+=", $skipped skipped"
  printf '\n%s\n' "$line"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

section "set-up"
scripts/setup.sh --tests || { failed=1; verdict; }

section "format"
if swift format lint --strict --recursive Sources Tests Package.swift; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

section "build"
# The check catches imports that the manifest's layers do not grant; its exit code is the verdict, whatever it prints.
swift build --build-tests --explicit-target-dependency-import-check error || { failed=1; verdict; }

section "swift test"
# Most tests wait for servers of theirs, and a process lets only as many wait at a time as there are cores: two processes at once.
swift_test() {
  swift test --skip-build --ignore-lock --xunit-output "$logs/$1.xml" "${@:2}" >"$logs/$1.log" 2>&1
  echo $? >"$logs/$1.status"
}
swift_test gateway --filter '^GatewayTests\.' &
swift_test others --skip '^GatewayTests\.'
wait
# Its totals leave out what was skipped and count issues, not tests: so count the test cases.
count_tests() {
  local results=$logs/$1-swift-testing.xml ran=0 broken=0 passed_over=0
  if [ -s "$results" ]; then
    cases() { xmllint --xpath "count(//testcase$1)" "$results"; }
    ran=$(cases '') broken=$(cases '[failure or error]') passed_over=$(cases '[skipped]')
  fi
  # A crash or a test that was never reported counts too.
  if [ "$(cat "$logs/$1.status")" -ne 0 ] && [ "$broken" -eq 0 ]; then broken=1 ran=$((ran + 1)); fi
  if [ "$ran" -eq 0 ]; then echo "test: swift test ran no test of the $1" && broken=1 ran=1; fi
  passed=$((passed + ran - broken - passed_over)) failed=$((failed + broken)) skipped=$((skipped + passed_over))
}
for part in others gateway; do
  grep -vE '^(􀟈|◇) ' "$logs/$part.log"
  count_tests "$part"
done

section "fuzz"
scripts/fuzz.sh "${EXHIBIT_FUZZ_SECONDS:-10}" 2>&1 | tee "$logs/fuzz.log"
count "$logs/fuzz.log"

# What the small runs are about is that the recipes work: the build that is there does, and its figures say so.
EXHIBIT=$(swift build --show-bin-path)/exhibit BENCH_BUILD="$(git describe --always --dirty 2>/dev/null || echo unknown), a debug build"
export EXHIBIT BENCH_BUILD

section "drivers' own tests through the gateway"
if [ "${EXHIBIT_LONG:-}" = 1 ]; then Tests/Live/drivers.sh; else Tests/Live/drivers.sh --smoke; fi 2>&1 | tee "$logs/drivers.log"
if [ "${PIPESTATUS[0]}" -eq 3 ]; then skipped=$((skipped + 1)); else count "$logs/drivers.log"; fi

section "benchmark, small"
Benchmarks/run.sh --smoke 2>&1 | tee "$logs/benchmark.log"
count "$logs/benchmark.log"

section "attribution, small"
Benchmarks/attribution.sh --smoke 2>&1 | tee "$logs/attribution.log"
count "$logs/attribution.log"

verdict
