#!/usr/bin/env bash
# A capture as cloud traffic mirroring delivers it: in VXLAN, from both ends. Made from ../migrations.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
"$LAB_PYTHON" ../../../scripts/lab/encapsulate.py --vxlan 4242 --second 4243 ../migrations/input.pcap input.pcap
