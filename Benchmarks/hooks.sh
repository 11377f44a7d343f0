#!/usr/bin/env bash
# How long an agent waits for its hooks: Benchmarks/hooks.sh [RUNS]
# `exhibit hook` tells a running gateway of a prompt, a tool's call and its end, each so often (200), one after the other; the time is that of the
# whole process, from its start to its end, beside a program that does nothing. The gateway records each before it answers.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
runs=${1:-200}
case "$runs" in *[!0-9]* | '') bench_die "usage: hooks.sh [RUNS]" ;; esac
bench_exhibit
. "$ROOT/scripts/lab/lab.sh"
. "$ROOT/scripts/lab/gateway.sh"
lab_begin
lab_web_files hooks strict http://127.0.0.1:9
echo "socket: gateway.sock" >>"$LAB/hooks/gateway.yaml"
lab_gateway_listens hooks
bench_machine
bench_versions
"$LAB_PYTHON" - "$EXHIBIT" "$LAB/hooks/gateway.sock" "$runs" <<'PY'
import json, subprocess, sys, time

exhibit, socket, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
command = [exhibit, "hook", "claude-code", "--socket", socket, "--mark-calls"]


def told(event, number):
    return json.dumps({
        "session_id": "3f1c9a0b-7d2e-4c55-9a0b-7d2e4c551234", "hook_event_name": event, "prompt_id": f"p-{number}", "prompt": "look at the orders " * 20,
        "tool_name": "Bash", "tool_use_id": f"toolu_{number:024d}", "tool_input": {"command": f"psql -c 'select {number}'"}})


def measure(name, arguments, text):
    took = []
    for number in range(runs):
        given = text(number)
        begun = time.perf_counter_ns()
        run = subprocess.run(arguments, input=given, text=True, capture_output=True, check=False)
        took.append((time.perf_counter_ns() - begun) / 1e6)
        if run.returncode != 0:
            sys.exit(f"{name}: exit {run.returncode}: {run.stderr}")
    took.sort()
    print(f"{name:18} p50 {took[runs // 2]:6.1f} ms  p99 {took[runs * 99 // 100]:6.1f} ms  most {took[-1]:6.1f} ms")


measure("/bin/true", ["/bin/true"], lambda number: "")
for event in ("UserPromptSubmit", "PreToolUse", "PostToolUse"):
    measure(event, command, lambda number: told(event, number))
PY
kill -TERM "$GATEWAY_PROCESS"
wait "$GATEWAY_PROCESS"
