#!/usr/bin/env bash
# Fits the weights of attribution to labelled runs of the laboratory, and shows what they do on a run that was held back.
#   Benchmarks/attribution/fit.sh [--write]      --write puts them into the source and its page
#   EXHIBIT_FIT_SEEDS='11 12' EXHIBIT_HELD_SEED=13     the runs; each is taken plain, with ids on the wire, and harder in three ways, the last one with conversations merged as well
# Takes about half an hour on two cores. The same runs give the same weights.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
. "$BENCHMARKS/attribution/runs.sh"
case "${1:-}" in
  '') write=() ;;
  --write) write=(--write "$ROOT/Sources/Sessions/Correlation/EvidenceWeights.swift" --write "$ROOT/docs/formats/attribution.md") ;;
  *) bench_die "usage: fit.sh [--write]" ;;
esac
bench_exhibit
export EXHIBIT_MEASURE=1
(cd "$ROOT" && swift build -c release --scratch-path .build-measure --product fit-weights >&2)

files=()
labelled() { # NAME DIRECTORY
  case_of "$1" "$2"
  "$python" "$BENCHMARKS/attribution/evaluate.py" "$2/labels.jsonl" "$out/$1.exhibit" --truth "$out/$1.truth"
  files+=("$out/$1.exhibit" "$out/$1.truth")
}
harder() { # NAME option ...
  perturbed "${@:2}"
  labelled "$1" "$out/harder"
}
runs() { # SEED
  runs_of "$1"
  lab plain
  labelled plain "$out/plain"
  lab ids --with-ids
  labelled ids "$out/ids"
  harder lost --drop-lines 0.3
  harder silent --no-results --skew 120
  harder redacted --redact-ids 0.3
}
for number in ${EXHIBIT_FIT_SEEDS:-11 12}; do runs "$number"; done
files+=(--held)
runs "${EXHIBIT_HELD_SEED:-13}"
harder merged --merge 2
"$ROOT/.build-measure/release/fit-weights" ${write[@]+"${write[@]}"} "${files[@]}"
