#!/usr/bin/env bash
# Makes a capture of HTTPS with nginx and curl (TLS 1.3, AES-256-GCM, HTTP/1.1 on connections that last), and prints its path;
# the key log lies beside it under the same name with .keylog.
#   Benchmarks/make-https.sh MEGABYTES [REAL_MEGABYTES]
# REAL_MEGABYTES (64 if not given) are recorded: answers of 2 KB (half of the requests), 16 KB and 256 KB. What is still missing
# is made of copies with other addresses and later times (multiply.py); their keys are those of the original.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$ROOT/scripts/lab/lab.sh"
size=${1:?usage: Benchmarks/make-https.sh MEGABYTES [REAL_MEGABYTES]}
real=${2:-64}
[ "$real" -le "$size" ] || real=$size
out=$EXHIBIT_BENCH/https-$size.pcap
recorded=$EXHIBIT_BENCH/https-real-$real.pcap

if [ ! -s "$recorded" ] || [ ! -s "${recorded%.pcap}.keylog" ]; then
  lab_begin
  lab_tls
  port=$(lab_free_port 8443)
  mkdir -p "$LAB/nginx" "$LAB/www"
  chmod 755 "$LAB/www"
  # Text like JSON, other in each file: it compresses as such answers do.
  "$LAB_PYTHON" - "$LAB/www" <<'PY'
import json, random, sys
random.seed(7)
for kind, size in (("small", 2_000), ("middle", 16_000), ("large", 256_000)):
    for number in range(40):
        rows, text = [], ""
        while len(text) < size:
            rows.append({"id": random.randrange(10**9), "email": "user%d@example.org" % random.randrange(10**6),
                         "total": "%.2f" % random.uniform(1, 500), "note": random.randbytes(12).hex()})
            if len(rows) % 16 == 0:
                text = json.dumps(rows)
        with open(f"{sys.argv[1]}/{kind}-{number}.json", "w") as file:
            file.write(text[:size])
PY
  cat >"$LAB/nginx/nginx.conf" <<CONF
worker_processes 1;
pid $LAB/nginx/pid;
error_log $LAB/nginx/error.log;
events { worker_connections 256; }
http {
  access_log off;
  types { application/json json; }
  keepalive_requests 100000;
  client_body_temp_path $LAB/nginx/body; proxy_temp_path $LAB/nginx/proxy; fastcgi_temp_path $LAB/nginx/fastcgi;
  uwsgi_temp_path $LAB/nginx/uwsgi; scgi_temp_path $LAB/nginx/scgi;
  server {
    listen 127.0.0.1:$port ssl;
    ssl_certificate $LAB/tls/server.pem;
    ssl_certificate_key $LAB/tls/server.key;
    root $LAB/www;
  }
}
user root;
CONF
  [ "$(id -u)" = 0 ] || sed -i '/^user root;$/d' "$LAB/nginx/nginx.conf"
  nginx -c "$LAB/nginx/nginx.conf" -g 'daemon off;' >"$LAB/nginx/out" 2>&1 &
  LAB_PROCESSES+=($!)
  lab_until 20 "nginx" curl -ksf -o /dev/null "https://127.0.0.1:$port/small-1.json"
  LAB_PORTS=$port
  lab_capture
  while [ "$(stat -c %s "$LAB/capture/raw.pcap")" -lt $((real * 1000000)) ]; do
    SSLKEYLOGFILE=$LAB/keys.log curl -sS --http1.1 --noproxy '*' --cacert "$LAB/tls/authority.pem" -A agent/1.0 \
      -H 'Authorization: Bearer fake-agent-token-0123456789abcdef' \
      "https://127.0.0.1:$port/small-[0-39].json" "https://127.0.0.1:$port/middle-[0-39].json" \
      "https://127.0.0.1:$port/small-[0-39].json?page=2" "https://127.0.0.1:$port/large-[0-19].json" >/dev/null
  done
  lab_captured "$recorded"
  cp "$LAB/keys.log" "${recorded%.pcap}.keylog"
fi
if [ ! -s "$out" ]; then
  "$EXHIBIT_VENV/bin/python" "$BENCHMARKS/multiply.py" --megabytes "$size" "$recorded" "$out.part" >&2
  cp "${recorded%.pcap}.keylog" "${out%.pcap}.keylog"
  mv "$out.part" "$out"
fi
echo "$out"
