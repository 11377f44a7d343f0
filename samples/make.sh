#!/usr/bin/env bash
# Remakes samples with real servers and clients: all of them, or those named.
#   samples/make.sh [postgres/psql-basics] [ssh/exec] [agents] [story] ...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh --tests

if [ $# -gt 0 ]; then cases=("$@"); else
  # The derived ones last: they start from others.
  mapfile -t cases < <(cd samples && ls -d postgres/* http/* ssh/* | grep -Ev '/(damaged|vxlan)-'
    ls -d postgres/damaged-* postgres/vxlan-*)
  cases+=(agents approvals witness gateway release story)
fi
for name in "${cases[@]}"; do
  case "$name" in
    story) script=scripts/lab/story.sh ;;
    *) script=samples/$name/make.sh ;;
  esac
  [ -x "$script" ] || { echo "samples: no such sample: $name" >&2; exit 3; }
  echo "samples: $name"
  "$script"
done
