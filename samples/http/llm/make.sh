#!/usr/bin/env bash
# An agent and a language model's API over TLS, with the key log: a prompt, three answers streamed as events, three tool calls.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
lab_begin
lab_tls
port=$(lab_free_port 8443)
lab_start model "$LAB_PYTHON" "$LAB_SCRIPTS/web/model.py" "$port" "$LAB/tls/server.pem" "$LAB/tls/server.key"
LAB_PORTS=$port
lab_capture
"$LAB_PYTHON" "$LAB_SCRIPTS/web/agent.py" "$port" "$LAB/tls/authority.pem" "$LAB/keys.log"
lab_captured "$here/input.pcap"
cp "$LAB/keys.log" "$here/keys.log"
