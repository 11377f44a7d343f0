#!/usr/bin/env bash
# Judges captures in a CI job. Its exit code is the verdict (docs/roles/ci.md); what it finds lies in $EXHIBIT_OUT.
#   EXHIBIT_CAPTURES    captures, recordings, transcripts, folders of them; one a line
#   EXHIBIT_POLICY      the policy; without it every change needs an approval
#   EXHIBIT_APPROVALS   the folder of approvals; optional
#   EXHIBIT_APPROVALS_AS_OF   when that folder was like this, by this job's own clock or repository; optional
#   EXHIBIT_KEYLOGS     key logs, one a line; optional
#   EXHIBIT_OUT         where case.exhibit, report.html, junit.xml, findings.sarif and summary.md go; exhibit without it
#   EXHIBIT             the program; exhibit on PATH without it
set -uo pipefail

exhibit=${EXHIBIT:-exhibit}
out=${EXHIBIT_OUT:-exhibit}
die() { echo "exhibit-check: $*" >&2; exit 3; }
command -v "$exhibit" >/dev/null || die "no program at $exhibit: build it, or set EXHIBIT"
mapfile -t captures < <(grep -v '^[[:space:]]*$' <<<"${EXHIBIT_CAPTURES:-}")
[ "${#captures[@]}" -gt 0 ] || die "EXHIBIT_CAPTURES names nothing to judge"
mkdir -p "$out" || die "$out cannot be made"
rm -f "$out"/case.exhibit "$out"/case.exhibit-wal "$out"/case.exhibit-shm

keys=()
while IFS= read -r file; do [ -z "$file" ] || keys+=(--keylog "$file"); done <<<"${EXHIBIT_KEYLOGS:-}"
"$exhibit" ingest "${captures[@]}" ${keys[@]+"${keys[@]}"} --case "$out/case.exhibit" --quiet || exit 3

judge=(--case "$out/case.exhibit")
[ -z "${EXHIBIT_POLICY:-}" ] || judge+=(--policy "$EXHIBIT_POLICY")
[ -z "${EXHIBIT_APPROVALS:-}" ] || judge+=(--approvals "$EXHIBIT_APPROVALS")
[ -z "${EXHIBIT_APPROVALS_AS_OF:-}" ] || judge+=(--approvals-as-of "$EXHIBIT_APPROVALS_AS_OF")
"$exhibit" check "${judge[@]}" --junit "$out/junit.xml" --sarif "$out/findings.sarif" --markdown "$out/summary.md"
verdict=$?
"$exhibit" report "${judge[@]}" --html "$out/report.html" || exit 3
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$out/summary.md" >>"$GITHUB_STEP_SUMMARY"
exit "$verdict"
