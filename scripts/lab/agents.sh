#!/usr/bin/env bash
# The laboratory of attribution: scripted agents with real tools against a real PostgreSQL, sshd and web server, recorded, with
# genuine transcripts and the truth of who did what. What it leaves in OUT is told in agents/README.md.
#
#   scripts/lab/agents.sh OUT [option ...]
#     --seed N             what is asked and done, and all ids that do not hold a time (1)
#     --scale X            more or fewer conversations: 1 is 48 of them; `--scale smoke` takes 20 seconds
#     --conversations N    exactly so many
#     --turns N            prompts of each (4)
#     --workers N          conversations at the same time (14)
#     --pace X             how long the agents think: 3.2 is twice as long (1.6)
#     --noise X            how busy those are whom no transcript explains: 0 is nobody (1)
#     --with-ids           ids on the wire as a platform team would put them there; else there are none
#     --hooks              everything goes through a gateway, which records it, and the agents have its hooks
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
. "$LAB_SCRIPTS/ssh/ssh.sh"
. "$LAB_SCRIPTS/ssh/home.sh"
AGENTS=$LAB_SCRIPTS/agents

usage() { sed -n '2,/^set /{s/^# \{0,1\}//;/^set /!p}' "${BASH_SOURCE[0]}" >&2; exit 3; }
[ $# -ge 1 ] && [ "${1#-}" = "$1" ] || usage
out=$1
shift
options=() ids=false hooks=false seed=1 conversations=48 turns=4
while [ $# -gt 0 ]; do
  case $1 in
    --with-ids) ids=true; options+=("$1"); shift; continue ;;
    --hooks) hooks=true; shift; continue ;;
    --scale)
      if [ "${2:?}" = smoke ]; then conversations=8 turns=2 options+=(--workers 8 --pace 0.5)
      else conversations=$(awk -v x="$2" 'BEGIN { n = int(48 * x + 0.5); print (n > 0 ? n : 1) }'); fi ;;
    --seed) seed=${2:?}; options+=("$1" "$2") ;;
    --conversations) conversations=${2:?} ;;
    --turns) turns=${2:?} ;;
    --workers | --pace | --noise) options+=("$1" "${2:?}") ;;
    *) usage ;;
  esac
  shift 2
done
options+=(--conversations "$conversations" --turns "$turns")
[ ! -e "$out" ] || [ -z "$(ls -A "$out")" ] || lab_die "$out is not empty"
mkdir -p "$out"
out=$(cd "$out" && pwd)

host=shop.internal
# A proxy has to find it as well.
"$hooks" && host=localhost
lab_begin
begun=$SECONDS
"$LAB_PYTHON" -c 'import alembic, asyncpg, django, psycopg, sqlalchemy' 2>/dev/null ||
  lab_die "the Python environment in $EXHIBIT_VENV lacks a driver or an ORM: run scripts/setup.sh --tests"
cc -shared -fPIC -O2 -o "$LAB/connections.so" "$AGENTS/connections.c" -ldl || lab_die "no C compiler for connections.c"
: >"$LAB/connections.jsonl"
chmod 666 "$LAB/connections.jsonl"

# The database.
lab_postgres max_connections=300 max_worker_processes=2 autovacuum=off
lab_hba 'host all all 127.0.0.0/8 trust'
lab_admin <<'SQL'
CREATE ROLE agent LOGIN;
CREATE ROLE staff;
GRANT pg_read_all_data, pg_write_all_data TO staff;
CREATE ROLE dana LOGIN IN ROLE staff;
CREATE ROLE omar LOGIN IN ROLE staff;
CREATE ROLE lin LOGIN IN ROLE staff;
CREATE ROLE cron LOGIN IN ROLE staff;
CREATE ROLE shop LOGIN IN ROLE staff;
CREATE DATABASE shop OWNER agent;
SQL
{ echo 'SET ROLE agent;'; "$LAB_PYTHON" -c 'import sys; sys.path.insert(0, sys.argv[1]); import world; print(world.SCHEMA)' "$AGENTS"
} | lab_admin -d shop -f - >/dev/null

# The host.
SSH_SFTP_START=$LAB/home
ssh_begin "AcceptEnv TRACEPARENT CLAUDE_CODE_SESSION_ID CODEX_THREAD_ID"
# A name that is nobody's stays nobody's.
sed -i '1i Host *.invalid\n  HostName %h' "$LAB/ssh/config"
if "$ids"; then printf 'Host *\n  SendEnv TRACEPARENT CLAUDE_CODE_SESSION_ID CODEX_THREAD_ID\n' >>"$LAB/ssh/config"; fi
# The wrapper replaces LD_PRELOAD: here the connections are to be known as well.
sed -i "s|LD_PRELOAD=$LAB/ssh/keylog.so|LD_PRELOAD=$LAB/ssh/keylog.so:$LAB/connections.so|" "$LAB/bin/ssh"
ssh_home
# What is run on the host reaches the database from there.
remote=("export PATH=$PGBIN:\$PATH PGHOST=127.0.0.1 PGPORT=$PGPORT PGUSER=agent PGDATABASE=shop PGSSLMODE=disable PGGSSENCMODE=disable TERM=dumb PAGER=cat"
  "export LD_PRELOAD=$LAB/connections.so LAB_CONNECTIONS=$LAB/connections.jsonl LAB_SOURCE=127.0.0.51"
  "unset TRACEPARENT CLAUDE_CODE_SESSION_ID CODEX_THREAD_ID; cd")
