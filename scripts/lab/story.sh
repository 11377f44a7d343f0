#!/usr/bin/env bash
# Remakes samples/story: a contractor's CI job changes production while the application goes on. Real server, real clients.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh
lab_begin
lab_postgres "listen_addresses='*'"
lab_hba 'host all all 127.0.0.0/8 trust' 'hostssl all all 127.0.0.0/8 trust'
openssl req -new -x509 -days 3650 -nodes -subj /CN=db01 -keyout "$LAB/server.key" -out "$LAB/server.crt" 2>/dev/null
chmod 600 "$LAB/server.key"
if [ "$(id -u)" = 0 ]; then chown postgres "$LAB/server.key" "$LAB/server.crt"; fi
lab_admin -c "ALTER SYSTEM SET ssl_key_file = '$LAB/server.key'" -c "ALTER SYSTEM SET ssl_cert_file = '$LAB/server.crt'" \
  -c 'ALTER SYSTEM SET ssl = on' -c 'SELECT pg_reload_conf()' >/dev/null
lab_admin <scripts/lab/story.sql
lab_capture
"$LAB_PYTHON" scripts/lab/story.py
lab_captured "$LAB/all.pcap"
"$LAB_PYTHON" scripts/lab/relocate.py --start 2026-11-20T02:14:00Z --lasts 600 --pause 20 \
  --move 127.0.0.11=10.20.1.11 --move 127.0.0.12=10.20.1.12 --move 127.0.0.17=10.20.2.17 --move 127.0.0.21=10.20.3.21 \
  --move 127.0.0.31=10.20.3.31 --move 127.0.0.41=10.20.4.41 --server 10.20.0.5:5432 "$LAB/all.pcap" "$LAB/moved.pcap"
"$LAB_PYTHON" scripts/lab/damage.py --lose 380 404 --host 10.20.1.11 "$LAB/moved.pcap" "$LAB/lost.pcap"
mkdir "$LAB/rotated"
"$LAB_PYTHON" scripts/lab/rotate.py --seconds 120 --prefix db01 "$LAB/lost.pcap" "$LAB/rotated"
lab_archive samples/story/evidence.tar.gz "$LAB/rotated"
echo "samples/story/evidence.tar.gz: $(lab_versions driver)"
