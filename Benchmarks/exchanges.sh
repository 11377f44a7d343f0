#!/usr/bin/env bash
# Packets to exchanges alone, on one thread: Benchmarks/exchanges.sh CAPTURE [RUNS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export EXHIBIT_MEASURE=1
swift build -c release --scratch-path .build-measure --product bench-exchanges >&2
exec .build-measure/release/bench-exchanges "$@"
