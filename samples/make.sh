#!/usr/bin/env bash
# Remakes samples with real servers and clients: all of them, or those named.
#   samples/make.sh [psql-basics] [story] ...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh --tests

if [ $# -gt 0 ]; then cases=("$@"); else
  # The derived ones last: they start from others.
  mapfile -t cases < <(cd samples/postgres && ls -d -- */ | tr -d / | grep -Ev '^(damaged|vxlan)-'; ls -d -- damaged-*/ vxlan-*/ | tr -d /)
  cases+=(story)
fi
for name in "${cases[@]}"; do
  case "$name" in
    story) script=scripts/lab/story.sh ;;
    *) script=samples/postgres/$name/make.sh ;;
  esac
  [ -x "$script" ] || { echo "samples: no such sample: $name" >&2; exit 3; }
  echo "samples: $name"
  "$script"
done
