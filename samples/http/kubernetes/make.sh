#!/usr/bin/env bash
# kubectl exec over TLS: programs run in a pod through the API server's WebSocket channels, and plain API calls beside them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
. "$LAB_SCRIPTS/web/web.sh"
lab_begin
lab_tls
: >"$LAB/keys.log"
port=$(lab_free_port 6443)
lab_start apiserver "$LAB_PYTHON" "$LAB_SCRIPTS/web/apiserver.py" "$port" "$LAB/tls/server.pem" "$LAB/tls/server.key"
LAB_PORTS=$port
lab_capture
api() { SSLKEYLOGFILE=$LAB/keys.log curl -sS --noproxy '*' --cacert "$LAB/tls/authority.pem" -A 'kubectl/v1.31.0 (linux/amd64)' \
  -H 'Authorization: Bearer fake-service-account-token-0123456789' -o /dev/null "https://localhost:$port$1"; }
run() { "$LAB_PYTHON" "$LAB_SCRIPTS/web/exec.py" "localhost:$port" "$LAB/tls/authority.pem" "$LAB/keys.log" prod shop-0 "$@"; }
api /api/v1/namespaces/prod/pods
api /api/v1/namespaces/prod/secrets/db
api /api/v1/nodes
run '' ls /proc/self/task >"$LAB/ls.out"
run 'drop table carts;
' sh -c 'read line; echo "got: $line"; echo careful >&2; exit 3' >"$LAB/sh.out" 2>&1
lab_captured "$here/input.pcap"
cp "$LAB/keys.log" "$here/keys.log"
