#!/usr/bin/env bash
# Everything that shows whether Exhibit works: unit and live tests, fuzz smoke, benchmark smoke.
#   EXHIBIT_FUZZ_SECONDS (60)  seconds a fuzz target
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

section() { printf '\n== %s\n' "$*"; }

section "Set-up"
scripts/setup.sh --tests

section "Format"
swift format lint --strict --recursive Sources Tests Package.swift

section "Build"
build=$(mktemp)
swift build --build-tests --explicit-target-dependency-import-check error >"$build" 2>&1 || {
  grep -E 'error|warning' "$build" | tail -n 40
  exit 1
}
tail -n 1 "$build"
rm -f "$build"

section "Tests"
log=$(mktemp)
status=0
swift test --skip-build 2>&1 | tee "$log" | grep -vE '^(◇|✔)' || status=$?
grep -qE 'Test run with [0-9]+ tests.* passed' "$log" || { echo "test: swift test failed"; exit 1; }

section "Fuzz smoke"
scripts/fuzz.sh "${EXHIBIT_FUZZ_SECONDS:-60}"

section "Benchmark smoke"
Benchmarks/run.sh --smoke

section "Result"
grep -E 'Test run with' "$log" | tail -n 1
rm -f "$log"
