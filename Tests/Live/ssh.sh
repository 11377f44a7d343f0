#!/usr/bin/env bash
# Records OpenSSH's server with its own client, asyncssh, scp, sftp, rsync, git and psql.
#   ssh.sh FOLDER            leaves capture.pcap, keys.log, account.json (what both ends saw), server.jsonl (PostgreSQL's log)
#   ssh.sh FOLDER --matrix   the same for ciphers, MACs, compression and rekeying with a transfer of 5 MB each
set -euo pipefail
out=$1
live=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$live/../../scripts/lab/lab.sh"
. "$LAB_SCRIPTS/ssh/ssh.sh"
lab_begin
if [ "${2:-}" = --matrix ]; then
  ssh_begin "Ciphers +aes128-cbc,aes192-cbc,aes256-cbc" "MACs +hmac-sha1,hmac-sha1-etm@openssh.com"
  LAB_PORTS=$SSH_PORT
  lab_capture
  "$LAB_PYTHON" "$live/ssh_matrix.py" "$LAB" "$SSH_PORT" "$out/account.json"
else
  lab_postgres
  ssh_begin
  SSH_PASSWORD_PORT=$(lab_free_port 2223)
  LAB_PORTS="$SSH_PORT $SSH_PASSWORD_PORT"
  lab_capture
  ssh_python "$live/ssh_sessions.py" "$LAB" "$SSH_PORT" "$SSH_PASSWORD_PORT" "$out/account.json"
fi
ssh_end "$out/capture.pcap"
cp "$LAB/keys.log" "$out/"
if [ -n "${LAB_PGDATA:-}" ]; then
  lab_stop_postgres
  lab_account "$out/server.jsonl"
fi
