#!/usr/bin/env bash
# The story that Exhibit exists for: a contractor's CI job ran a migration that nobody reviewed (samples/story/README.md).
# Leaves demo/shop.exhibit, demo/report.html and demo/junit.xml.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case=demo/shop.exhibit
policy=samples/policies/production.yaml

step() { printf '\n\033[1m%s\033[0m\n' "$1"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || step() { printf '\n== %s\n' "$1"; }
ask() { printf '$ exhibit %s\n' "$*"; "$exhibit" "$@"; }

step "Installing what is missing"
scripts/setup.sh

step "Building exhibit (the first time takes some minutes)"
swift build -c release --product exhibit
exhibit=$(swift build -c release --show-bin-path)/exhibit

step "Ten minutes of rotated captures, and the transcripts of two agents, become a case"
mkdir -p demo
rm -f "$case" "$case-wal" "$case-shm" demo/report.html demo/junit.xml
ask ingest samples/story/evidence.tar.gz samples/story/transcripts --case "$case"
ask sources --case "$case"

step "Who was connected, how completely we saw it, and what stayed opaque"
ask sessions --case "$case"

step "What the agents were asked, and what came of it"
ask prompts --case "$case"

# The session that changed most of those whose application is the CI job.
session=$(sqlite3 -readonly "$case" "SELECT id FROM sessions WHERE application LIKE 'ci-runner%' ORDER BY changes DESC, id LIMIT 1")
[ -n "$session" ] || { echo "demo: the CI job's session is not in the case" >&2; exit 1; }

step "What the contractor's CI job changed"
ask actions --changes --session "$session" --case "$case"

step "The same session as a script"
ask replay "$session" --as sql --case "$case"

# The worst change: it was rebuilt from the wire, and the agent's transcript has the file that it came from.
worst=$(sqlite3 -readonly "$case" "SELECT id FROM actions WHERE effect = 'schema' AND status = 'ok' AND \"transaction\" = 'committed'
  AND text LIKE '%ADD COLUMN card_pan%' ORDER BY started_ns LIMIT 1")
[ -n "$worst" ] || { echo "demo: the migration is not in the case" >&2; exit 1; }

step "Who asked for a column with card numbers? Nobody did: the agent put it into the file that it wrote"
ask why "$worst" --case "$case"

step "And the GRANT that let a dashboard read it? No transcript explains that"
ask why "$(sqlite3 -readonly "$case" "SELECT id FROM actions WHERE verb = 'GRANT' LIMIT 1")" --case "$case"

step "What else the contractor's job changed that nobody asked for"
printf "\$ sqlite3 -readonly %s 'SELECT … FROM actions LEFT JOIN attributions … WHERE prompt_id IS NULL'\n" "$case"
sqlite3 -readonly -separator '  ' "$case" "SELECT time(started_ns / 1000000000, 'unixepoch'), a.id, text
  FROM actions a LEFT JOIN attributions t ON t.action_id = a.id
  WHERE application LIKE 'ci-runner%' AND effect NOT IN ('read', 'session') AND t.prompt_id IS NULL ORDER BY started_ns"

# The same job again, through the shop's own API and encrypted: the proxy's key log lies among the evidence.
web=$(sqlite3 -readonly "$case" "SELECT id FROM sessions WHERE protocol = 'http' AND decrypted = 1 ORDER BY changes DESC, id LIMIT 1")
[ -n "$web" ] || { echo "demo: the CI job's HTTPS is not in the case" >&2; exit 1; }

step "What it did through the shop's API, inside TLS"
ask replay "$web" --as text --case "$case"

# And at night on the application's host: a key log of SSH lies among the evidence too.
shell=$(sqlite3 -readonly "$case" "SELECT session_id FROM actions WHERE kind = 'shell' ORDER BY started_ns LIMIT 1")
[ -n "$shell" ] || { echo "demo: the shell on the application's host is not in the case" >&2; exit 1; }

step "What was typed on the application's host, inside SSH"
ask replay "$shell" --as text --case "$case"

step "What was pushed"
ask show "$(sqlite3 -readonly "$case" "SELECT id FROM actions WHERE verb = 'git push' LIMIT 1")" --case "$case"

step "Who made the columns of customers what they are"
ask blame customers --case "$case"

step "Where card_pan turns up: the migration, the backfill, the backup, a dashboard"
ask search card_pan --case "$case"

step "Was it approved? check exits 1: it was not"
verdict=0
ask check --case "$case" --policy "$policy" || verdict=$?
[ "$verdict" -eq 1 ] || { echo "demo: check should exit 1 on unapproved changes, and exited $verdict" >&2; exit 1; }

step "The report for people, and the verdict for CI"
verdict=0
ask report --case "$case" --policy "$policy" --html demo/report.html --junit demo/junit.xml || verdict=$?
[ "$verdict" -le 1 ] && [ -s demo/report.html ] && [ -s demo/junit.xml ] || { echo "demo: no report (exit $verdict)" >&2; exit 1; }

# What an approval looks like, on a capture of its own: samples/approvals/README.md.
approvals=samples/approvals
step "The other way: a migration that was asked for. What is to be approved, word for word"
rm -f demo/0042.approval* demo/key* demo/allowed_signers demo/planned.exhibit* demo/changed.exhibit* demo/*-wal demo/*-shm
ask plan "$approvals/0042.sql" --title "Risk scores for orders" --requested-by lin@shop.example --target prod \
  --database shop --user migrator --use-by 2030-01-01T00:00:00Z --policy "$approvals/policy.yaml" --output demo/0042.approval
ask ingest "$approvals/planned.pcap" --case demo/planned.exhibit --quiet
ask ingest "$approvals/changed.pcap" --case demo/changed.exhibit --quiet

step "It ran before anybody signed: check exits 1"
verdict=0
ask check --case demo/planned.exhibit --policy "$approvals/policy.yaml" --quiet || verdict=$?
[ "$verdict" -eq 1 ] || { echo "demo: check without approvals should exit 1, and exited $verdict" >&2; exit 1; }

step "Omar signed it with ssh-keygen before it ran, and a time stamp proves that: check exits 0"
ask check --case demo/planned.exhibit --policy "$approvals/policy.yaml" --approvals "$approvals/approvals"

step "The same approval, and a migration with one byte less: check exits 1, and names the byte"
verdict=0
ask check --case demo/changed.exhibit --policy "$approvals/policy.yaml" --approvals "$approvals/approvals" \
  --junit demo/approvals.xml || verdict=$?
[ "$verdict" -eq 1 ] || { echo "demo: check of the changed migration should exit 1, and exited $verdict" >&2; exit 1; }

if command -v ssh-keygen >/dev/null; then
  step "Signed here and now, with a key made for it: too late, and told as that"
  mkdir -p demo/approvals
  mv demo/0042.approval demo/approvals
  rm -f demo/approvals/*.sig
  ssh-keygen -q -t ed25519 -N '' -C '' -f demo/key
  echo "omar@shop.example $(cat demo/key.pub)" >demo/allowed_signers
  printf '$ ssh-keygen -Y sign -n approval@shop.example -f demo/key demo/approvals/0042.approval\n'
  ssh-keygen -q -Y sign -n approval@shop.example -f demo/key demo/approvals/0042.approval
  verdict=0
  ask check --case demo/planned.exhibit --policy "$approvals/policy.yaml" --approvals demo/approvals \
    --allowed-signers demo/allowed_signers || verdict=$?
  [ "$verdict" -eq 1 ] || { echo "demo: an approval after the fact should exit 1, and exited $verdict" >&2; exit 1; }
  sed 's/^approvals:/approvals:\n  time: unproven/; s/time-stamps: .*//' "$approvals/policy.yaml" >demo/unproven.yaml

  step "Under a policy that takes a signature without a proven time it passes, and that is a finding"
  ask check --case demo/planned.exhibit --policy demo/unproven.yaml --approvals demo/approvals \
    --allowed-signers demo/allowed_signers
  rm -f demo/key
fi

# What went around the capture: samples/witness/README.md.
step "A capture, and the log of the server beside it: one connection took another way"
rm -f demo/witness.exhibit*
ask ingest samples/witness/input.pcap samples/witness/server.csv --case demo/witness.exhibit
verdict=0
ask reconcile --case demo/witness.exhibit || verdict=$?
[ "$verdict" -eq 1 ] || { echo "demo: reconcile should exit 1, and exited $verdict" >&2; exit 1; }

# An agent that had no credentials of the database: samples/gateway/README.md.
gateway=samples/gateway
# A real one where what it takes is there (scripts/setup.sh --tests); otherwise what was recorded when the sample was made.
. scripts/lab/paths.sh
live() {
  local program
  [ -x "$EXHIBIT_VENV/bin/python" ] && compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || return 1
  for program in "$@"; do PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || return 1; done
}
if live; then
  step "An agent works on a real PostgreSQL through the gateway: a write of every row is refused, a migration waits until it is signed"
  gateway=demo/gateway
  EXHIBIT=$exhibit samples/gateway/make.sh $gateway
fi
step "A recording of the gateway: nobody changed it since"
ask verify $gateway/recording --key $gateway/log.vkey

step "What the agent did through it: a write of every row was refused, and a migration waited until it was signed"
rm -f demo/gateway.exhibit*
ask ingest $gateway/recording --log-key $gateway/log.vkey --case demo/gateway.exhibit
ask actions --case demo/gateway.exhibit
verdict=0
ask check --case demo/gateway.exhibit --policy $gateway/policy.yaml --approvals $gateway/approvals || verdict=$?
[ "$verdict" -eq 1 ] || { echo "demo: check of the recording should exit 1, and exited $verdict" >&2; exit 1; }

step "The same recording with one byte changed: verify exits 2, and names the record"
rm -rf demo/recording
cp -r $gateway/recording demo/recording
printf 'X' | dd of=demo/recording/segment-00000001.pcapng bs=1 seek=4000 conv=notrunc status=none
verdict=0
ask verify demo/recording --key $gateway/log.vkey || verdict=$?
[ "$verdict" -eq 2 ] || { echo "demo: verify of the changed recording should exit 2, and exited $verdict" >&2; exit 1; }
rm -rf demo/recording
ask report --case demo/gateway.exhibit --policy $gateway/policy.yaml --approvals $gateway/approvals --html demo/gateway.html

# All that an agent did, and what it was asked, through one gateway: samples/release/README.md.
release=samples/release
if live sshd git cc chromium-headless-shell; then
  step "An agent mends an error: HTTPS, PostgreSQL and git over SSH through one gateway; its push waits until Omar approves it in his browser"
  release=demo/release
  EXHIBIT=$exhibit samples/release/make.sh $release
fi
step "Its prompts, by its own hooks, and what came of them; what Omar saw is in $release/page.png"
rm -f demo/release.exhibit*
ask ingest $release/recording --log-key $release/log.vkey --case demo/release.exhibit
ask prompts --case demo/release.exhibit
ask actions --case demo/release.exhibit

step "Who asked for the push, and who approved it"
ask why "$(sqlite3 -readonly demo/release.exhibit "SELECT id FROM actions WHERE verb = 'git push' LIMIT 1")" --case demo/release.exhibit
verdict=0
ask report --case demo/release.exhibit --policy $release/policy.yaml --approvals $release/approvals --html demo/release.html || verdict=$?
[ "$verdict" -le 1 ] && [ -s demo/release.html ] || { echo "demo: no report of all three protocols (exit $verdict)" >&2; exit 1; }

printf '\nOpen demo/report.html in a browser; give demo/junit.xml to CI; query %s with sqlite3.\n' "$case"
