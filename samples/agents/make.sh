#!/usr/bin/env bash
# Remakes this sample: a small run of the laboratory of attribution (scripts/lab/agents).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh

out=samples/agents
work=$(mktemp -d "${TMPDIR:-/tmp}/exhibit-agents.XXXXXX")
trap 'rm -rf "$work"' EXIT
scripts/lab/agents.sh "$work/run" --conversations 7 --turns 3 --workers 7 --pace 0.9 --noise 0.5 --seed 22
# Only what runs shows this machine's paths; transcripts and statements must not.
grep -rqE "exhibit-(lab|agents)|${HOME:-/root}/" "$work/run/transcripts" "$work/run/labels.jsonl" && lab_die "a path of this machine is in the run"
[ "$(jq '.problems | length' "$work/run/facts.json")" = 0 ] || lab_die "the truth of the run is not complete"

rm -rf "$out/transcripts"
mkdir "$out/transcripts"
mv "$work/run/transcripts/claude" "$out/transcripts/.claude"
mv "$work/run/transcripts/codex" "$out/transcripts/.codex"
gzip -9n <"$work/run/capture.pcap" >"$out/input.pcap.gz"
cp "$work/run/keys.log" "$work/run/labels.jsonl" "$out"
{
  sed '/^## Facts$/,$d' "$out/README.md"
  printf '## Facts\n\nWritten by `make.sh`, from what the laboratory wrote down while it played.\n\n'
  jq -r '"- \(.actions) actions: \(.of_agents) of agents, \(.of_subagents) of these of sub-agents; \(.of_nobody_known) of nobody whom a transcript knows",
    "- \(.conversations) conversations, \(.prompts) prompts, \(.calls) calls: " + ([.calls_by_verdict | to_entries[] | "\(.value) \(.key)"] | join(", ")),
    "- by protocol: " + ([.by_protocol | to_entries[] | "\(.value) \(.key)"] | join(", ")),
    "- by program: " + ([.by_version | to_entries[] | "\(.value) \(.key)"] | join(", ")),
    "- by tool: " + ([.by_tool | to_entries[] | "\(.value) \(.key)"] | join(", ")),
    "- others: " + ([.by_noise | to_entries[] | "\(.value) \(.key)"] | join(", ")),
    "- of others, done word for word by an agent within a second: " + ([.look_alikes | to_entries[] | "\(.value) \(.key)"] | join(", "))' \
    "$work/run/facts.json"
} >"$work/README.md"
cp "$work/README.md" "$out/README.md"
