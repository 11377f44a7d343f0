#!/usr/bin/env bash
# A contractor's CI job ran migrations nobody reviewed. What did it do, and who approved it?
# Installs what is missing, builds, reads the captures of samples/story, tells the story, leaves demo/report.html and
# demo/junit.xml.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }

scripts/setup.sh
step "Building exhibit (some minutes the first time)"
swift build -c release --product exhibit 2>&1 | tail -n 1
PATH="$PWD/$(dirname .build/release/exhibit):$PATH"
policy=samples/policies/production.yaml
mkdir -p demo
rm -f demo/shop.exhibit demo/shop.exhibit-wal demo/shop.exhibit-shm

step "1. The evidence: six rotated captures in one archive become a case"
run exhibit ingest samples/story/evidence.tar.gz --case demo/shop.exhibit

step "2. Who was there"
run exhibit sessions --case demo/shop.exhibit

step "3. What the contractor's CI job changed"
run exhibit actions --changes --user svc_migrate --case demo/shop.exhibit

step "4. Which action made the columns of customers"
run exhibit blame customers --case demo/shop.exhibit

step "5. Was it approved? The exit code is the verdict: 1 means no"
status=0
run exhibit check --case demo/shop.exhibit --policy "$policy" || status=$?
echo "exit code $status"
[ "$status" -eq 1 ] || { echo "demo: expected exit code 1" >&2; exit 3; }

step "6. Where card numbers were written or read"
run exhibit search card_pan --limit 5 --case demo/shop.exhibit

step "7. The same for people and for CI"
run exhibit report --case demo/shop.exhibit --policy "$policy" --html demo/report.html --junit demo/junit.xml
echo "demo/report.html, demo/junit.xml"
