# What the HTTP samples and the live HTTP test have in common: a shop behind nginx, in the clear and over TLS. Sourced after
# scripts/lab/lab.sh, never run.
#
#   web_begin        the servers on free ports, $LAB/keys.log for the clients' TLS secrets; capturing
#   web_call CASE URL [curl option ...]
#                    one request of curl with the field X-Case, and curl's own account of it in $LAB/calls
#   web_end FILE     stops capturing, leaves the packets in FILE
WEB=$LAB_SCRIPTS/web

web_begin() {
  lab_tls
  : >"$LAB/keys.log"
  : >"$LAB/shop.jsonl"
  mkdir -p "$LAB/calls" "$LAB/git" "$LAB/nginx"
  SHOP_PORT=$(lab_free_port 8081)
  HTTP_PORT=$(lab_free_port 8080)
  HTTPS_PORT=$(lab_free_port 8443)
  lab_start shop "$LAB_PYTHON" "$WEB/shop.py" "$SHOP_PORT" "$LAB/shop.jsonl" "$LAB/git"
  cat >"$LAB/nginx/nginx.conf" <<CONF
worker_processes 1;
pid $LAB/nginx/pid;
error_log $LAB/nginx/error.log;
events { worker_connections 256; }
http {
  access_log off;
  server_tokens off;
  client_body_temp_path $LAB/nginx/body;
  proxy_temp_path $LAB/nginx/proxy;
  fastcgi_temp_path $LAB/nginx/fastcgi;
  uwsgi_temp_path $LAB/nginx/uwsgi;
  scgi_temp_path $LAB/nginx/scgi;
  client_max_body_size 64m;
  upstream shop { server 127.0.0.1:$SHOP_PORT; keepalive 4; }
  server {
    listen 127.0.0.1:$HTTP_PORT;
    listen ${WEB_ADDRESS:-127.0.0.1}:$HTTPS_PORT ssl http2;
    server_name shop.internal;
    ssl_certificate $LAB/tls/server.pem;
    ssl_certificate_key $LAB/tls/server.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / {
      proxy_pass http://shop;
      proxy_http_version 1.1;
      proxy_set_header Host \$http_host;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }
}
CONF
  nginx -c "$LAB/nginx/nginx.conf" -g 'daemon off;' >"$LAB/nginx/out" 2>&1 &
  LAB_PROCESSES+=($!)
  lab_until 20 "nginx" web_answers
  # The application writes its account after it has answered.
  lab_until 20 "the application's account" test -s "$LAB/shop.jsonl"
  : >"$LAB/shop.jsonl"
  LAB_PORTS="$HTTP_PORT $HTTPS_PORT $SHOP_PORT ${WEB_MORE_PORTS:-}"
  LAB_PORTS=${LAB_PORTS% }
  lab_capture
}

web_answers() { curl -sf "http://127.0.0.1:$HTTP_PORT/orders" >/dev/null; }

# https:// goes to nginx by the name of its certificate, with the secrets of the connection in $LAB/keys.log.
web_call() {
  local name=$1 url=$2
  shift 2
  SSLKEYLOGFILE=$LAB/keys.log curl -sS --noproxy '*' --cacert "$LAB/tls/authority.pem" --resolve "shop.internal:$HTTPS_PORT:127.0.0.1" \
    --resolve "shop.internal:$HTTP_PORT:127.0.0.1" -A "agent/1.0" -H "X-Case: $name" -v \
    -D "$LAB/calls/$name.head" -o "$LAB/calls/$name.body" -w '%{json}' "$@" "$url" \
    >"$LAB/calls/$name.json" 2>"$LAB/calls/$name.log" || [ -n "${WEB_MAY_FAIL:-}" ] || {
    cat "$LAB/calls/$name.log" >&2
    lab_die "curl failed: $name"
  }
}

web_end() {
  lab_captured "$1"
}
