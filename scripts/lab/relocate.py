#!/usr/bin/env python3
"""Moves a loopback capture to the hosts and the hour of the story that it plays in.

    relocate.py --start 2026-11-20T02:14:00Z --lasts 600 --pause 20 \\
        --move 127.0.0.11=10.20.1.11 --server 5432=10.20.0.5:5432 --server 2222=10.20.1.11:22 in.pcap out.pcap

A client of the laboratory reaches a server by an address of its own in 127.0.0.0/8. Each --move gives the host behind
that address its name in the story; --server is what the server at a port of the laboratory becomes. Checksums are made right.
Only pauses grow: whenever no packet at all was seen for longer than --pause milliseconds, that silence is stretched, by
one factor, until the recording --lasts so many seconds. What happened within bursts keeps its true timing.
--clock writes down when each packet was recorded and when it is now: retell.py moves transcripts alike.
"""

import argparse
import datetime
import json
import sys
from dataclasses import replace

import packets as pcap


def stretched(times, pause, total):
    """New times: the part of every silence beyond `pause` multiplied so that all last `total` nanoseconds."""
    silences = [max(0, later - earlier - pause) for earlier, later in zip(times, times[1:])]
    spare = total - (times[-1] - times[0])
    if spare < 0 or not sum(silences):
        raise pcap.CaptureError("the recording is longer than it shall last, or never pauses")
    result, moved, silent = [times[0]], 0, sum(silences)
    for time, silence in zip(times[1:], silences):
        moved += silence
        # Integers throughout: the same input gives the same bytes everywhere.
        result.append(time + spare * moved // silent)
    return result


def moved(data, hosts, servers):
    found = pcap.segment(data)
    if found is None:
        raise pcap.CaptureError("a packet is not TCP over IPv4 over Ethernet")
    frame = bytearray(data)
    # The server's side is the one with the laboratory address of a client.
    for near, port, port_at, ours, theirs in (
        (found.source, found.source_port, found.tcp, 12, 16),
        (found.destination, found.destination_port, found.tcp + 2, 16, 12),
    ):
        if near in hosts and port in servers:
            server, server_port = servers[port]
            frame[found.ip + ours : found.ip + ours + 4] = pcap.octets(server)
            frame[found.ip + theirs : found.ip + theirs + 4] = pcap.octets(hosts[near])
            frame[port_at : port_at + 2] = server_port.to_bytes(2, "big")
            break
    else:
        raise pcap.CaptureError(
            f"no --move or no --server for {found.source}:{found.source_port} or {found.destination}:{found.destination_port}")
    # Locally administered hardware addresses that name the host.
    frame[0:6] = b"\x02\x00" + bytes(frame[found.ip + 16 : found.ip + 20])
    frame[6:12] = b"\x02\x00" + bytes(frame[found.ip + 12 : found.ip + 16])
    return pcap.with_checksums(bytes(frame))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", required=True, help="the first packet's time, ISO 8601")
    parser.add_argument("--lasts", type=float, metavar="SECONDS")
    parser.add_argument("--pause", type=float, default=20, metavar="MILLISECONDS")
    parser.add_argument("--move", action="append", default=[], metavar="LAB=HOST")
    parser.add_argument("--server", action="append", required=True, metavar="PORT=HOST:PORT")
    parser.add_argument("--clock", metavar="FILE")
    parser.add_argument("input")
    parser.add_argument("output")
    options = parser.parse_args()
    start = datetime.datetime.fromisoformat(options.start.replace("Z", "+00:00"))
    start = int(start.timestamp()) * 1_000_000_000
    hosts = dict(pair.split("=", 1) for pair in options.move)
    servers = {}
    for given in options.server:
        port, _, address = given.partition("=")
        host, _, number = address.rpartition(":")
        servers[int(port)] = host, int(number)
    try:
        capture = pcap.read(options.input)
        ordered = sorted(capture.packets, key=lambda packet: packet.time)
        times = [packet.time - ordered[0].time + start for packet in ordered]
        if options.lasts:
            times = stretched(times, int(options.pause * 1e6), int(options.lasts * 1e9))
        result = [
            replace(packet, time=time, data=moved(packet.data, hosts, servers))
            for packet, time in zip(ordered, times)
        ]
        if options.clock:
            with open(options.clock, "w") as file:
                json.dump({"recorded": [packet.time for packet in ordered], "told": times}, file)
        pcap.write(options.output, pcap.Capture(result, capture.link, capture.snap, capture.nanoseconds))
    except (OSError, ValueError, IndexError, pcap.CaptureError) as error:
        sys.exit(f"relocate: {error}")
    print(f"relocate: {len(result)} packets, {(times[-1] - times[0]) / 1e9:.1f} s")


if __name__ == "__main__":
    main()
