#!/usr/bin/env bash
# Adds to samples/story/evidence.tar.gz what the contractor's CI job did through the shop's own API: a recording of its HTTPS
# at the proxy, moved to the hosts and the hour of the story, and the key log that the proxy's operator keeps.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh
. "$LAB_SCRIPTS/web/web.sh"

archive=samples/story/evidence.tar.gz
lab_begin
WEB_ADDRESS=127.0.0.21 web_begin
each=(-sS --noproxy '*' --cacert "$LAB/tls/authority.pem" --connect-to "shop.internal:443:127.0.0.21:$HTTPS_PORT"
  -A 'ci-runner/2.4 (migrate 0042)' -H 'Authorization: Bearer fake-long-lived-service-token-0123456789' -o /dev/null)
shop=https://shop.internal
export SSLKEYLOGFILE=$LAB/keys.log
# By HTTP/2 on one connection: it looks, it changes an order, it deletes another.
curl "${each[@]}" --http2 --rate 2/s "$shop/orders" --next "${each[@]}" --json '{"customer": 4711, "total": "0.01", "state": "paid"}' "$shop/orders" \
  --next "${each[@]}" -X PATCH --json '{"state": "refunded"}' "$shop/orders/8" --next "${each[@]}" -X DELETE "$shop/orders/7"
# By HTTP/1.1 with TLS 1.2, as the runner's older library speaks: a login, and an export of the customers.
curl "${each[@]}" --http1.1 --tls-max 1.2 --data-urlencode user=ci-runner --data-urlencode 'password=fake-ci-password' "$shop/login" \
  --next "${each[@]}" --http1.1 --tls-max 1.2 "$shop/export?rows=120"
unset SSLKEYLOGFILE
web_end "$LAB/all.pcap"
tcpdump -r "$LAB/all.pcap" --time-stamp-precision=nano -Z "$(id -un)" -w "$LAB/web.pcap" "port $HTTPS_PORT" 2>/dev/null

mkdir -p "$LAB/files"
tar -xzf "$archive" -C "$LAB/files"
"$LAB_PYTHON" scripts/lab/relocate.py --start 2026-11-20T02:18:44Z --lasts 21 --pause 20 --server 10.20.0.8:443 \
  --move 127.0.0.21=10.20.9.41 "$LAB/web.pcap" "$LAB/files/proxy-443-20261120T021844Z.pcap"
cp "$LAB/keys.log" "$LAB/files/proxy-443.keys"
lab_archive "$archive" "$LAB/files"
