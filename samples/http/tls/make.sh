#!/usr/bin/env bash
# An agent's HTTPS session through nginx, HTTP/2 and HTTP/1.1, with the key log that opens it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
. "$LAB_SCRIPTS/web/web.sh"
lab_begin
web_begin
shop=https://shop.internal:$HTTPS_PORT

# One connection, HTTP/2: several calls of one curl, which forgets its options at each --next.
each=(-sS --noproxy '*' --http2 --cacert "$LAB/tls/authority.pem" --resolve "shop.internal:$HTTPS_PORT:127.0.0.1"
  -A agent/1.0 -o /dev/null -H 'Authorization: Bearer fake-agent-token-0123456789abcdef')
SSLKEYLOGFILE=$LAB/keys.log curl "${each[@]}" "$shop/orders" \
  --next "${each[@]}" --json '{"customer": 12, "total": "19.90", "state": "new"}' "$shop/orders" \
  --next "${each[@]}" -X DELETE "$shop/orders/7" \
  --next "${each[@]}" "$shop/events?n=3"
web_call tls12 "$shop/login" --http1.1 --tls-max 1.2 --data-urlencode 'user=agent' --data-urlencode 'password=fake-agent-password'
web_call coded "$shop/coded?by=gzip" --http1.1 --compressed
web_call missing "$shop/orders/999?api_key=fake-api-key-0123456789" --http2
web_end "$LAB/all.pcap"
# What a tap outside sees: the way from the agent to nginx, not that behind it.
tcpdump -r "$LAB/all.pcap" --time-stamp-precision=nano -Z "$(id -un)" -w "$here/input.pcap" "port $HTTPS_PORT" 2>/dev/null
cp "$LAB/keys.log" "$here/keys.log"
