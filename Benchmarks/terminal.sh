#!/usr/bin/env bash
# From bytes to screens alone, on one thread, for four kinds of output: Benchmarks/terminal.sh [COLUMNS ROWS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export EXHIBIT_MEASURE=1
swift build -c release --scratch-path .build-measure --product bench-terminal >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$work" <<'PYTHON'
import random
import sys

random.seed(1)
size = 20_000_000


def write(name, make):
    with open(f"{sys.argv[1]}/{name}", "wb") as file:
        written, number = 0, 0
        while written < size:
            piece = make(number).encode()
            file.write(piece)
            written += len(piece)
            number += 1


words = "the quick brown fox jumps over the lazy dog while /usr/lib/x86_64-linux-gnu holds 1234567 bytes".split()
write("plain", lambda n: " ".join(random.choice(words) for _ in range(random.randint(3, 15))) + "\r\n")
write("ls", lambda n: "".join(
    f"\x1b[{random.choice(['0m', '01;34m', '01;32m', '01;36m', '38;5;208m'])}{random.choice(words)}{n}\x1b[0m  "
    for _ in range(5)) + "\r\n")
write("top", lambda n: "\x1b[H\x1b[m\x0f" + "".join(
    f"\x1b[{'1m' if row % 3 else 'm'}{random.randint(1, 99999):7} root      20   0 {random.randint(0, 999999):7}"
    f" {random.choice(words)}\x1b[m\x0f\x1b[K\r\n" for row in range(22)))
text = "漢字かな交じり文の折り返し、한국어 텍스트、全角ＡＢＣ"
write("cjk", lambda n: text[n % 20:] + text[:n % 20] + f" {n}\r\n")
PYTHON
for kind in plain ls top cjk; do
  .build-measure/release/bench-terminal "${1:-80}" "${2:-24}" "$work/$kind"
done
