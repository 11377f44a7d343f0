#!/usr/bin/env bash
# What tshark says of a capture of HTTPS, opened with the key log beside it: one line for each packet that has any.
#   Benchmarks/tshark-http-facts.sh CAPTURE      time, stream, method, URI, status, content length; separated by tabs
set -euo pipefail
exec tshark -n -r "$1" -o "tls.keylog_file:${1%.pcap}.keylog" -Y http -T fields -E aggregator='|' \
  -e frame.time_epoch -e tcp.stream -e http.request.method -e http.request.uri -e http.response.code \
  -e http.content_length 2>/dev/null
