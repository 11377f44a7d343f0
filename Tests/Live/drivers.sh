#!/usr/bin/env bash
# Drivers' own test suites, straight to a server and through the gateway to another like it: each test must end as it does direct.
#
#   Tests/Live/drivers.sh [SUITE ...]        psycopg2, asyncpg, pg8000; all of them
#   Tests/Live/drivers.sh --smoke            of psycopg2 what a gateway could get wrong: COPY, NOTIFY, cancels, asynchronous work
#
# A suite takes a minute or some, twice; the last line counts.
# The suites are those of the drivers' source packages; pip fetches them into $EXHIBIT_CACHE/drivers once. What is known to differ,
# and why, is in Tests/Live/drivers.txt.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/paths.sh
suites=("$@") only=()
if [ "${1:-}" = --smoke ]; then
  suites=(psycopg2)
  only=(-k 'test_async or test_cancel or test_copy or test_notify or test_quote or test_with')
fi
[ ${#suites[@]} -gt 0 ] || suites=(psycopg2 asyncpg pg8000)
cache=$EXHIBIT_CACHE/drivers
packages=('psycopg2-binary==2.9.13' 'asyncpg==0.32.0' 'pg8000==1.31.6' 'pytest==9.2.0' 'pytest-timeout' 'pytest-mock'
  distro pytz python-dateutil scramp)
sources=('psycopg2==2.9.13' 'asyncpg==0.32.0' 'pg8000==1.31.6')
if [ "$(cat "$cache/.packages" 2>/dev/null)" != "${packages[*]}" ]; then
  rm -rf "$cache"
  mkdir -p "$cache"
  /usr/bin/python3 -m venv "$cache/venv" && "$cache/venv/bin/pip" install -q --disable-pip-version-check "${packages[@]}" &&
    "$cache/venv/bin/pip" download -q --disable-pip-version-check --no-deps \
      --no-binary "$(printf '%s,' "${sources[@]%%=*}")" -d "$cache" "${sources[@]}" ||
    { echo "drivers: pip could not fetch them" >&2; exit 3; }
  for archive in "$cache"/*.tar.gz; do tar -xzf "$archive" -C "$cache"; done
  # Only the tests: what they test is the package that is installed.
  rm -rf "$cache"/asyncpg-*/asyncpg
  echo "${packages[*]}" >"$cache/.packages"
fi
out=$(mktemp -d "${TMPDIR:-/tmp}/exhibit-drivers.XXXXXX")
trap 'rm -rf "$out"' EXIT

run() { # SUITE direct | through
  LAB_TOKEN=postgres LAB_DATABASE=psycopg2_test
  . scripts/lab/lab.sh
  . scripts/lab/gateway.sh
  set +e
  lab_begin
  lab_postgres log_statement=none max_connections=100 max_prepared_transactions=10 jit=off
  lab_admin -c 'CREATE DATABASE psycopg2_test'
  lab_admin -d psycopg2_test -c 'CREATE EXTENSION IF NOT EXISTS hstore'
  lab_admin -c 'CREATE EXTENSION IF NOT EXISTS hstore'
  export PGPASSWORD=direct
  if [ "$2" = through ]; then
    lab_gateway_files gateway batched
    lab_gateway_start gateway
    export PGPORT=$GATEWAY_PORT PGPASSWORD=$GATEWAY_SECRET
  fi
  local tests=tests
  [ "$1" != pg8000 ] || tests=test
  cd "$cache/$1"-*/ && PYTHONDONTWRITEBYTECODE=1 timeout 900 "$cache/venv/bin/python" -m pytest -q -p no:cacheprovider --timeout 60 \
    ${only[@]+"${only[@]}"} --junitxml "$out/$1-$2.xml" "$tests" >"$out/$1-$2.txt" 2>&1
  echo "drivers: $1 $2: $(tail -n 1 "$out/$1-$2.txt")"
  exit 0
}

for suite in "${suites[@]}"; do
  (run "$suite" direct)
  (run "$suite" through)
done
"$cache/venv/bin/python" Tests/Live/drivers.py "$out" Tests/Live/drivers.txt "${suites[@]}"
