#!/usr/bin/env bash
# Transcripts to prompts and tool calls alone, on one thread: Benchmarks/transcripts.sh [MEGABYTES]
# Of each format a transcript of so many megabytes is made, 500 if not given.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
megabytes=${1:-500}
case "$megabytes" in *[!0-9]* | '') bench_die "usage: transcripts.sh [MEGABYTES]" ;; esac
cd "$ROOT"
export EXHIBIT_MEASURE=1
swift build -c release --scratch-path .build-measure --product bench-transcripts >&2
for format in claude-code codex copilot gemini-cli; do
  file=$EXHIBIT_BENCH/$format-$megabytes.jsonl
  [ -f "$file" ] || python3 Benchmarks/make-transcripts.py "$format" "$megabytes" "$file"
  # A process for each, so that each tells the memory that it took itself.
  .build-measure/release/bench-transcripts "$file"
done
