# A small laboratory: a real PostgreSQL server, real clients, tcpdump on the loopback interface. Sourced, never run.
#
#   lab_begin                        a temporary directory, $LAB, that goes away at exit with every process started here
#   lab_postgres [name=value ...]    a server on $PGHOST:$PGPORT that logs every statement to $LAB/log/server.{json,csv}
#   lab_hba LINE ...                 replaces the server's pg_hba.conf and reloads it
#   lab_capture [tcpdump option ...] returns once tcpdump is seen to capture
#   lab_captured FILE                waits for the last packet, stops tcpdump, leaves the TCP packets in FILE
#   lab_captured_files DIRECTORY     the same for a rotating capture: moves every file there
#   lab_stop_postgres                stops the server, after which its log is complete
#   lab_account FILE                 writes the server's account of what it was asked
#   lab_tls                          an authority and a certificate for shop.internal and 127.0.0.1, in $LAB/tls
#   lab_start NAME COMMAND...        a server of our own; returns once it says that it is ready
#   lab_facts README CAPTURE         writes the sample's facts into its README
#
# Nothing here sleeps for a guessed time: every wait asks for the thing that it waits for.
LAB_SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$LAB_SCRIPTS/paths.sh"
LAB_PYTHON=$EXHIBIT_VENV/bin/python

lab_die() { echo "lab: $*" >&2; exit 3; }

# lab_until SECONDS WHAT COMMAND...: asks 50 times a second until the command succeeds.
lab_until() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      [ -s "$LAB/tcpdump.log" ] && cat "$LAB/tcpdump.log" >&2
      lab_die "gave up waiting for $what"
    fi
    sleep 0.02
  done
}

