#!/usr/bin/env bash
# What recording costs a gateway for each transaction: Benchmarks/recorder.sh [TRANSACTIONS [REQUEST-BYTES [ANSWER-BYTES]]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export EXHIBIT_MEASURE=1
swift build -c release --scratch-path .build-measure --product bench-recorder >&2
exec .build-measure/release/bench-recorder "$@"
