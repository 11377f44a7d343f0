#!/usr/bin/env bash
# The gateway's recording on a disk of its own, of 64 MiB, that others fill under load and clear again.
#
#   Tests/Live/full.sh [strict | batched]
#
# Takes root: the disk is a tmpfs, mounted where nobody else sees it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if [ -z "${EXHIBIT_OWN_MOUNTS:-}" ]; then EXHIBIT_OWN_MOUNTS=1 exec unshare -m --propagation private "$0" "$@"; fi
. scripts/lab/lab.sh
. scripts/lab/gateway.sh
durability=${1:-strict}
lab_begin
lab_postgres
lab_admin -c 'CREATE TABLE did (mark text)'
lab_gateway_files gateway "$durability"
metrics=$(lab_free_port 9187)
echo "metrics: 127.0.0.1:$metrics" >>"$LAB/gateway/gateway.yaml"
mkdir "$LAB/gateway/recording"
mount -t tmpfs -o size=64m,mode=700 tmpfs "$LAB/gateway/recording"
lab_gateway_start gateway
status=0
"$LAB_PYTHON" Tests/Live/full.py --exhibit "$EXHIBIT" --here "$LAB/gateway" --port "$GATEWAY_PORT" --secret "$GATEWAY_SECRET" \
  --metrics "$metrics" --process "$GATEWAY_PROCESS" --durability "$durability" || status=$?
umount -l "$LAB/gateway/recording"
exit "$status"
