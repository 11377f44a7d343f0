#!/usr/bin/env bash
# Remakes samples/story/evidence.tar.gz: plays scripts/lab/story.py against a real server, records it, moves the recording to
# the hosts and the hour of the story, loses eight seconds of one host, and leaves files of two minutes each.
#   scripts/lab/story.sh [SECONDS]     how long the ten minutes take to play; 100 if not given
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh

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
lab_capture
"$LAB_PYTHON" scripts/lab/story.py --port "$PGPORT" --seconds "${1:-100}" --bin "$PGBIN" --work "$LAB"
grep -q 4242424242424242 "$LAB/nightly.sql" || lab_die "the backup should hold the card numbers"
lab_captured "$LAB/loopback.pcap"
lab_stop_postgres

"$LAB_PYTHON" scripts/lab/relocate.py --start 2026-11-20T02:14:00Z --lasts 599 --pause 20 --server 10.20.0.5:5432 \
  --move 127.0.0.11=10.20.1.11 --move 127.0.0.12=10.20.1.12 --move 127.0.0.21=10.20.9.41 --move 127.0.0.31=10.20.0.7 \
  --move 127.0.0.41=10.20.8.15 --move 127.0.0.51=10.20.1.30 --move 127.0.0.61=10.20.3.20 \
  "$LAB/loopback.pcap" "$LAB/moved.pcap"
"$LAB_PYTHON" scripts/lab/damage.py --lose 315 323 --host 10.20.1.11 --manifest "$LAB/lost.json" "$LAB/moved.pcap" "$LAB/lost.pcap"
jq -e '[.lost[] | select(.bytes > 0)] | length >= 4' "$LAB/lost.json" >/dev/null || lab_die "too little was lost: play it again"
"$LAB_PYTHON" scripts/lab/rotate.py --seconds 120 --prefix db01-5432 "$LAB/lost.pcap" "$LAB/files"
lab_archive "$out/evidence.tar.gz" "$LAB/files"
scripts/lab/story-web.sh
scripts/lab/story-ssh.sh
PGPORT=5432 lab_facts "$out/README.md" "$LAB/files" driver
