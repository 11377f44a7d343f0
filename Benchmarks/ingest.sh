#!/usr/bin/env bash
# Times `exhibit ingest` of a capture beside tshark (the same facts out of the same file) and openssl dgst -sha256 (the floor).
#   Benchmarks/ingest.sh CAPTURE [RUNS]
# The runs alternate, the page cache is warm, the figure is the median. A file over 200 MB is read by tshark only in its first
# tenth, once: tshark's time grows at least with the size. Writes the result beside the captures and prints it.
# EXHIBIT names the binary to measure; otherwise this checkout is built.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
capture=${1:?usage: Benchmarks/ingest.sh CAPTURE [RUNS]}
runs=${2:-3}
[ -r "$capture" ] || bench_die "cannot read $capture"
bench_exhibit
work=$(mktemp -d "$EXHIBIT_BENCH/run.XXXXXX")
trap 'rm -rf "$work"' EXIT

# timed NAME COMMAND…: appends "seconds kilobytes" to NAME.
timed() {
  local name=$1
  shift
  # time(1) knows the memory, but counts in hundredths of a second.
  local begun=${EPOCHREALTIME/[.,]/}
  /usr/bin/time -o "$work/time" -f '%M' "$@" >"$work/out" 2>"$work/err" || {
    cat "$work/err" >&2
    bench_die "$name failed"
  }
  local took=$((${EPOCHREALTIME/[.,]/} - begun))
  printf '%d.%06d %s\n' $((took / 1000000)) $((took % 1000000)) "$(tail -n 1 "$work/time")" >>"$work/$name"
}

median() { sort -n "$work/$1" | awk -v field="$2" '{ v[NR] = $field } END { print v[int((NR + 1) / 2)] }'; }
rate() { awk -v bytes="$1" -v seconds="$2" 'BEGIN { printf "%.1f", bytes / 1e6 / ((seconds > 0) ? seconds : 1) }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0) ? a / b : 0 }'; }

# A key log beside the capture: HTTPS, and both sides get it.
facts=$BENCHMARKS/tshark-facts.sh options=()
if [ -s "${capture%.pcap}.keylog" ]; then
  facts=$BENCHMARKS/tshark-http-facts.sh
  options=(--keylog "${capture%.pcap}.keylog")
fi
bytes=$(stat -c %s "$capture")
slice=$capture
if [ "$bytes" -gt 200000000 ]; then
  slice=$work/slice.pcap
  # Whole records of about a tenth of the file.
  "$EXHIBIT_VENV/bin/python" - "$capture" "$slice" <<'PY'
import struct, sys
with open(sys.argv[1], "rb") as whole, open(sys.argv[2], "wb") as slice:
    whole.seek(0, 2)
    wanted = whole.tell() // 10
    whole.seek(0)
    slice.write(whole.read(24))
    while whole.tell() < wanted:
        header = whole.read(16)
        slice.write(header)
        slice.write(whole.read(struct.unpack_from("<I", header, 8)[0]))
PY
fi
[ "$slice" = "$capture" ] || [ ${#options[@]} -eq 0 ] || cp "${capture%.pcap}.keylog" "${slice%.pcap}.keylog"
cat "$capture" >/dev/null

for ((run = 0; run < runs; run++)); do
  timed openssl openssl dgst -sha256 "$capture"
  rm -f "$work"/case.exhibit*
  timed exhibit "$EXHIBIT" ingest "$capture" --case "$work/case.exhibit" --quiet ${options[@]+"${options[@]}"}
  if [ "$run" -eq 0 ] || [ "$slice" = "$capture" ]; then timed tshark "$facts" "$slice"; fi
done

floor=$(rate "$bytes" "$(median openssl 1)")
ours=$(rate "$bytes" "$(median exhibit 1)")
theirs=$(rate "$(stat -c %s "$slice")" "$(median tshark 1)")
name=$(basename "$capture" .pcap)
mkdir -p "$EXHIBIT_BENCH/results"
{
  echo "# $name, $(date -u +%Y-%m-%dT%H:%MZ)"
  echo
  echo "- $(bench_machine)"
  echo "- $(bench_versions)"
  echo "- $bytes bytes; $runs runs in turn, warm page cache, medians; tshark: $([ "$slice" = "$capture" ] && echo "the whole file, $runs runs" || echo "the first tenth of the file, once")"
  echo
  echo '| | seconds | MB/s | peak MB |'
  echo '|---|---:|---:|---:|'
  for who in exhibit tshark openssl; do
    case $who in exhibit) speed=$ours ;; tshark) speed=$theirs ;; openssl) speed=$floor ;; esac
    echo "| $who | $(printf '%.3f' "$(median $who 1)") | $speed | $(($(median $who 2) / 1024)) |"
  done
  echo
  echo "- $(ratio "$ours" "$theirs") times tshark's throughput"
  echo "- $(ratio "$ours" "$floor") of the SHA-256 floor"
  echo "- case: $(bench_megabytes "$work/case.exhibit") MB, $(sqlite3 -readonly "$work/case.exhibit" 'SELECT count(*) FROM actions') actions"
} | tee "$EXHIBIT_BENCH/results/$name.md"
