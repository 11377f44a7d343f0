#!/usr/bin/env bash
# Makes a capture of one `scp` of a file of random bytes with OpenSSH at both ends, and prints its path; the key log lies beside it
# under the same name with .keylog.
#   Benchmarks/make-ssh.sh MEGABYTES [CIPHER [MAC]]      aes256-gcm@openssh.com if not given; the MAC matters for CTR and CBC only
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$ROOT/scripts/lab/lab.sh"
. "$LAB_SCRIPTS/ssh/ssh.sh"
size=${1:?usage: Benchmarks/make-ssh.sh MEGABYTES [CIPHER [MAC]]}
cipher=${2:-aes256-gcm@openssh.com}
mac=${3:-hmac-sha2-256-etm@openssh.com}
out=$EXHIBIT_BENCH/ssh-$size-${cipher%%@*}.pcap
if [ ! -s "$out" ] || [ ! -s "${out%.pcap}.keylog" ]; then
  lab_begin
  ssh_begin
  LAB_PORTS=$SSH_PORT
  head -c "${size}000000" /dev/urandom >"$LAB/sent"
  lab_capture
  scp -q -c "$cipher" -o MACs="$mac" "$LAB/sent" "app.internal:$LAB/received"
  cmp "$LAB/sent" "$LAB/received" || bench_die "the copy is not the file"
  ssh_end "$out"
  cp "$LAB/keys.log" "${out%.pcap}.keylog"
fi
echo "$out"
