#!/usr/bin/env bash
# One packet in sixteen is missing. Made from ../migrations.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
cp ../migrations/input.pcap "$LAB/whole.pcap"
"$LAB_PYTHON" ../../../scripts/lab/damage.py --drop 0.06 --seed 3 --manifest damage.json "$LAB/whole.pcap" input.pcap
