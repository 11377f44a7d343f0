#!/usr/bin/env bash
# The disk was full: the file ends inside a packet. Made from ../migrations.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
cp ../migrations/input.pcap "$LAB/whole.pcap"
head -c $(($(stat -c %s "$LAB/whole.pcap") * 2 / 3 + 7)) "$LAB/whole.pcap" >input.pcap
