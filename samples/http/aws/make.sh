#!/usr/bin/env bash
# A real AWS SDK against a mock of AWS on loopback: reads, writes, a secret handed out, a user made with a key.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
lab_begin
port=$(lab_free_port 5000)
"$EXHIBIT_VENV/bin/moto_server" -H 127.0.0.1 -p "$port" >"$LAB/moto.out" 2>&1 &
LAB_PROCESSES+=($!)
lab_until 60 "the mock of AWS" curl -sf -o /dev/null "http://127.0.0.1:$port/moto-api/"
LAB_PORTS=$port
lab_capture
"$LAB_PYTHON" "$LAB_SCRIPTS/web/aws.py" "http://127.0.0.1:$port" "$here/client.jsonl"
lab_captured "$here/input.pcap"
