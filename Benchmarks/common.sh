# What the benchmark scripts share. Sourced, never run.
BENCHMARKS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$BENCHMARKS")
. "$ROOT/scripts/lab/paths.sh"
EXHIBIT_BENCH=${EXHIBIT_BENCH:-/tmp/exhibit-bench}
mkdir -p "$EXHIBIT_BENCH"

bench_die() { echo "benchmark: $*" >&2; exit 3; }

bench_megabytes() { echo $(($(stat -c %s "$1") / 1000000)); }

# The binary under test: $EXHIBIT, or a release build of this checkout.
bench_exhibit() {
  if [ -n "${EXHIBIT:-}" ]; then
    BENCH_BUILD=${BENCH_BUILD:-$EXHIBIT}
  else
    (cd "$ROOT" && swift build -c release --product exhibit >&2) || bench_die "exhibit does not build"
    EXHIBIT=$(cd "$ROOT" && swift build -c release --show-bin-path)/exhibit
    BENCH_BUILD=$(cd "$ROOT" && git describe --always --dirty 2>/dev/null || echo unknown)
    export BENCH_BUILD
  fi
  [ -x "$EXHIBIT" ] || bench_die "no executable $EXHIBIT"
}

bench_machine() {
  echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores," \
    "$(awk '/MemTotal/ { printf "%d GiB", $2 / 1048576 }' /proc/meminfo), $(uname -sr), $(. /etc/os-release && echo "$PRETTY_NAME")"
}

bench_versions() {
  echo "$(tshark --version 2>/dev/null | sed -nE '1s/.*\) ([0-9.]+) .*/TShark \1/p'), $(openssl version | cut -d' ' -f1,2), $(swift --version 2>/dev/null | sed -n 's/.*\(Swift version [0-9.]*\).*/\1/p' | head -n 1)," \
    "exhibit ${BENCH_BUILD:-unknown}"
}
