#!/usr/bin/env bash
# Everything that HTTP/1.1 does in the clear: methods, codings, chunks, trailers, streams, refusals, pipelining.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
. "$LAB_SCRIPTS/web/web.sh"
lab_begin
web_begin
shop=http://127.0.0.1:$SHOP_PORT
. "$LAB_SCRIPTS/web/calls.sh"
web_calls "$shop"
# Three requests at once, as one write; the answers come in order.
printf 'GET /orders/8 HTTP/1.1\r\nHost: shop\r\n\r\nHEAD /orders HTTP/1.1\r\nHost: shop\r\n\r\nDELETE /orders/8 HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n' |
  "$LAB_PYTHON" "$LAB_SCRIPTS/web/send.py" "$SHOP_PORT" >/dev/null
web_end "$LAB/all.pcap"
tcpdump -r "$LAB/all.pcap" --time-stamp-precision=nano -Z "$(id -un)" -w "$here/input.pcap" "port $SHOP_PORT" 2>/dev/null
cp "$LAB/shop.jsonl" "$here/shop.jsonl"
