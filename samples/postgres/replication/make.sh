#!/usr/bin/env bash
# Logical and physical replication, each for a moment.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
lab_postgres wal_level=logical
lab_admin -c 'CREATE TABLE streamed (id integer PRIMARY KEY, word text)'
lab_hba 'host all all 127.0.0.1/32 trust' 'host replication all 127.0.0.1/32 trust'
lab_admin -c 'SELECT pg_switch_wal()' >/dev/null
lab_capture
"$PGBIN/pg_recvlogical" -d postgres -S shown --create-slot -P test_decoding
"$PGBIN/psql" -X -c "INSERT INTO streamed VALUES (1, 'one'), (2, 'zwei')" -c "UPDATE streamed SET word = 'uno' WHERE id = 1" >/dev/null
end=$(lab_admin -c 'SELECT pg_current_wal_lsn()')
"$PGBIN/pg_recvlogical" -d postgres -S shown --start --endpos "$end" -f "$LAB/changes" --no-loop
grep -q uno "$LAB/changes"
"$PGBIN/pg_recvlogical" -d postgres -S shown --drop-slot
mkdir "$LAB/wal"
"$PGBIN/pg_receivewal" -D "$LAB/wal" --endpos "$end" --no-loop
lab_captured "$LAB/input.pcap"
lab_stop_postgres
lab_account server.jsonl
gzip -9nc "$LAB/input.pcap" >input.pcap.gz
lab_facts README.md "$LAB/input.pcap"
