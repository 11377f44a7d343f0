#!/usr/bin/env bash
# pg_dump of a small database and pg_restore into another.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
lab_postgres
lab_admin -f - <schema.sql
lab_admin -c 'CREATE DATABASE restored'
lab_capture
PGAPPNAME=nightly-dump "$PGBIN/pg_dump" -d postgres -n warehouse -Fc -f "$LAB/dump"
"$PGBIN/pg_restore" -d restored --single-transaction "$LAB/dump"
"$PGBIN/psql" -X -d restored -c 'SELECT count(*) FROM warehouse.items' >/dev/null
lab_captured "$LAB/input.pcap"
lab_stop_postgres
lab_account server.jsonl
gzip -9nc "$LAB/input.pcap" >input.pcap.gz
lab_facts README.md "$LAB/input.pcap"
