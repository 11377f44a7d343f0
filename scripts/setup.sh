#!/usr/bin/env bash
# Installs what Exhibit needs on Debian or Ubuntu, and nothing that is already there.
#   scripts/setup.sh           to build and to run
#   scripts/setup.sh --tests   also what the tests, the demo, the lab and the benchmarks use
# The Swift toolchain itself is expected on PATH. Python packages go into a virtual environment outside the checkout.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lab/paths.sh

build_packages=(
  pkg-config sqlite3 libc6-dev zlib1g-dev
  libarchive-dev libbrotli-dev libjemalloc-dev libpg-query-dev libpq-dev libsqlite3-dev libssh-dev libssl-dev libxml2-dev libzstd-dev
)
test_packages=(
  # servers and clients whose traffic is recorded
  postgresql postgresql-client postgresql-contrib pgbouncer nginx-light haproxy wrk curl git
  openssh-server openssh-client rsync
  default-jre-headless libpostgresql-jdbc-java
  # what is run in their terminals
  bash zsh vim less ncurses-term
  # the key log of the OpenSSH client is a small shared library
  gcc
  # capturing, and other people's readings of a capture
  tcpdump tshark wireshark-common
  # readers of what Exhibit writes
  chromium-headless-shell libxml2-utils poppler-utils jq tmux asciinema
  # archives
  tar zip p7zip-full cpio gzip bzip2 xz-utils zstd lz4
  # scripts and measurements
  python3 python3-venv openssl procps time util-linux
)
# Their versions, and those of all that they need, are in python-versions.txt: a new release of one changes no test's answer.
python_packages=(
  'psycopg[binary]' asyncpg sqlalchemy alembic django numpy websockets boto3 'moto[server]' asyncssh ansible-core
  prov compliance-trestle securesystemslib joserfc xmlschema jsonschema regex pymerkle
  h2 'httpx[http2]' grpcio kubernetes mcp aiohttp
)
python_versions=$(dirname "${BASH_SOURCE[0]}")/python-versions.txt

die() { echo "setup: $*" >&2; exit 3; }

with_tests=false
case "${1:-}" in
  '') ;;
  --tests) with_tests=true ;;
  *) die "usage: scripts/setup.sh [--tests]" ;;
esac

command -v swift >/dev/null || die "no swift on PATH: install a Swift 6.3 toolchain from swift.org first"
command -v dpkg-query >/dev/null || die "this is neither Debian nor Ubuntu: install by hand: ${build_packages[*]}"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "need root or sudo for: $*"
  fi
}

packages=("${build_packages[@]}")
"$with_tests" && packages+=("${test_packages[@]}")
missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "setup: installing ${missing[*]}"
  log=$(mktemp)
  # tshark asks who may capture; the answer does not matter to us, the question would block.
  as_root apt-get update -qq >"$log" 2>&1 &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    die "apt-get could not install ${missing[*]}; the whole log is $log"
  }
  rm -f "$log"
fi

if "$with_tests"; then
  stamp=$EXHIBIT_VENV/.exhibit-packages
  wanted="${python_packages[*]} $(sha256sum <"$python_versions")"
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    echo "setup: Python packages into $EXHIBIT_VENV: ${python_packages[*]}"
    rm -rf "$EXHIBIT_VENV"
    /usr/bin/python3 -m venv "$EXHIBIT_VENV"
    "$EXHIBIT_VENV/bin/pip" install --quiet --disable-pip-version-check \
      --constraint "$python_versions" "${python_packages[@]}" ||
      die "pip could not install ${python_packages[*]}"
    echo "$wanted" >"$stamp"
  fi
fi