lab_begin() {
  [ -x "$LAB_PYTHON" ] || lab_die "no Python environment in $EXHIBIT_VENV: run scripts/setup.sh --tests first"
  LAB=$(mktemp -d "${TMPDIR:-/tmp}/exhibit-lab.XXXXXX")
  chmod 755 "$LAB"
  LAB_TCPDUMP=
  LAB_PROCESSES=()
  trap lab_end EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

lab_end() {
  local status=$?
  trap - EXIT
  set +e
  if [ -n "${LAB_TCPDUMP:-}" ]; then ${LAB_SUDO[@]+"${LAB_SUDO[@]}"} kill "$LAB_TCPDUMP" 2>/dev/null; fi
  local process
  for process in ${LAB_PROCESSES[@]+"${LAB_PROCESSES[@]}"}; do kill "$process" 2>/dev/null; done
  if [ -n "${LAB_PGDATA:-}" ]; then
    lab_as_owner "$PGBIN/pg_ctl" -D "$LAB_PGDATA" -m immediate stop >/dev/null 2>&1
    LAB_PGDATA=
  fi
  if [ "$status" -ne 0 ] && [ -n "${EXHIBIT_LAB_KEEP:-}" ]; then echo "lab: kept $LAB" >&2; else rm -rf "$LAB"; fi
  exit "$status"
}

# postgres refuses to run as root; the package made a user for it.
lab_as_owner() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

# Before a command that captures: an array, for a function in the background would be a process of its own.
LAB_SUDO=()
if [ "$(id -u)" != 0 ]; then LAB_SUDO=(sudo -n); fi

# lab_free_port PREFERRED: the preferred port where it is free, so that other tools recognise the capture by it; another
# free one otherwise. It is kept for this laboratory: of several that start at once each gets its own.
lab_free_port() { "$LAB_PYTHON" "$LAB_SCRIPTS/free_port.py" "${1:-5432}" $$; }

lab_postgres() {
  if [ -z "${PGBIN:-}" ]; then
    PGBIN=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  fi
  [ -x "$PGBIN/postgres" ] || lab_die "no PostgreSQL server found: run scripts/setup.sh --tests first"
  LAB_PGDATA=$LAB/data
  mkdir -p "$LAB_PGDATA" "$LAB/log" "$LAB/socket"
  if [ "$(id -u)" = 0 ]; then chown postgres "$LAB_PGDATA" "$LAB/log" "$LAB/socket"; fi
  chmod 755 "$LAB/log" "$LAB/socket"
  PGPORT=$(lab_free_port 5432)
  PGHOST=127.0.0.1
  PGUSER=postgres
  PGDATABASE=postgres
  # Encryption is off unless a case asks for it, as between most pools and their server.
  PGSSLMODE=disable
  PGGSSENCMODE=disable
  export PGHOST PGPORT PGUSER PGDATABASE PGSSLMODE PGGSSENCMODE PGBIN
  lab_as_owner "$PGBIN/initdb" -D "$LAB_PGDATA" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
    >"$LAB/initdb.log" 2>&1 || { cat "$LAB/initdb.log" >&2; lab_die "initdb failed"; }
  local setting
  for setting in "listen_addresses='127.0.0.1'" "port=$PGPORT" "unix_socket_directories='$LAB/socket'" fsync=off \
    timezone=UTC log_timezone=UTC logging_collector=on "log_destination='jsonlog,csvlog'" "log_directory='$LAB/log'" \
    "log_filename='server.log'" log_file_mode=0644 log_rotation_age=0 log_rotation_size=0 \
    log_statement=all log_replication_commands=on log_parameter_max_length=-1 log_duration=off \
    log_connections=on log_disconnections=on "$@"; do
    echo "$setting"
  done >"$LAB/settings.conf"
  chmod 644 "$LAB/settings.conf"
  lab_as_owner sh -c "cat '$LAB/settings.conf' >>'$LAB_PGDATA/postgresql.conf'"
  lab_as_owner "$PGBIN/pg_ctl" -w -t 60 -D "$LAB_PGDATA" -l "$LAB/log/start.log" start >/dev/null 2>&1 || {
    cat "$LAB/log/"* >&2
    lab_die "the PostgreSQL server did not start"
  }
}

lab_tls() {
  local dir=$LAB/tls
  mkdir -p "$dir"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=Exhibit lab authority" \
    -keyout "$dir/authority.key" -out "$dir/authority.pem" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=shop.internal" \
    -keyout "$dir/server.key" -out "$dir/server.csr" 2>/dev/null
  printf 'subjectAltName=DNS:shop.internal,DNS:localhost,IP:127.0.0.1\n' >"$dir/names"
  openssl x509 -req -in "$dir/server.csr" -CA "$dir/authority.pem" -CAkey "$dir/authority.key" -CAcreateserial -days 2 \
    -extfile "$dir/names" -out "$dir/server.pem" 2>/dev/null
}

lab_start() {
  local name=$1
  shift
  "$@" >"$LAB/$name.out" 2>"$LAB/$name.err" &
  LAB_PROCESSES+=($!)
  lab_until 30 "$name to be ready" lab_ready "$name" $!
}

lab_ready() {
  if grep -qs ready "$LAB/$1.out"; then return 0; fi
  kill -0 "$2" 2>/dev/null || { cat "$LAB/$1.err" >&2; lab_die "$1 did not start"; }
  return 1
}

# psql over the Unix socket, so that what the laboratory itself asks is never in a capture.
lab_admin() {
  PGHOST=$LAB/socket PGAPPNAME=lab PGPASSWORD= lab_as_owner "$PGBIN/psql" -h "$LAB/socket" -U postgres \
    -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}

lab_hba() {
  { printf '%s\n' 'local all all trust' "$@"; } >"$LAB/hba.conf"
  chmod 644 "$LAB/hba.conf"
  lab_as_owner cp "$LAB/hba.conf" "$LAB_PGDATA/pg_hba.conf"
  lab_admin -c 'SELECT pg_reload_conf()' >/dev/null
}

lab_nobody_connected() {
  [ "$(lab_admin -c "SELECT count(*) FROM pg_stat_activity
    WHERE backend_type IN ('client backend', 'walsender') AND pid <> pg_backend_pid()")" = 0 ]
}

lab_stop_postgres() {
  lab_as_owner "$PGBIN/pg_ctl" -w -D "$LAB_PGDATA" -m fast stop >/dev/null
  LAB_PGDATA=
}

# A datagram to the server's port: tcpdump sees it, nobody answers it, and it is taken out of the result.
lab_seen() {
  { printf '%s' "$1" >"/dev/udp/127.0.0.1/${LAB_PORTS%% *}"; } 2>/dev/null
  grep -aqs "$1" "$LAB"/capture/*
}

# The ports whose traffic is captured: LAB_PORTS, or the PostgreSQL server's.
lab_capture() {
  LAB_PORTS=${LAB_PORTS:-$PGPORT}
  mkdir -p "$LAB/capture"
  rm -f "$LAB"/capture/*
  local name=raw.pcap
  case " $* " in *" -G "*) name='raw-%Y%m%dT%H%M%S.pcap' ;; esac
  # -Z root: tcpdump gives its rights up before it opens the file otherwise.
  ${LAB_SUDO[@]+"${LAB_SUDO[@]}"} tcpdump -i lo -n -U -s 0 -B 131072 --time-stamp-precision=nano -Z root "$@" \
    -w "$LAB/capture/$name" "(port ${LAB_PORTS// / or port }) and (tcp or udp)" >"$LAB/tcpdump.log" 2>&1 &
  LAB_TCPDUMP=$!
  lab_until 20 "tcpdump to capture" lab_capturing
}

lab_capturing() {
  if lab_seen "exhibit-lab-probe-first"; then return 0; fi
  ${LAB_SUDO[@]+"${LAB_SUDO[@]}"} kill -0 "$LAB_TCPDUMP" 2>/dev/null || {
    cat "$LAB/tcpdump.log" >&2
    lab_die "tcpdump may not capture on the loopback interface here"
  }
  return 1
}

lab_capture_end() {
  if [ -n "${LAB_PGDATA:-}" ]; then lab_until 60 "the clients to leave" lab_nobody_connected; fi
  lab_until 60 "tcpdump to write the last packet" lab_seen "exhibit-lab-probe-last"
  ${LAB_SUDO[@]+"${LAB_SUDO[@]}"} kill "$LAB_TCPDUMP"
  wait "$LAB_TCPDUMP" || true
  LAB_TCPDUMP=
  grep -q '^0 packets dropped by kernel' "$LAB/tcpdump.log" ||
    echo "lab: warning: $(grep 'dropped by kernel' "$LAB/tcpdump.log")" >&2
}

lab_only_tcp() { # IN OUT
  tcpdump -r "$1" --time-stamp-precision=nano -Z "$(id -un)" -w "$2" tcp 2>"$LAB/tcpdump-read.log" ||
    { cat "$LAB/tcpdump-read.log" >&2; lab_die "tcpdump could not read $1"; }
}

lab_captured() {
  lab_capture_end
  lab_only_tcp "$LAB/capture/raw.pcap" "$LAB/tcp-only.pcap"
  cp "$LAB/tcp-only.pcap" "$1"
}

lab_captured_files() {
  lab_capture_end
  local file
  for file in "$LAB"/capture/raw-*.pcap; do
    lab_only_tcp "$file" "$1/$(basename "${file#*/raw-}" | sed s/^raw-//)"
  done
}

