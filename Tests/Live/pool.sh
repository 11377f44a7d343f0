#!/usr/bin/env bash
# Clients of a real PostgreSQL behind a real PgBouncer, captured before the pooler alone, and one that goes round it.
#
#   Tests/Live/pool.sh DIRECTORY
#
#   DIRECTORY/capture.pcap     what the clients and the pooler said to each other
#   DIRECTORY/server.csv       PostgreSQL's log: what came from the pooler, and from the one that went round it
#   DIRECTORY/clients.json     what the clients asked, by kind
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh
[ $# -eq 1 ] || { echo "usage: Tests/Live/pool.sh DIRECTORY" >&2; exit 3; }
directory=$1
mkdir -p "$directory"
lab_begin
lab_postgres
lab_admin -c 'CREATE TABLE orders (id int PRIMARY KEY, total numeric); CREATE TABLE notes (body text)' \
  -c 'INSERT INTO orders SELECT n, 0 FROM generate_series(1, 50) n'

port=$(lab_free_port 6432)
# Fewer connections to the server than clients, so that these wait for each other.
cat >"$LAB/pgbouncer.ini" <<CONF
[databases]
* = host=127.0.0.1 port=$PGPORT user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
CONF
chmod 644 "$LAB/pgbouncer.ini"
bouncer=$(command -v pgbouncer || echo /usr/sbin/pgbouncer)
# It refuses to run as root, like the server; setpriv leaves the process its number, so that signals reach it.
as_owner=()
if [ "$(id -u)" = 0 ]; then as_owner=(setpriv --reuid postgres --regid postgres --init-groups); fi
${as_owner[@]+"${as_owner[@]}"} "$bouncer" -q "$LAB/pgbouncer.ini" >"$LAB/pgbouncer.log" 2>&1 &
pooler=$!
LAB_PROCESSES+=("$pooler")
lab_until 20 PgBouncer "$PGBIN/pg_isready" -q -h 127.0.0.1 -p "$port"
LAB_PORTS=$port
lab_capture

# The first and the last of the capture: what goes round the pooler lies between them.
edge() { "$PGBIN/psql" -X -q -p "$port" -c 'SELECT 1 AS edge' >/dev/null; }
edge

# What goes round the pooler: texts of its own, and those that the clients use too, all the while that they are at work.
touch "$LAB/busy"
while [ -e "$LAB/busy" ]; do
  n=$((${n:-0} + 1))
  echo "BEGIN; DELETE FROM notes WHERE body = 'round $n'; SELECT count(*) FROM orders; COMMIT;"
  sleep 0.1
done | PGAPPNAME=round "$PGBIN/psql" -X -q -p "$PGPORT" -f - >"$LAB/round.out" &
round=$!
LAB_PROCESSES+=("$round")

"$LAB_PYTHON" Tests/Live/pool_clients.py "$port" >"$directory/clients.json"
"$PGBIN/pgbench" -h 127.0.0.1 -p "$port" -U shop -M simple -c 4 -t 25 -n -f Tests/Live/pool.sql postgres >"$LAB/pgbench.out" 2>&1 ||
  { cat "$LAB/pgbench.out" >&2; lab_die "pgbench failed"; }
rm "$LAB/busy"
wait "$round"
edge
kill "$pooler"
wait "$pooler" || true
lab_captured "$directory/capture.pcap"
lab_stop_postgres
cp "$LAB/log/server.csv" "$directory"