printf '%s\n' "${remote[@]}" | tee -a "$LAB/home/.bash_profile" >"$LAB/home/.bashrc"
export HOME=$LAB/dev/dana
for person in dana omar lin cron; do
  mkdir -p "$LAB/dev/$person/work"
  printf '[user]\n  name = %s\n  email = %s@shop.example\n[init]\n  defaultBranch = main\n[safe]\n  directory = *\n' "$person" "$person" \
    >"$LAB/dev/$person/.gitconfig"
done
mkdir -p "$LAB/home/git"
printf '[safe]\n  directory = *\n' >"$LAB/home/.gitconfig"
git init -q --bare "$LAB/home/git/shop.git"
git clone -q "$LAB/home/git/shop.git" "$LAB/first" 2>/dev/null
echo 'price = 10' >"$LAB/first/price.txt"
git -C "$LAB/first" add -A
git -C "$LAB/first" commit -qm Shop
git -C "$LAB/first" push -q origin HEAD 2>/dev/null

# The web server, and the application behind it, whose pool connects as soon as it starts: so the capture comes first.
lab_tls
mkdir -p "$LAB/nginx" "$LAB/curl"
HTTP_PORT=$(lab_free_port 8080)
HTTPS_PORT=$(lab_free_port 8443)
LAB_PORTS="$PGPORT $HTTP_PORT $HTTPS_PORT $SSH_PORT"
"$hooks" || lab_capture
: >"$LAB/shop.jsonl"
LAB_SOURCE=127.0.0.41 LAB_CALL=application LAB_CONNECTIONS=$LAB/connections.jsonl LD_PRELOAD=$LAB/connections.so lab_start shop \
  "$LAB_PYTHON" "$AGENTS/shop.py" "$LAB/shop.socket" "$LAB/shop.jsonl" "host=127.0.0.1 port=$PGPORT user=shop dbname=shop"
chmod 666 "$LAB/shop.socket"
cat >"$LAB/nginx/nginx.conf" <<CONF
worker_processes 1;
pid $LAB/nginx/pid;
error_log $LAB/nginx/error.log;
events { worker_connections 512; }
http {
  log_format account escape=json '{"client": "\$remote_addr:\$remote_port", "server": "\$server_addr:\$server_port", "at": "\$msec", '
    '"took": "\$request_time", "method": "\$request_method", "target": "\$request_uri", "host": "\$http_host", "scheme": "\$scheme", '
    '"status": \$status, "ordinal": \$connection_requests, "request": "\$request_id"}';
  access_log $LAB/nginx/access.jsonl account;
  server_tokens off;
  client_body_temp_path $LAB/nginx/body;
  proxy_temp_path $LAB/nginx/proxy;
  fastcgi_temp_path $LAB/nginx/fastcgi;
  uwsgi_temp_path $LAB/nginx/uwsgi;
  scgi_temp_path $LAB/nginx/scgi;
  upstream shop { server unix:$LAB/shop.socket; keepalive 8; }
  server {
    listen 127.0.0.1:$HTTP_PORT;
    listen 127.0.0.1:$HTTPS_PORT ssl http2;
    server_name shop.internal;
    ssl_certificate $LAB/tls/server.pem;
    ssl_certificate_key $LAB/tls/server.key;
    location / {
      proxy_pass http://shop;
      proxy_http_version 1.1;
      proxy_set_header Host \$http_host;
      proxy_set_header Connection "";
      proxy_set_header X-Request-ID \$request_id;
    }
  }
}
CONF
nginx -c "$LAB/nginx/nginx.conf" -g 'daemon off;' >"$LAB/nginx/out" 2>&1 &
LAB_PROCESSES+=($!)
"$hooks" || printf 'cacert = "%s"\nresolve = "shop.internal:%s:127.0.0.1"\nnoproxy = "*"\n' "$LAB/tls/authority.pem" "$HTTPS_PORT" >"$LAB/curl/.curlrc"
"$hooks" && printf 'cacert = "%s"\n' "$LAB/tls/authority.pem" >"$LAB/curl/.curlrc"
agents_answers() {
  CURL_HOME=$LAB/curl SSLKEYLOGFILE=$LAB/keys.log LAB_CALL=noise:laboratory LAB_CONNECTIONS=$LAB/connections.jsonl \
    LD_PRELOAD=$LAB/connections.so curl -sf "https://$host:$HTTPS_PORT/health" >/dev/null
}
lab_until 20 "nginx" agents_answers

# The developers' tools.
for name in python3 alembic; do printf '#!/bin/sh\nexec %s/bin/%s "$@"\n' "$EXHIBIT_VENV" "$name" >"$LAB/bin/$name"; done
chmod 755 "$LAB/bin"/*
jq -n --arg lab "$LAB" --arg pgbin "$PGBIN" --argjson pg "$PGPORT" --argjson http "$HTTP_PORT" --argjson https "$HTTPS_PORT" \
  --argjson ssh "$SSH_PORT" '{$lab, $pgbin, ports: {$pg, $http, $https, $ssh}}' >"$LAB/settings.json"
if "$hooks"; then . "$AGENTS/gateway.sh"; fi

echo "agents: everything is ready after $((SECONDS - begun)) s" >&2
"$LAB_PYTHON" "$AGENTS/run.py" --settings "$LAB/settings.json" --out "$out" "${options[@]}" || lab_die "not every conversation was played"
if "$hooks"; then
  agents_gateway_recorded "$out"
  lab_stop_postgres
  exit
fi
# The application keeps its connections as long as it lives.
kill "${LAB_PROCESSES[@]}" 2>/dev/null || true
LAB_PROCESSES=()
lab_captured "$out/capture.pcap"
lab_stop_postgres
cp "$LAB/keys.log" "$out/keys.log"
chmod 644 "$out/keys.log"
"$LAB_PYTHON" "$AGENTS/truth.py" "$LAB" "$out" --seed "$seed"
