#!/usr/bin/env bash
# How often each rule finds something in captures in which nothing was done that deserves a look.
#   findings.sh FOLDER [OUT.json]     every capture below FOLDER by itself, judged by the built-in policy; `EXHIBIT` names the program
# Prints, for each rule, findings, captures with one, and the actions that were looked at. It is for reading: in other people's
# test captures passwords do go over the wire in the clear, and a finding that says so is right.
set -euo pipefail
folder=${1:?usage: findings.sh FOLDER [OUT.json]}
out=${2:-}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exhibit=${EXHIBIT:-$(swift build -c release --show-bin-path)/exhibit}
[ -x "$exhibit" ] || { echo "findings: no program at $exhibit: swift build -c release first" >&2; exit 3; }
work=$(mktemp -d "${TMPDIR:-/tmp}/exhibit-findings.XXXXXX")
trap 'rm -rf "$work"' EXIT

captures=0 judged=0 actions=0
while IFS= read -r -d '' file; do
  captures=$((captures + 1))
  rm -f "$work"/c.exhibit*
  keys=()
  for log in "$file.keylog" "${file%.*}.keylog"; do [ ! -f "$log" ] || keys=(--keylog "$log"); done
  timeout 120 "$exhibit" ingest "$file" ${keys[@]+"${keys[@]}"} --case "$work/c.exhibit" --quiet >/dev/null 2>&1 || continue
  code=0
  timeout 120 "$exhibit" check --case "$work/c.exhibit" --quiet >/dev/null 2>&1 || code=$?
  [ "$code" -le 1 ] || { echo "findings: $file: check ended with $code" >&2; continue; }
  judged=$((judged + 1))
  actions=$((actions + $(sqlite3 -readonly "$work/c.exhibit" 'SELECT count(*) FROM actions')))
  # Changes without an approval are the policy's word, not a rule's.
  sqlite3 -readonly "$work/c.exhibit" "SELECT rule, severity FROM findings WHERE rule <> 'default'" |
    sort | uniq -c | sed "s|^|$captures |" >>"$work/all"
done < <(find "$folder" -type f \( -name '*.pcap' -o -name '*.pcapng' -o -name '*.cap' -o -name '*.pcap.gz' \) -print0 | sort -z)

touch "$work/all"
printf '%d of %d captures, %d actions\n' "$judged" "$captures" "$actions"
printf '%-26s %-9s %9s %9s\n' rule severity findings captures
# 1 capture, 2 count, 3 rule|severity
awk '{ n[$3] += $2; c[$3]++ } END { for (k in n) { split(k, p, "|"); printf "%-26s %-9s %9d %9d\n", p[1], p[2], n[k], c[k] } }' \
  "$work/all" | sort
if [ -n "$out" ]; then
  awk '{ n[$3] += $2; c[$3]++ } END { for (k in n) { split(k, p, "|"); print p[1], p[2], n[k], c[k] } }' "$work/all" | sort |
    jq -Rn --argjson captures "$judged" --argjson actions "$actions" '{captures: $captures, actions: $actions, rules: [inputs
      | split(" ") | {rule: .[0], severity: .[1], findings: (.[2] | tonumber), captures: (.[3] | tonumber)}]}' >"$out"
fi
