#!/usr/bin/env bash
# Remakes this sample: a request, its signature and time stamp, and three runs of a migration.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh

out=samples/approvals
export EXHIBIT=${EXHIBIT:-.build/debug/exhibit}
[ -x "$EXHIBIT" ] || lab_die "no program at $EXHIBIT: swift build first, or set EXHIBIT"
work=$(mktemp -d "${TMPDIR:-/tmp}/exhibit-approvals.XXXXXX")
trap 'rm -rf "$work"' EXIT
scripts/lab/approvals.sh "$work"
rm -rf "$out/approvals"
mv "$work"/{approvals,0042.sql,policy.yaml,allowed_signers,tsa.pem,planned.pcap,changed.pcap,again.pcap} "$out"
