# Runs of the laboratory and cases of them, for attribution.sh and fit.sh. Sourced behind common.sh, never run.
# A run is kept in $out, which runs_of SEED names, and is used again when it is there.
python=$EXHIBIT_VENV/bin/python

runs_of() { # SEED
  seed=$1
  out=$EXHIBIT_BENCH/attribution-$seed
  mkdir -p "$out"
}

lab() { # NAME [option ...]
  [ ! -s "$out/$1/facts.json" ] && [ ! -s "$out/$1/log.vkey" ] || return 0
  rm -rf "${out:?}/$1"
  "$ROOT/scripts/lab/agents.sh" "$out/$1" --seed "$seed" --scale "${EXHIBIT_SCALE:-1}" "${@:2}" >&2 || bench_die "the laboratory failed"
}

case_of() { # NAME DIRECTORY: $out/NAME.exhibit, anew
  local case=$out/$1.exhibit
  rm -f "$case" "$case-wal" "$case-shm"
  "$EXHIBIT" ingest "$2/capture.pcap" "$2/transcripts" --keylog "$2/keys.log" --case "$case" --quiet >/dev/null 2>"$out/$1.log" || {
    cat "$out/$1.log" >&2
    bench_die "exhibit could not ingest $2"
  }
}

perturbed() { # option ...: $out/harder, the plain run made harder
  rm -rf "$out/harder"
  "$python" "$ROOT/scripts/lab/agents/perturb.py" "$out/plain" "$out/harder" --seed "$seed" "$@"
}
