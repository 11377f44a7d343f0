#!/usr/bin/env bash
# The capture begins after the connections did. Made from ../migrations.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
cp ../migrations/input.pcap "$LAB/whole.pcap"
editcap -F nsecpcap "$LAB/whole.pcap" input.pcap 1-60
