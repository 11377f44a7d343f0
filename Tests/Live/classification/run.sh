#!/usr/bin/env bash
# Runs every statement of statements/*.sql on a real server, and compares what changed with what exhibit says of it.
#   run.sh [--all] [--only REGEX] [--keep FOLDER] [EXHIBIT]
# --all lists the unknown and the over-cautious too; --keep leaves capture.pcap, truth.jsonl and actions.jsonl.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
all=() only=() keep= exhibit=$here/../../../.build/debug/exhibit
while [ $# -gt 0 ]; do
  case $1 in
    --all) all=(--all); shift ;;
    --only) only=(--only "$2"); shift 2 ;;
    --keep) keep=$2; shift 2 ;;
    *) exhibit=$1; shift ;;
  esac
done
lab_begin
# Nothing of the server's own accord; nothing waits for long.
lab_postgres autovacuum=off wal_level=logical max_prepared_transactions=5 lock_timeout=10s statement_timeout=60s \
  checkpoint_timeout=1h max_wal_size=4GB log_statement=none full_page_writes=off synchronous_commit=off max_connections=40
mkdir "$LAB/files" "$LAB/files/space"
printf '%s\ttext\n' 21 22 >"$LAB/files/rows"
echo 'a file of the server' >"$LAB/files/readable"
if [ "$(id -u)" = 0 ]; then chown -R postgres "$LAB/files"; fi
# Every command that psql has help for.
lab_admin -c '\h *' | sed -n 's/^Command: *//p' >"$LAB/commands"
lab_capture
"$LAB_PYTHON" "$here/run.py" run --socket "$LAB/socket" --files "$LAB/files" --truth "$LAB/truth.jsonl" ${only[@]+"${only[@]}"}
lab_captured "$LAB/capture.pcap"
lab_stop_postgres
"$exhibit" ingest "$LAB/capture.pcap" --case "$LAB/case.exhibit" >/dev/null
"$exhibit" actions --case "$LAB/case.exhibit" --format json >"$LAB/actions.jsonl"
if [ -n "$keep" ]; then mkdir -p "$keep"; cp "$LAB"/{capture.pcap,truth.jsonl,actions.jsonl} "$keep"; fi
"$LAB_PYTHON" "$here/run.py" compare --truth "$LAB/truth.jsonl" --actions "$LAB/actions.jsonl" --commands "$LAB/commands" ${all[@]+"${all[@]}"}
