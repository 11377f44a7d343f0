#!/usr/bin/env bash
# Sessions that go on while tcpdump begins new files: -G 2, as a rotating capture on a server would.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
lab_postgres
lab_admin -c 'CREATE TABLE beats (n integer, at timestamptz DEFAULT now())'
lab_capture -G 2
for name in first second; do
  # The pauses are the server's: a statement begins in one file and is answered in the next.
  PGAPPNAME="$name long session" "$PGBIN/psql" -X -q -c 'BEGIN' -c 'INSERT INTO beats VALUES (1)' -c 'SELECT pg_sleep(2.5)' \
    -c 'INSERT INTO beats VALUES (2)' -c 'SELECT pg_sleep(2.5)' -c "SELECT repeat('over the edge ', 2000)" \
    -c 'INSERT INTO beats VALUES (3)' -c 'COMMIT' >/dev/null &
done
for number in 1 2 3; do
  PGAPPNAME="short session $number" "$PGBIN/psql" -X -q -c 'SELECT count(*) FROM beats' -c 'SELECT pg_sleep(1.7)' >/dev/null
done
wait $(jobs -p | grep -v "^$LAB_TCPDUMP\$")
mkdir "$LAB/files"
lab_captured_files "$LAB/files"
lab_stop_postgres
lab_account server.jsonl
lab_archive input.tar.gz "$LAB/files"
lab_facts README.md "$LAB/files"