# An archive whose bytes depend on its members' names and contents alone.
lab_archive() { # OUT.tar.gz DIRECTORY
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=644 -C "$2" -cf - $(cd "$2" && ls) | gzip -9n >"$1"
}

lab_versions() {
  local versions
  versions="PostgreSQL $("$PGBIN/postgres" --version | sed 's/^[^0-9]*//'), $(tcpdump --version 2>&1 |
    sed -n 's/^tcpdump version /tcpdump /p')"
  if [ "${1:-}" = driver ]; then
    versions+=", $("$LAB_PYTHON" -c 'import asyncpg, psycopg; v = psycopg.pq.version()
print("psycopg", psycopg.__version__, "with libpq", f"{v // 10000}.{v % 10000},", "asyncpg", asyncpg.__version__)')"
  fi
  echo "$versions"
}

lab_account() {
  "$LAB_PYTHON" "$LAB_SCRIPTS/../../Tests/Live/serverlog.py" "$LAB/log/server.json" >"$1"
}

# Everything below "## Facts" in a sample's README is written anew, from tools that are not ours.
lab_facts() { # README CAPTURE [driver]
  local packets='' decode=(-d "tcp.port==$PGPORT,pgsql") file
  file=$2
  [ ! -d "$file" ] || { mergecap -w "$LAB/merged.pcapng" "$file"/*; file=$LAB/merged.pcapng; }
  packets=$(tshark -n -r "$file" "${decode[@]}" -T fields -e tcp.stream -e pgsql.tag 2>/dev/null)
  {
    sed '/^## Facts$/,$d' "$1"
    echo '## Facts'
    echo
    echo "Written by \`make.sh\`."
    echo
    echo "- $(echo "$packets" | wc -l) packets, $(echo "$packets" | cut -f1 | tr ',' '\n' | grep . | sort -u | wc -l) connections, server port $PGPORT (tshark)"
    echo "- $(echo "$packets" | cut -f2 | tr ',' '\n' | grep -c . || true) CommandComplete messages (tshark)"
    if [ -e "$(dirname "$1")/server.jsonl" ]; then
      echo "- by the server's log, \`server.jsonl\`: $(jq -r .kind "$(dirname "$1")/server.jsonl" | sort | uniq -c |
        awk '{ printf "%s%d %s", sep, $1, $2; sep = ", " }')"
    fi
    echo "- made with $(lab_versions "${3:-}")"
  } >"$LAB/README.md"
  cp "$LAB/README.md" "$1"
}
