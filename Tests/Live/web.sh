#!/usr/bin/env bash
# Records curl, nginx and a web application that keeps its own account, in the clear and over TLS.
#   web.sh FOLDER     leaves capture.pcap, keys.log, shop.jsonl (the application's account), calls/ (curl's account)
set -euo pipefail
out=$1
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../../scripts/lab/lab.sh"
. "$LAB_SCRIPTS/web/web.sh"
. "$LAB_SCRIPTS/web/calls.sh"
lab_begin
web_begin
web_calls "http://127.0.0.1:$SHOP_PORT" direct-
web_calls "http://shop.internal:$HTTP_PORT" proxied-
web_calls "https://shop.internal:$HTTPS_PORT" tls12- --http1.1 --tls-max 1.2
web_calls "https://shop.internal:$HTTPS_PORT" chacha- --http1.1 --tls13-ciphers TLS_CHACHA20_POLY1305_SHA256
web_calls "https://shop.internal:$HTTPS_PORT" http2- --http2
web_end "$out/capture.pcap"
cp "$LAB/keys.log" "$LAB/shop.jsonl" "$out/"
cp -r "$LAB/calls" "$out/calls"
printf '{"shop": %d, "http": %d, "https": %d}\n' "$SHOP_PORT" "$HTTP_PORT" "$HTTPS_PORT" >"$out/ports.json"
