#!/usr/bin/env bash
# Records kubectl's older form, SPDY/3.1: programs and forwarded connections between two ends that keep their own accounts.
#   spdy.sh FOLDER     leaves capture.pcap, client.jsonl and server.jsonl
set -euo pipefail
out=$1
live=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$live/../../scripts/lab/lab.sh"
lab_begin
API_PORT=$(lab_free_port 8001)
WEB_PORT=$(lab_free_port 8091)
lab_start web "$LAB_PYTHON" "$live/spdy.py" web "$WEB_PORT"
lab_start api "$LAB_PYTHON" "$live/spdy.py" serve "$API_PORT" "$LAB/server.jsonl"
# What is forwarded is captured inside alone.
LAB_PORTS=$API_PORT
lab_capture
"$LAB_PYTHON" "$live/spdy.py" call "$API_PORT" "$WEB_PORT" "$LAB/client.jsonl"
lab_captured "$out/capture.pcap"
cp "$LAB/client.jsonl" "$LAB/server.jsonl" "$out/"
