#!/usr/bin/env bash
# pgbench straight to a PostgreSQL, through PgBouncer (session pooling), through HAProxy (TCP), and through the gateway with its recording
# batched, batched with two rules of masking, and strict: transactions a second, the ninety-ninth hundredth of latency, and the proxy's own
# processor time for each. Then at a third of what the server did directly, so that nothing is saturated: the median and the ninety-ninth
# hundredth of latency from the time that a transaction was due, of the others what they add to the direct one's; nothing of a way that such
# a load would saturate.
#   Benchmarks/gateway.sh [SECONDS [CLIENTS…]]      of each run (3), with so many clients (1 16)
# EXHIBIT names the binary to measure; otherwise this checkout is built. All run on one machine and share its cores.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$ROOT/scripts/lab/lab.sh"
seconds=${1:-3}
shift || true
clients=("$@")
[ ${#clients[@]} -gt 0 ] || clients=(1 16)
bench_exhibit
bouncer=$(command -v pgbouncer || echo /usr/sbin/pgbouncer)
[ -x "$bouncer" ] && command -v haproxy >/dev/null || bench_die "no pgbouncer or no haproxy: run scripts/setup.sh --tests"
lab_begin
lab_postgres log_statement=none log_connections=off log_disconnections=off logging_collector=off synchronous_commit=off \
  shared_buffers=512MB max_connections=200
server=$PGPORT
"$PGBIN/pgbench" -i -q -s 10 >"$LAB/init.log" 2>&1
lab_admin -c "ALTER ROLE postgres PASSWORD 'only-for-this-run'" >/dev/null

as_owner=()
if [ "$(id -u)" = 0 ]; then as_owner=(setpriv --reuid postgres --regid postgres --init-groups); fi
declare -A port process
port[direct]=$server process[direct]=
port[pgbouncer]=$(lab_free_port 6432)
cat >"$LAB/pgbouncer.ini" <<CONF
[databases]
* = host=127.0.0.1 port=$server user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port[pgbouncer]}
unix_socket_dir =
auth_type = any
pool_mode = session
default_pool_size = 100
max_client_conn = 200
CONF
port[haproxy]=$(lab_free_port 6433)
cat >"$LAB/haproxy.cfg" <<CONF
global
  nbthread 1
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen pg
  bind 127.0.0.1:${port[haproxy]}
  server db 127.0.0.1:$server
CONF
chmod 644 "$LAB"/pgbouncer.ini "$LAB"/haproxy.cfg
${as_owner[@]+"${as_owner[@]}"} "$bouncer" -q "$LAB/pgbouncer.ini" >"$LAB/pgbouncer.log" 2>&1 &
process[pgbouncer]=$!
haproxy -db -f "$LAB/haproxy.cfg" >"$LAB/haproxy.log" 2>&1 &
process[haproxy]=$!

token=$("$EXHIBIT" gateway token bench)
masking='masking:
  - { columns: [pgbench_accounts.abalance], action: redact }
  - { detect: [email], action: partial }
'
for way in batched masked strict; do
  here=$LAB/$way
  mkdir -p "$here/state"
  port[$way]=$(lab_free_port 6440)
  "$EXHIBIT" log key bench.example/$way --output "$here/log.key" >/dev/null
  echo only-for-this-run >"$here/password"
  # Every statement is judged; nothing is refused.
  printf 'version: 1\nrules:\n  - { id: reads, when: { effect: [read, session] }, then: allow }\ndefault: allow\n' >"$here/policy.yaml"
  durability=$way
  if [ $way = masked ]; then
    printf '%s' "$masking" >>"$here/policy.yaml"
    durability=batched
  fi
  cat >"$here/gateway.yaml" <<YAML
version: 1
policy: policy.yaml
state: state
recording: { directory: recording, key: log.key, durability: $durability }
listeners:
  - name: bench
    protocol: postgres
    listen: 127.0.0.1:${port[$way]}
    authentication: scram-sha-256
    target: { name: bench, server: "127.0.0.1:$server", user: postgres, password-file: password, databases: [postgres] }
tokens:
  - { name: postgres, human: bench@example.com, $(sed -n 's/^ *\(scram: \)\(.*\)/\1"\2"/p' <<<"$token") }
limits: { sessions: 200, sessions-per-identity: 200 }
YAML
  chmod 600 "$here/log.key" "$here/password"
  "$EXHIBIT" gateway --config "$here/gateway.yaml" 2>"$here/log" &
  process[$way]=$!
done
for way in pgbouncer haproxy batched masked strict; do
  LAB_PROCESSES+=("${process[$way]}")
  PGPASSWORD=$(sed -n 's/^.*nowhere else: //p' <<<"$token")
  export PGPASSWORD
  lab_until 30 "$way" "$PGBIN/pg_isready" -q -h 127.0.0.1 -p "${port[$way]}"
done

ticks() { [ -n "$1" ] && awk '{ sub(/.*\) /, ""); print $12, $13 }' "/proc/$1/stat" || echo 0 0; } # PROCESS: user, system
hertz=$(getconf CLK_TCK)
echo "$(bench_machine); $(bench_versions)"
echo "$("$bouncer" --version | head -n 1), $(haproxy -v | head -n 1 | cut -d' ' -f1-3), $("$PGBIN/postgres" --version)"
printf '%-9s %-9s %7s  %-10s %9s %6s %8s %9s %9s %9s %9s\n' script protocol clients way tps ratio p99-us user-us system-us low-p50 low-p99

# run WAY OPTIONS…: a run of pgbench whose latencies are in $LAB/latency.*
run() {
  local way=$1
  shift
  rm -f "$LAB"/latency.*
  (cd "$LAB" && "$PGBIN/pgbench" -n ${script/=/ } -M $protocol -c "$count" -j 1 -T "$seconds" -p "${port[$way]}" "$@" \
    --log --log-prefix=latency postgres) >"$LAB/pgbench.out" 2>&1 || { cat "$LAB/pgbench.out" >&2; bench_die "pgbench through $way failed"; }
}

# hundredth N: of the latencies of the last run, in microseconds
hundredth() {
  cat "$LAB"/latency.* | cut -d' ' -f3 | sort -n \
    | awk -v p="$1" '{ v[NR] = $1 } END { i = int(NR * p / 100); print v[i < 1 ? 1 : i] }'
}

for script in -S -b=tpcb-like; do
  for protocol in simple extended prepared; do
    for count in "${clients[@]}"; do
      direct=
      for way in direct pgbouncer haproxy batched masked strict; do
        read -r user system < <(ticks "${process[$way]}")
        run "$way"
        read -r user2 system2 < <(ticks "${process[$way]}")
        tps=$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$LAB/pgbench.out")
        done=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' "$LAB/pgbench.out")
        tail_us=$(hundredth 99)
        direct=${direct:-$tps}
        low=- low_tail=-
        # What does not do more than that by far is saturated by it.
        if awk -v t="$tps" -v d="$direct" 'BEGIN { exit t < d / 2 }'; then
          run "$way" --rate "$(awk -v d="$direct" 'BEGIN { print int(d / 3) + 1 }')"
          low=$(hundredth 50) low_tail=$(hundredth 99)
          if [ "$way" = direct ]; then
            direct_low=$low direct_tail=$low_tail
          else
            low=$(printf '%+d' $((low - direct_low))) low_tail=$(printf '%+d' $((low_tail - direct_tail)))
          fi
        fi
        awk -v s="${script#-}" -v m=$protocol -v c="$count" -v w=$way -v t="$tps" -v d="$direct" -v p="$tail_us" -v n="$done" \
          -v u=$((user2 - user)) -v y=$((system2 - system)) -v h="$hertz" -v l="$low" -v k="$low_tail" \
          'BEGIN { sub(/^b=/, "", s); printf "%-9s %-9s %7d  %-10s %9.0f %6.2f %8d %9.1f %9.1f %9s %9s\n", s, m, c, w, t, t / d, p, u / h * 1e6 / n, y / h * 1e6 / n, l, k }'
      done
    done
  done
done
for way in batched masked strict; do
  echo "$way: $(du -sm "$LAB/$way/recording" | cut -f1) MB recorded, $(awk '/VmHWM/ { printf "%d", $2 / 1024 }' "/proc/${process[$way]}/status") MB of memory at most"
done
