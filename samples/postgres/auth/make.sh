#!/usr/bin/env bash
# Every way to be let in by PostgreSQL itself, and to be refused. The passwords are made up and used nowhere else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../../scripts/lab/lab.sh
lab_begin
lab_postgres
lab_admin <<'SQL'
SET log_statement = none;
SET password_encryption = 'scram-sha-256';
CREATE ROLE by_scram LOGIN PASSWORD 'fake-scram-password';
CREATE ROLE by_cleartext LOGIN PASSWORD 'fake-clear-password';
CREATE ROLE by_trust LOGIN;
CREATE ROLE rejected LOGIN;
SET password_encryption = 'md5';
CREATE ROLE by_md5 LOGIN PASSWORD 'fake-md5-password';
SQL
lab_hba 'host all by_scram 127.0.0.1/32 scram-sha-256' 'host all by_md5 127.0.0.1/32 md5' \
  'host all by_cleartext 127.0.0.1/32 password' 'host all rejected 127.0.0.1/32 reject' 'host all by_trust 127.0.0.1/32 trust' \
  'host all nobody 127.0.0.1/32 scram-sha-256'
# The client would rather have TLS, and this server has none: SSLRequest is answered N.
export PGSSLMODE=prefer
ask() { PGPASSWORD=$2 "$PGBIN/psql" -X -U "$1" -d "${3:-postgres}" -c 'SELECT current_user' >>"$LAB/psql.log" 2>&1; }
lab_capture
ask by_scram fake-scram-password
ask by_md5 fake-md5-password
ask by_cleartext fake-clear-password
ask by_trust ''
ask by_scram wrong-password && exit 1
ask by_md5 wrong-password && exit 1
ask by_cleartext wrong-password && exit 1
ask nobody some-password && exit 1
ask rejected '' && exit 1
ask by_trust '' no_such_database && exit 1
PGSSLMODE=require ask by_trust '' && exit 1
lab_captured input.pcap
lab_stop_postgres
lab_account server.jsonl
lab_facts README.md input.pcap
