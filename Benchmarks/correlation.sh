#!/usr/bin/env bash
# Actions to tool calls alone, without a case: Benchmarks/correlation.sh [CALLS [ACTIONS [RESULT]]]
# 100,000 calls and 1,000,000 actions, if not given; a tenth of both as well, which tells how the cost grows. With RESULT, each
# call has a result of so many bytes, in which what the wire answered is looked for.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
calls=${1:-100000} actions=${2:-1000000} result=${3:-0}
case "$calls$actions$result" in *[!0-9]*) bench_die "usage: correlation.sh [CALLS [ACTIONS [RESULT]]]" ;; esac
cd "$ROOT"
export EXHIBIT_MEASURE=1
swift build -c release --scratch-path .build-measure --product bench-correlation >&2
for part in 10 1; do .build-measure/release/bench-correlation $((calls / part)) $((actions / part)) "$result"; done
