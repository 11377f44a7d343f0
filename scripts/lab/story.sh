#!/usr/bin/env bash
# Remakes samples/story: plays scripts/lab/story.py against a real PostgreSQL server, a real sshd and nginx, records it, moves the
# recording and the agents' transcripts to the hosts and the hour of the story, loses eight seconds of one host, and leaves
# files of two minutes each.
#   scripts/lab/story.sh [SECONDS]     how long the ten minutes take to play; 100 if not given
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh
. "$LAB_SCRIPTS/ssh/ssh.sh"
. "$LAB_SCRIPTS/ssh/home.sh"
. "$LAB_SCRIPTS/web/web.sh"

out=samples/story
lab_begin
openssl req -new -x509 -days 30 -nodes -newkey rsa:2048 -subj /CN=db01.shop.example \
  -keyout "$LAB/server.key" -out "$LAB/server.crt" 2>"$LAB/openssl.log"
[ "$(id -u)" != 0 ] || chown postgres "$LAB/server.key"
chmod 600 "$LAB/server.key"
lab_postgres "listen_addresses='127.0.0.1,127.0.0.11,127.0.0.12,127.0.0.21,127.0.0.31,127.0.0.41,127.0.0.51,127.0.0.61'" \
  ssl=on "ssl_cert_file='$LAB/server.crt'" "ssl_key_file='$LAB/server.key'" autovacuum=off
lab_admin -f - <scripts/lab/story.sql
lab_hba 'host all all 127.0.0.0/8 scram-sha-256'

# The runner's and the bastion's homes, and the repository on the application's host.
mkdir -p "$LAB/runner/bin" "$LAB/bastion/shop" "$LAB/pace"
printf '[user]\n  name = Contractor Agent\n  email = agent@contractor.example\n[init]\n  defaultBranch = main\n[safe]\n  directory = *\n' \
  >"$LAB/runner/.gitconfig"
printf '#!/bin/sh\nexec %s "$@"\n' "$LAB_PYTHON" >"$LAB/runner/bin/python3"
# What waits does so at the pace of the play.
printf '#!/bin/sh\nexec /bin/sleep "$(awk -v seconds="$1" -v pace="$STORY_PACE" '"'BEGIN { print seconds * pace }'"')"\n' >"$LAB/runner/bin/sleep"
chmod 755 "$LAB"/runner/bin/*
printf 'import os\nimport time\n\nwait = time.sleep\ntime.sleep = lambda seconds: wait(seconds * float(os.environ.get("STORY_PACE", "1")))\n' \
  >"$LAB/pace/sitecustomize.py"
SSH_LAB_ADDRESS=127.0.0.21 ssh_begin
ssh_home
bare=$LAB/home/git/shop.git
(
  export HOME=$LAB/runner GIT_AUTHOR_DATE=2026-11-18T15:20:00Z GIT_COMMITTER_DATE=2026-11-18T15:20:00Z
  git init -q --bare "$bare"
  git init -q "$LAB/first"
  mkdir "$LAB/first/migrations"
  echo 'ALTER TABLE customers ADD COLUMN city text;' >"$LAB/first/migrations/0041.sql"
  git -C "$LAB/first" add -A
  git -C "$LAB/first" -c user.name='Dana' -c user.email=dana@shop.example commit -qm 'Migration 0041, reviewed in CHG-1188'
  git -C "$LAB/first" push -q "$bare" main 2>/dev/null
  git clone -q "$bare" "$LAB/runner/shop"
  git -C "$LAB/runner/shop" remote set-url origin app.internal:~/git/shop.git
)
printf '[safe]\n  directory = *\n' >"$LAB/home/.gitconfig"

WEB_ADDRESS=127.0.0.21 WEB_MORE_PORTS="$PGPORT $SSH_PORT" web_begin
"$LAB_PYTHON" scripts/lab/story.py --port "$PGPORT" --https "$HTTPS_PORT" --seconds "${1:-100}" --bin "$PGBIN" --work "$LAB" \
  --transcripts "$LAB/transcripts"
grep -q 4242424242424242 "$LAB/nightly.sql" || lab_die "the backup should hold the card numbers"
web_end "$LAB/all.pcap"
lab_stop_postgres
tcpdump -r "$LAB/all.pcap" --time-stamp-precision=nano -Z "$(id -un)" -w "$LAB/loopback.pcap" \
  "port $PGPORT or port $HTTPS_PORT or port $SSH_PORT" 2>/dev/null

"$LAB_PYTHON" scripts/lab/relocate.py --start 2026-11-20T02:14:00Z --lasts 599 --pause 20 --clock "$LAB/clock.json" \
  --server "$PGPORT=10.20.0.5:5432" --server "$HTTPS_PORT=10.20.0.8:443" --server "$SSH_PORT=10.20.1.11:22" \
  --move 127.0.0.11=10.20.1.11 --move 127.0.0.12=10.20.1.12 --move 127.0.0.21=10.20.9.41 --move 127.0.0.31=10.20.0.7 \
  --move 127.0.0.41=10.20.8.15 --move 127.0.0.51=10.20.1.30 --move 127.0.0.61=10.20.3.20 \
  "$LAB/loopback.pcap" "$LAB/moved.pcap"
"$LAB_PYTHON" scripts/lab/damage.py --lose 315 323 --host 10.20.1.11 --manifest "$LAB/lost.json" "$LAB/moved.pcap" "$LAB/lost.pcap"
jq -e '[.lost[] | select(.bytes > 0)] | length >= 4' "$LAB/lost.json" >/dev/null || lab_die "too little was lost: play it again"
"$LAB_PYTHON" scripts/lab/rotate.py --seconds 120 --port 5432 --prefix db01-5432 "$LAB/lost.pcap" "$LAB/files"
"$LAB_PYTHON" scripts/lab/rotate.py --port 443 --prefix proxy-443 "$LAB/lost.pcap" "$LAB/files"
"$LAB_PYTHON" scripts/lab/rotate.py --port 22 --prefix app01-22 "$LAB/lost.pcap" "$LAB/files"
# Who keeps which secrets: the operator of the proxy those of TLS, the runner those of SSH.
grep SHARED_SECRET "$LAB/keys.log" >"$LAB/files/app01-22.keys"
grep -v SHARED_SECRET "$LAB/keys.log" >"$LAB/files/proxy-443.keys"
lab_archive "$out/evidence.tar.gz" "$LAB/files"

mv "$LAB/transcripts/runner/claude" "$LAB/transcripts/runner/.claude"
mv "$LAB/transcripts/bastion/codex" "$LAB/transcripts/bastion/.codex"
"$LAB_PYTHON" scripts/lab/retell.py --clock "$LAB/clock.json" "$LAB/transcripts"
! grep -rqE "$LAB|127\.0\.0\." "$LAB/transcripts" || lab_die "a transcript has a path or an address of the laboratory"
rm -rf "$out/transcripts"
cp -r "$LAB/transcripts" "$out/transcripts"
mkdir "$LAB/database"
cp "$LAB"/files/db01-* "$LAB/database"
PGPORT=5432 lab_facts "$out/README.md" "$LAB/database" driver
