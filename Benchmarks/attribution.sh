#!/usr/bin/env bash
# How well actions are tied to the prompts that caused them: a run of the laboratory with genuine transcripts and known truth,
# made harder step by step, beside simpler methods on the same case.
#
#   Benchmarks/attribution.sh            a whole run (about 3 minutes), every perturbation, a run with ids on the wire, and one through a gateway
#   Benchmarks/attribution.sh --hooks    the last alone: agents with the gateway's hooks, whose actions are all tied by their ids
#   Benchmarks/attribution.sh --smoke    small runs without perturbations: that labels, case and figures fit together
#   EXHIBIT_SEED=7 Benchmarks/attribution.sh   other conversations; 1 to 13 were used for weights and defects, 14 and on for figures
#
# Cases, figures (JSON) and the runs themselves are kept in $EXHIBIT_BENCH/attribution-SEED. A run that is there is used again.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$BENCHMARKS/attribution/runs.sh"
bench_exhibit
smoke=false
runs_of "${EXHIBIT_SEED:-14}"
if [ "${1:-}" = --smoke ]; then
  smoke=true
  EXHIBIT_SCALE=smoke
  out=$EXHIBIT_BENCH/attribution-smoke
  rm -rf "$out"
  mkdir -p "$out"
fi
passed=0 failed=0

measure() { # NAME DIRECTORY
  case_of "$1" "$2"
  "$python" "$BENCHMARKS/attribution/evaluate.py" "$2/labels.jsonl" "$out/$1.exhibit" --json "$out/$1.json" --brief "$1"
}

harder() { # NAME option ...
  perturbed "${@:2}"
  measure "$1" "$out/harder"
}

# passes WHAT COMMAND...
passes() {
  if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "attribution: FAILED: $1"; fi
}

# Through a gateway, agents with hooks: what its recording tells alone, and with the transcripts.
hooked() {
  lab hooks --hooks
  local name
  for name in recording both; do
    local case=$out/hooks-$name.exhibit evidence=("$out/hooks/recording")
    [ "$name" = recording ] || evidence+=("$out/hooks/transcripts")
    rm -f "$case" "$case-wal" "$case-shm"
    "$EXHIBIT" ingest "${evidence[@]}" --log-key "$out/hooks/log.vkey" --case "$case" --quiet >/dev/null 2>"$out/hooks.log" || {
      cat "$out/hooks.log" >&2
      bench_die "exhibit could not ingest $out/hooks"
    }
    echo "hooks, $name:"
    "$python" "$BENCHMARKS/attribution/recorded.py" "$out/hooks" "$case" --json "$out/hooks-$name.json" | sed 's/^/  /'
  done
}

if [ "${1:-}" = --hooks ]; then
  echo "<!-- $(bench_machine), $(bench_versions), seed $seed -->"
  hooked
  exit
fi
lab plain
echo "<!-- $(bench_machine), $(bench_versions), seed $seed -->"
echo "| run | precision | coverage | recall | false | containment | ECE | time only: p / c / f | nearest 1 s | exact text | labels lost |"
echo "|---|---|---|---|---|---|---|---|---|---|---:|"
measure plain "$out/plain"
if "$smoke"; then
  passes "the run is sound" "$python" "$ROOT/scripts/lab/agents/check.py" "$out/plain" --conversations 8 --actions 150
  passes "almost every label has its action" \
    jq -e '.matching | .labels_without_action * 50 <= .labels and .actions_without_label * 50 <= .actions' "$out/plain.json" >/dev/null
  # The evaluation itself: what is right by construction must come out as such, what is wrong by a fifth as well.
  "$python" "$BENCHMARKS/attribution/oracle.py" "$out/plain" "$out/plain.exhibit" "$out/oracle.sqlite"
  "$python" "$BENCHMARKS/attribution/evaluate.py" "$out/plain/labels.jsonl" "$out/oracle.sqlite" --json "$out/oracle.json" --brief oracle
  passes "the truth is found to be true" jq -e '.methods.exhibit.prompt | .precision.value == 1 and .recall.value == 1' "$out/oracle.json" >/dev/null
  "$python" "$BENCHMARKS/attribution/oracle.py" "$out/plain" "$out/plain.exhibit" "$out/oracle.sqlite" --wrong 0.2
  "$python" "$BENCHMARKS/attribution/evaluate.py" "$out/plain/labels.jsonl" "$out/oracle.sqlite" --json "$out/oracle.json" --brief 'oracle, 0.2 wrong'
  passes "errors are found" jq -e '.methods.exhibit.prompt.precision.value | . > 0.6 and . < 0.95' "$out/oracle.json" >/dev/null
  hooked
  # asyncpg reads no PGAPPNAME: what it does is known by its content, where a transcript tells that.
  passes "with hooks every action of an agent goes back to its prompt, by its id, and nobody else's does" \
    jq -e '.agents > 80 and .prompt_right == .agents and .others_taken == 0 and (.without_id | keys - ["postgres: python asyncpg"]) == []' \
    "$out/hooks-both.json" >/dev/null
  passes "the recording alone says the same of all that has an id" \
    jq -e '.prompt_right == .answered and .others_taken == 0 and .explicit * 5 >= .agents * 4' "$out/hooks-recording.json" >/dev/null
  echo "attribution: $passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
fi
for seconds in 1 5 30 120 600; do harder "skew $seconds s" --skew "$seconds"; done
harder "skew up to 30 s, each machine" --skew-each 30
for count in 2 5 10; do harder "$count conversations in one" --merge "$count"; done
for share in 0.1 0.3 0.5; do harder "$share of the lines lost" --drop-lines "$share"; done
harder "no results" --no-results
harder "0.3 of the call ids redacted" --redact-ids 0.3
harder "all call ids redacted" --redact-ids
harder "skew 120 s, no results" --skew 120 --no-results
lab ids --with-ids
measure "ids on the wire" "$out/ids"
hooked
