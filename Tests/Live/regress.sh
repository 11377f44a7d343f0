#!/usr/bin/env bash
# PostgreSQL's own regression tests, straight to a server and through the gateway to another like it: what psql shows must be the same.
#
#   Tests/Live/regress.sh SOURCE [TEST ...]        SOURCE is PostgreSQL's source tree of the server's version; all tests of its schedule
#
# The source: apt-get source postgresql-15, or a tarball of postgresql.org; src/test/regress is all that is used of it. What needs
# its C library fails in the same way on both sides. Differences are left in the folder that the last line but one names.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ $# -ge 1 ] || { echo "usage: Tests/Live/regress.sh SOURCE [TEST ...]" >&2; exit 3; }
source=$(cd "$1" && pwd)/src/test/regress
shift
tests=("$@")
[ ${#tests[@]} -gt 0 ] || mapfile -t tests < <(sed -n 's/^test: //p' "$source/parallel_schedule" | tr ' ' '\n' | grep .)
out=$(mktemp -d "${TMPDIR:-/tmp}/exhibit-regress.XXXXXX")

run() { # direct | through
  . scripts/lab/lab.sh
  LAB_DATABASE=regression
  . scripts/lab/gateway.sh
  set +e
  lab_begin
  lab_postgres log_statement=none max_connections=40 max_prepared_transactions=2
  lab_admin -c 'CREATE DATABASE regression TEMPLATE template0' -c "ALTER DATABASE regression SET lc_messages TO 'C'" \
    -c "ALTER DATABASE regression SET timezone_abbreviations TO 'Default'"
  mkdir -p "$out/$1" "$LAB/built/results"
  chmod 777 "$LAB/built" "$LAB/built/results"
  if [ "$1" = through ]; then
    lab_gateway_files gateway batched
    lab_gateway_start gateway
    export PGPORT=$GATEWAY_PORT PGUSER=agent PGPASSWORD=$GATEWAY_SECRET
  fi
  export PGTZ=PST8PDT PGDATESTYLE='Postgres, MDY' PGOPTIONS='-c intervalstyle=postgres_verbose'
  export PG_ABS_SRCDIR=$source PG_ABS_BUILDDIR=$LAB/built PG_LIBDIR=$LAB/built PG_DLSUFFIX=.so
  for test in "${tests[@]}"; do
    timeout 300 "$PGBIN/psql" -X -a -q -d regression -v HIDE_TABLEAM=on -v HIDE_TOAST_COMPRESSION=on <"$source/sql/$test.sql" 2>&1 |
      sed "s|$LAB|LAB|g" >"$out/$1/$test.out"
  done
  exit 0
}

(run direct) || exit 3
(run through) || exit 3
same=0 different=()
for test in "${tests[@]}"; do
  if cmp -s "$out/direct/$test.out" "$out/through/$test.out"; then same=$((same + 1)); else different+=("$test"); fi
done
for test in "${different[@]}"; do
  echo "regress: $test: $(diff "$out/direct/$test.out" "$out/through/$test.out" | grep -c '^[<>]') lines differ; both $(wc -l <"$out/direct/$test.out")"
done
echo "regress: outputs are in $out"
echo "regress: $same passed, ${#different[@]} failed"
[ ${#different[@]} -eq 0 ] && rm -rf "$out"
