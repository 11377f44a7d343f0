#!/usr/bin/env bash
# The capture begins after the connections did. Made from ../migrations.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
cp ../migrations/input.pcap "$LAB/whole.pcap"
# From the packet on that asks for the second statement of 0003, inside its transaction.
first=$(tshark -n -r "$LAB/whole.pcap" -Y 'frame contains "is_admin boolean"' -T fields -e frame.number 2>/dev/null | head -n 1)
editcap -F nsecpcap "$LAB/whole.pcap" input.pcap "1-$((first - 1))"
