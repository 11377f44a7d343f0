#!/usr/bin/env bash
# wrk straight to nginx, through nginx and HAProxy as proxies that keep connections to it, and through the gateway with its recording
# batched and strict: requests a second and their ratio to nginx as a proxy, the median and the ninety-ninth hundredth of latency, and the
# proxy's own processor time for each request. The ways take turns; what is shown is the median of the rounds.
#   Benchmarks/gateway-web.sh [SECONDS [ROUNDS [CONNECTIONS…]]]      3, 3, 1 16 256
#   Benchmarks/gateway-web.sh --smoke                                that it runs: one short round
# EXHIBIT names the binary to measure; otherwise this checkout is built. BEFORE names another one that takes turns with it, batched.
# Each request asks for another query, or with SAME=1 for the same again. WAYS and SIZES name some of them. All run on one machine and share its cores.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$ROOT/scripts/lab/lab.sh"
[ "${1:-}" = --smoke ] && set -- 1 1 4
seconds=${1:-3} rounds=${2:-3}
shift $(($# < 2 ? $# : 2))
connections=("$@")
[ ${#connections[@]} -gt 0 ] || connections=(1 16 256)
bench_exhibit
PATH=$PATH:/usr/sbin
command -v wrk nginx haproxy >/dev/null || bench_die "no wrk, nginx or haproxy: run scripts/setup.sh --tests"
. "$ROOT/scripts/lab/gateway.sh"
lab_begin
read -r -a ways <<<"${WAYS:-direct nginx haproxy ${BEFORE:+before }batched strict}"
read -r -a sizes <<<"${SIZES:-1kB 100kB}"
declare -A port process secret

mkdir -p "$LAB/files"
for size in 1 100; do
  head -c "${size}000" /dev/urandom | base64 -w 76 >"$LAB/files/${size}kB"
  truncate -s "${size}000" "$LAB/files/${size}kB"
done
chmod -R a+rX "$LAB/files"
# No request is like another, so that each is judged for itself, unless SAME is set.
cat >"$LAB/wrk.lua" <<'LUA'
local count = 0
function request()
  count = count + 1
  return wrk.format(nil, os.getenv("SAME") and wrk.path or wrk.path .. "?n=" .. count)
end
LUA

web_nginx() { # NAME, the server's own lines on stdin
  mkdir -p "$LAB/$1"
  port[$1]=$(lab_free_port 8080)
  cat >"$LAB/$1/nginx.conf" <<CONF
daemon off;
master_process off;
pid $LAB/$1/pid;
error_log $LAB/$1/error.log;
events { worker_connections 2048; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  client_body_temp_path $LAB/$1/body;
  proxy_temp_path $LAB/$1/proxy;
  fastcgi_temp_path $LAB/$1/fastcgi;
  uwsgi_temp_path $LAB/$1/uwsgi;
  scgi_temp_path $LAB/$1/scgi;
  $(cat)
}
CONF
  sed -i "s/PORT/${port[$1]}/" "$LAB/$1/nginx.conf"
  nginx -c "$LAB/$1/nginx.conf" 2>"$LAB/$1/start.log" &
  process[$1]=$!
  LAB_PROCESSES+=("${process[$1]}")
  lab_until 20 "nginx" curl -sf -o /dev/null "http://127.0.0.1:${port[$1]}/1kB"
}

web_nginx direct <<CONF
open_file_cache max=16;
  server { listen 127.0.0.1:PORT backlog=1024; root $LAB/files; default_type text/plain; }
CONF
server=${port[direct]}
web_nginx nginx <<CONF
upstream app { server 127.0.0.1:$server; keepalive 256; keepalive_requests 100000000; }
  proxy_http_version 1.1;
  proxy_buffers 16 16k;
  server { listen 127.0.0.1:PORT backlog=1024; location / { proxy_pass http://app; proxy_set_header Connection ""; } }
CONF
port[haproxy]=$(lab_free_port 8081)
cat >"$LAB/haproxy.cfg" <<CONF
global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen web
  bind 127.0.0.1:${port[haproxy]}
  http-reuse always
  server app 127.0.0.1:$server
CONF
haproxy -db -f "$LAB/haproxy.cfg" >"$LAB/haproxy.log" 2>&1 &
process[haproxy]=$!
LAB_PROCESSES+=("${process[haproxy]}")
lab_until 20 "haproxy" curl -sf -o /dev/null "http://127.0.0.1:${port[haproxy]}/1kB"

now=$EXHIBIT
for way in "${ways[@]}"; do
  case $way in direct | nginx | haproxy) continue ;; esac
  durability=${way/before/batched}
  EXHIBIT=$now
  [ "$way" != before ] || EXHIBIT=$BEFORE
  lab_web_files "$way" "$durability" "http://127.0.0.1:$server"
  lab_gateway_listens "$way"
  port[$way]=$GATEWAY_PORT process[$way]=$GATEWAY_PROCESS secret[$way]=$GATEWAY_SECRET
done

ticks() { awk '{ sub(/.*\) /, ""); print $12, $13 }' "/proc/$1/stat"; } # PROCESS: user, system
micro() { awk '{ v = $1 + 0; if ($1 ~ /us$/) u = 1; else if ($1 ~ /ms$/) u = 1e3; else if ($1 ~ /m$/) u = 6e7; else u = 1e6; printf "%d", v * u }' <<<"$1"; }
median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
hertz=$(getconf CLK_TCK)

# run WAY SIZE CONNECTIONS: a line of requests a second, median and hundredth in µs, user and system in µs for each request
run() {
  local out=$LAB/wrk.out user system user2 system2 requests
  read -r user system < <(ticks "${process[$1]}")
  wrk -t 1 -c "$3" -d "${seconds}s" --latency -s "$LAB/wrk.lua" -H "Authorization: Bearer ${secret[$1]:-none}" "http://127.0.0.1:${port[$1]}/$2" >"$out"
  read -r user2 system2 < <(ticks "${process[$1]}")
  ! grep -E 'Non-2xx|Socket errors' "$out" >&2 || bench_die "not all requests through $1 were answered"
  requests=$(awk '/requests in/ { print $1 }' "$out")
  [ "$requests" -gt 0 ] || bench_die "no request through $1 was answered"
  echo "$(awk '/^Requests\/sec/ { print $2 }' "$out") $(micro "$(awk '$1 == "50%" { print $2 }' "$out")")" \
    "$(micro "$(awk '$1 == "99%" { print $2 }' "$out")")" \
    "$(awk -v u=$((user2 - user)) -v s=$((system2 - system)) -v h="$hertz" -v n="$requests" 'BEGIN { print u / h * 1e6 / n, s / h * 1e6 / n }')"
}

echo "$(bench_machine); $(bench_versions)"
echo "$(nginx -v 2>&1 | sed 's/.*: //'), $(haproxy -v | head -n 1 | cut -d' ' -f1-3), $(wrk -v 2>&1 | head -n 1 | cut -d' ' -f1-2); $rounds rounds of $seconds s"
printf '%-6s %11s  %-8s %10s %8s %8s %8s %9s %8s %10s\n' size connections way requests/s of-nginx p50-us p99-us added-p99 user-us system-us
for size in "${sizes[@]}"; do
  for count in "${connections[@]}"; do
    rm -f "$LAB"/figures.*
    for ((round = 0; round < rounds; round++)); do
      for way in "${ways[@]}"; do run "$way" "$size" "$count" >>"$LAB/figures.$way"; done
    done
    for way in "${ways[@]}"; do
      for column in 1 2 3 4 5; do cut -d' ' -f$column "$LAB/figures.$way" | median; done | tr '\n' ' '
      echo "$way"
    done | awk -v size="$size" -v count="$count" '
      { rate[NR] = $1; half[NR] = $2; tail[NR] = $3; user[NR] = $4; kernel[NR] = $5; way[NR] = $6; by[$6] = NR }
      END {
        for (i = 1; i <= NR; i++) {
          ratio = "nginx" in by ? sprintf("%.2f", rate[i] / rate[by["nginx"]]) : "-"
          added = "direct" in by ? sprintf("%+d", tail[i] - tail[by["direct"]]) : "-"
          printf "%-6s %11d  %-8s %10.0f %8s %8d %8d %9s %8.1f %10.1f\n", size, count, way[i], rate[i], ratio, half[i], tail[i], added, user[i], kernel[i]
        }
      }'
  done
done
for way in "${ways[@]}"; do
  line="$way: $(awk '/VmHWM/ { printf "%d", $2 / 1024 }' "/proc/${process[$way]}/status") MB of memory at most"
  [ ! -d "$LAB/$way/recording" ] || line+=", $(du -sm "$LAB/$way/recording" | cut -f1) MB recorded"
  echo "$line"
done
for way in "${ways[@]}"; do
  [ -z "${secret[$way]:-}" ] || { kill "${process[$way]}" && wait "${process[$way]}" || true; }
done
