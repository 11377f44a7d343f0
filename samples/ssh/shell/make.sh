#!/usr/bin/env bash
# An interactive bash: history, completion, editing keys, a paste, a password prompt, psql, vim, less, a resized window.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
. "$LAB_SCRIPTS/ssh/ssh.sh"
. "$LAB_SCRIPTS/ssh/home.sh"
lab_begin
lab_postgres
lab_admin -c "CREATE ROLE shop LOGIN PASSWORD 'fake-shop-password'" -c 'CREATE DATABASE shop OWNER shop'
lab_hba 'host all all 127.0.0.1/32 scram-sha-256'
ssh_begin
ssh_home "export PGHOST=127.0.0.1 PGPORT=$PGPORT PGSSLMODE=disable PGGSSENCMODE=disable"
LAB_PORTS=$SSH_PORT
lab_capture
ssh_python "$SSH_LAB/typist.py" "$SSH_PORT" "$LAB/ssh/user" "$SSH_LAB_USER" "$LAB/screen" <"$here/script.tsv"
ssh_end "$here/input.pcap"
cp "$LAB/keys.log" "$here/keys.log"
lab_stop_postgres
