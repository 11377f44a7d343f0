#!/usr/bin/env bash
# Real nginx, HAProxy and sshd at work, and the logs that they write.
#
#   Tests/Live/server_logs.sh DIRECTORY
#
#   DIRECTORY/combined.log, json.log      nginx; haproxy.log where HAProxy is installed
#   DIRECTORY/asked                       the requests as curl sent them: source port, request line, status
#   DIRECTORY/sshd.log                    sshd -E at LogLevel VERBOSE, of two keys, one of them unknown to it
#   DIRECTORY/capture.pcap                all of it on the wire
#   DIRECTORY/key                         the fingerprint of the key that it knows
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh
[ $# -eq 1 ] || { echo "usage: Tests/Live/server_logs.sh DIRECTORY" >&2; exit 3; }
directory=$1
mkdir -p "$directory"
lab_begin

http=$(lab_free_port 8080) front=$(lab_free_port 8081) tcp=$(lab_free_port 8082) ssh=$(lab_free_port 2222)
cat >"$LAB/nginx.conf" <<CONF
worker_processes 1;
pid $LAB/nginx.pid;
error_log $LAB/nginx.error;
events { worker_connections 64; }
http {
  log_format main '\$remote_addr - \$remote_user [\$time_local] "\$request" \$status \$body_bytes_sent "\$http_referer" '
    '"\$http_user_agent" "\$http_x_forwarded_for" rt=\$request_time request_id=\$request_id port=\$remote_port msec=\$msec';
  log_format witness escape=json '{"msec":"\$msec","remote_addr":"\$remote_addr","remote_port":"\$remote_port",'
    '"request":"\$request","status":\$status,"bytes_sent":\$bytes_sent,"request_time":\$request_time,"host":"\$host",'
    '"request_id":"\$request_id","http_user_agent":"\$http_user_agent","remote_user":"\$remote_user"}';
  access_log $LAB/combined.log main;
  access_log $LAB/json.log witness;
  client_body_temp_path $LAB/body; proxy_temp_path $LAB/proxy; fastcgi_temp_path $LAB/fastcgi;
  uwsgi_temp_path $LAB/uwsgi; scgi_temp_path $LAB/scgi;
  server {
    listen 127.0.0.1:$http;
    location / { return 200 "hello\n"; }
    location /missing { return 404; }
    location /secret { return 403; }
  }
}
CONF
nginx -c "$LAB/nginx.conf" -g 'daemon off;' >"$LAB/nginx.out" 2>&1 &
LAB_PROCESSES+=($!)
lab_until 20 nginx curl -sf "http://127.0.0.1:$http/ready"
LAB_PORTS="$http $front $ssh"
lab_capture
: >"$LAB/asked"
ask() { # PORT TARGET [curl option ...]
  local port=$1 target=$2
  shift 2
  curl -s -o /dev/null --path-as-is -w "%{local_port} %{method} $target %{http_code}\n" "$@" "http://127.0.0.1:$port$target" >>"$LAB/asked"
}
targets=('/a?b=c&d=%20e' '/missing/%e6%97%a5' '/secret' "/quote?'single'" '/x?a="b"\c' '/long')
for target in "${targets[@]}"; do ask "$http" "$target" -A 'agent "quoted" \back' -g; done
ask "$http" /post -X POST -d 'a=1' -u 'ann bell:x'
cp "$LAB/asked" "$directory/asked"
cp "$LAB/combined.log" "$LAB/json.log" "$directory"

if command -v haproxy >/dev/null; then
  cat >"$LAB/haproxy.cfg" <<CONF
global
  log stdout format raw local0
defaults
  log global
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend web
  mode http
  option httplog
  capture request header Host len 40
  bind 127.0.0.1:$front
  default_backend app
backend app
  mode http
  server a1 127.0.0.1:$http
listen relay
  mode tcp
  option tcplog
  bind 127.0.0.1:$tcp
  server a1 127.0.0.1:$http
CONF
  TZ=UTC haproxy -db -f "$LAB/haproxy.cfg" >"$LAB/haproxy.log" 2>"$LAB/haproxy.err" &
  LAB_PROCESSES+=($!)
  lab_until 20 haproxy curl -sf "http://127.0.0.1:$front/ready"
  : >"$LAB/asked"
  for target in "${targets[@]}"; do ask "$front" "$target" -g; done
  cp "$LAB/asked" "$directory/asked-haproxy"
  ask "$tcp" /relayed
  lab_until 20 "HAProxy's last line" grep -q ' relay ' "$LAB/haproxy.log"
  cp "$LAB/haproxy.log" "$directory"
fi

if [ "$(id -u)" = 0 ]; then mkdir -p /run/sshd; fi
for key in host user other; do ssh-keygen -q -t ed25519 -N '' -C "$key" -f "$LAB/$key"; done
cp "$LAB/user.pub" "$LAB/authorized_keys"
chmod 600 "$LAB/authorized_keys"
cat >"$LAB/sshd.conf" <<CONF
ListenAddress 127.0.0.1:$ssh
HostKey $LAB/host
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
AuthorizedKeysFile $LAB/authorized_keys
LogLevel VERBOSE
Subsystem sftp internal-sftp
CONF
/usr/sbin/sshd -D -E "$LAB/sshd.log" -f "$LAB/sshd.conf" &
LAB_PROCESSES+=($!)
options=(-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes -o BatchMode=yes -F none -p "$ssh")
lab_until 20 sshd grep -qs 'Server listening' "$LAB/sshd.log"
who=$(id -un)
ssh -n -i "$LAB/user" "${options[@]}" "$who@127.0.0.1" true 2>/dev/null
echo exit | timeout 20 ssh -tt -i "$LAB/user" "${options[@]}" "$who@127.0.0.1" >/dev/null 2>&1 || true
timeout 20 ssh -n -s -i "$LAB/user" "${options[@]}" "$who@127.0.0.1" sftp >/dev/null 2>&1 || true
ssh -n -i "$LAB/other" "${options[@]}" "$who@127.0.0.1" true 2>/dev/null || true
ssh -n -i "$LAB/user" "${options[@]}" -l 'nobody here' 127.0.0.1 true 2>/dev/null || true
lab_until 20 "sshd to tell of the last end" grep -Eqs "(closed by|isconnected from|reset by) invalid user nobody here" "$LAB/sshd.log"
cp "$LAB/sshd.log" "$directory"
lab_captured "$directory/capture.pcap"
ssh-keygen -lf "$LAB/user.pub" | cut -d' ' -f2 >"$directory/key"
