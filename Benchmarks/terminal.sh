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
# The baseline: libvterm's screen layer, as neovim uses it, where its headers are (Debian: libvterm-dev).
if pkg-config --exists vterm 2>/dev/null && command -v cc >/dev/null; then
  cat >"$work/baseline.c" <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <vterm.h>

static int pushline(int cols, const VTermScreenCell *cells, void *user) { return 0; }

int main(int argc, char **argv) {
  int cols = atoi(argv[1]), rows = atoi(argv[2]);
  FILE *file = fopen(argv[3], "rb");
  static char bytes[40000000];
  size_t count = fread(bytes, 1, sizeof bytes, file);
  double best = 1e9;
  for (int run = 0; run < 3; run++) {
    VTerm *terminal = vterm_new(rows, cols);
    vterm_set_utf8(terminal, 1);
    VTermScreen *screen = vterm_obtain_screen(terminal);
    VTermScreenCallbacks callbacks = {.sb_pushline = pushline};
    vterm_screen_set_callbacks(screen, &callbacks, NULL);
    vterm_screen_enable_altscreen(screen, 1);
    vterm_screen_reset(screen, 1);
    struct timespec begun, ended;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    for (size_t at = 0; at < count; at += 4096)
      vterm_input_write(terminal, bytes + at, count - at < 4096 ? count - at : 4096);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    double took = ended.tv_sec - begun.tv_sec + (ended.tv_nsec - begun.tv_nsec) / 1e9;
    if (took < best) best = took;
    vterm_free(terminal);
  }
  printf("  libvterm %.0f MB/s\n", count / 1e6 / best);
}
C
  cc -O2 -o "$work/baseline" "$work/baseline.c" $(pkg-config --cflags --libs vterm)
fi
for kind in plain ls top cjk; do
  .build-measure/release/bench-terminal "${1:-80}" "${2:-24}" "$work/$kind"
  if [ -x "$work/baseline" ]; then "$work/baseline" "${1:-80}" "${2:-24}" "$work/$kind"; fi
done
