#!/usr/bin/env python3
"""Cuts a capture into files of so many seconds, as a rotating tcpdump would have left them.

    rotate.py --seconds 120 --port 5432 --prefix db01 in.pcap directory     → directory/db01-20261120T021400Z.pcap, …

Without --seconds it stays one file, named by its first second. --port takes the packets of one server.
"""

import argparse
import datetime
import os
import sys
from dataclasses import replace

import packets as pcap


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--port", type=int)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("input")
    parser.add_argument("directory")
    options = parser.parse_args()
    try:
        capture = pcap.read(options.input)
    except (OSError, pcap.CaptureError) as error:
        sys.exit(f"rotate: {error}")
    if options.port:
        ports = ((packet, pcap.segment(packet.data)) for packet in capture.packets)
        capture = replace(capture, packets=[
            packet for packet, found in ports if found and options.port in (found.source_port, found.destination_port)])
    files = {}
    for packet in capture.packets:
        second = packet.time // 1_000_000_000
        if options.seconds:
            second = second // options.seconds * options.seconds
        elif files:
            second = next(iter(files))
        files.setdefault(second, []).append(packet)
    os.makedirs(options.directory, exist_ok=True)
    for second, packets in sorted(files.items()):
        moment = datetime.datetime.fromtimestamp(second, datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        pcap.write(
            os.path.join(options.directory, f"{options.prefix}-{moment}.pcap"),
            pcap.Capture(packets, capture.link, capture.snap, capture.nanoseconds),
        )
    print(f"rotate: {len(capture.packets)} packets in {len(files)} files")


if __name__ == "__main__":
    main()
