#!/usr/bin/env bash
# What it takes to hold a server's log against a capture: an ingest without the log, and with it.
#   Benchmarks/reconcile.sh [CAPTURE]     of make-pgbench.sh; one of 600 MB (about 900,000 records) if not given
# The log is made of the case itself, a csvlog with a record for each statement and one in 1,000 left out on either side, so
# that what must be found is known. EXHIBIT names the binary to measure; otherwise this checkout is built.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
bench_exhibit
capture=${1:-$("$BENCHMARKS/make-pgbench.sh" 600 40)}
work=$(mktemp -d "$EXHIBIT_BENCH/reconcile.XXXXXX")
trap 'rm -rf "$work"' EXIT
"$EXHIBIT" ingest "$capture" --case "$work/first.exhibit" --quiet
python3 - "$work/first.exhibit" >"$work/server.csv" <<'PY'
import csv, datetime, sqlite3, sys
case = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
out = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL, lineterminator="\n")
rows = case.execute("""SELECT a.started_ns, s.user, s.target, s.client, s.id, a.seq, a.text FROM actions a
  JOIN sessions s ON s.id = a.session_id WHERE a.kind IN ('sql', 'copy') ORDER BY a.started_ns, a.id""")
sessions = {}
for count, (at, user, target, client, session, seq, text) in enumerate(rows):
    if count % 1000 == 7:
        continue
    number = sessions.setdefault(session, len(sessions) + 1)
    if count % 1000 == 500:
        text = f"DELETE FROM unseen WHERE id = {count}"
    time = datetime.datetime.fromtimestamp(at / 1e9, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + " UTC"
    began = time
    sys.stdout.write(f'{time},"{user}","{target}",{number},"{client}",6b000000.{number:x},{seq},"idle",{began},1/1,0,LOG,00000,')
    out.writerow([f"statement: {text}", *[""] * 8, "pgbench", "client backend"])
PY
echo "$(bench_machine); $(bench_versions)"
for log in "" "$work/server.csv"; do
  rm -f "$work"/case.exhibit*
  /usr/bin/time -f "%e s, %M kB of memory: ${log:+with a log of $(bench_megabytes "$work/server.csv") MB}${log:-capture alone}" \
    "$EXHIBIT" ingest "$capture" $log --case "$work/case.exhibit" --quiet 2>&1 | sed "s|$work/server.csv||"
done
sqlite3 -readonly "$work/case.exhibit" 'SELECT outcome, count(*) FROM server_records GROUP BY 1' \
  'SELECT "untold", count(*) FROM untold_actions'
