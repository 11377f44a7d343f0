#!/usr/bin/env bash
# SSLRequest accepted: from then on the session is opaque. The server's certificate is made on the spot and thrown away.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
openssl req -new -x509 -days 30 -nodes -newkey rsa:2048 -subj /CN=db.example.test \
  -keyout "$LAB/server.key" -out "$LAB/server.crt" 2>"$LAB/openssl.log"
[ "$(id -u)" != 0 ] || chown postgres "$LAB/server.key"
chmod 600 "$LAB/server.key"
lab_postgres ssl=on "ssl_cert_file='$LAB/server.crt'" "ssl_key_file='$LAB/server.key'"
lab_capture
PGSSLMODE=require "$PGBIN/psql" -X -c 'CREATE TABLE unseen (id integer)' -c 'INSERT INTO unseen VALUES (1)' >/dev/null
PGSSLMODE=disable "$PGBIN/psql" -X -c 'SELECT count(*) FROM unseen' >/dev/null
lab_captured input.pcap
lab_stop_postgres
lab_account server.jsonl
lab_facts README.md input.pcap
