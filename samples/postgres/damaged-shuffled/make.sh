#!/usr/bin/env bash
# One packet in five comes late, one in ten comes twice; none is missing. Made from ../migrations.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
cp ../migrations/input.pcap "$LAB/whole.pcap"
"$LAB_PYTHON" ../../../scripts/lab/damage.py --reorder 0.2 --duplicate 0.1 --seed 4 --manifest damage.json "$LAB/whole.pcap" input.pcap
