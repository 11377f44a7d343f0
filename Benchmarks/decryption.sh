#!/usr/bin/env bash
# What a capture's encryption costs, on one thread: Benchmarks/decryption.sh CAPTURE [RUNS]. Its key log lies beside it (.keylog), as
# make-ssh.sh and make-https.sh leave it. Then what openssl needs for the same ciphers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
capture=${1:?usage: Benchmarks/decryption.sh CAPTURE [RUNS]}
export EXHIBIT_MEASURE=1
swift build -c release --scratch-path .build-measure --product bench-decryption >&2
.build-measure/release/bench-decryption "$capture" "${capture%.pcap}.keylog" "${2:-3}"
for cipher in aes-256-gcm chacha20-poly1305 aes-256-ctr sha256; do
  openssl speed -seconds 1 -bytes 16384 -evp "$cipher" 2>/dev/null | tail -n 1
done
