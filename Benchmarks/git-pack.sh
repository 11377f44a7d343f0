#!/usr/bin/env bash
# A push of 1,000 commits in a pack of about 100 MB, read by us and by `git index-pack --stdin`: seconds and peak memory.
#   Benchmarks/git-pack.sh [RUNS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
runs=${1:-3}
export EXHIBIT_MEASURE=1
swift build -c release --scratch-path .build-measure --product bench-git-pack >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null
git init -q --bare -b main "$work/origin.git"
python3 - <<'E2' | git -C "$work/origin.git" fast-import --quiet
import base64, random, sys
source = random.Random(7)
out = sys.stdout.buffer
files = [[f"file {f} line {n} {source.random()}" for n in range(400)] for f in range(50)]
for number in range(1000):
    out.write(f"commit refs/heads/main\ncommitter Lab <lab@example.com> {1700000000 + number} +0000\n".encode())
    message = f"Commit {number}\n\nAgent-Session: {number}\n".encode()
    out.write(b"data %d\n%s\n" % (len(message), message))
    data = base64.encodebytes(source.randbytes(100_000))
    out.write(f"M 100644 inline assets/{number % 20}/{number}.b64\ndata {len(data)}\n".encode() + data + b"\n")
    for _ in range(3):
        f = source.randrange(50)
        files[f][source.randrange(400)] = f"changed in {number} {source.random()}"
        data = ("\n".join(files[f]) + "\n").encode()
        out.write(f"M 100644 inline src/{f % 7}/{f}.txt\ndata {len(data)}\n".encode() + data + b"\n")
E2
git -C "$work/origin.git" rev-parse main >"$work/tip"
git -C "$work/origin.git" pack-objects -q --stdout --revs --delta-base-offset --threads=2 <<<main >"$work/push.pack"
ls -l "$work/push.pack" | awk '{ print $5 " bytes of pack" }'

# measure NAME COMMAND…: seconds and the largest resident size of the child.
measure() {
  python3 - "$@" <<'E2'
import resource, subprocess, sys, time
started = time.monotonic()
stdin = open(sys.argv[2], "rb") if sys.argv[2] != "-" else None
subprocess.run(sys.argv[3:], stdin=stdin, stdout=subprocess.DEVNULL, check=True)
took = time.monotonic() - started
print(f"{sys.argv[1]}: {took:.2f} s, {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MiB at most")
E2
}
for _ in $(seq "$runs"); do
  rm -rf "$work/copy.git"
  git init -q --bare "$work/copy.git"
  measure "git index-pack, 1 thread" "$work/push.pack" git -C "$work/copy.git" index-pack --threads=1 --stdin
  measure "exhibit, with the history" - .build-measure/release/bench-git-pack "$work/push.pack" "$(cat "$work/tip")"
done
.build-measure/release/bench-git-pack "$work/push.pack" "$(cat "$work/tip")"
