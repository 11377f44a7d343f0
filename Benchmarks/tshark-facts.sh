#!/usr/bin/env bash
# What tshark says of a capture: the same facts that exhibit puts into a case, one line for each packet that has any.
#   Benchmarks/tshark-facts.sh CAPTURE      time, stream, statements, parameters, tags, SQLSTATEs; separated by tabs
set -euo pipefail
# The lab's captures begin with the first client's SYN.
port=$(tshark -n -r "$1" -c 1 -T fields -e tcp.dstport 2>/dev/null)
exec tshark -n -r "$1" -d "tcp.port==$port,pgsql" -Y pgsql -T fields -E aggregator='|' \
  -e frame.time_epoch -e tcp.stream -e pgsql.query -e pgsql.val.data -e pgsql.tag -e pgsql.code 2>/dev/null
