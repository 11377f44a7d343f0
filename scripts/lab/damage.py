#!/usr/bin/env python3
"""Damages a capture as networks and capture boxes do, the same way every time for the same seed.

    damage.py --drop 0.01 --reorder 0.05 --duplicate 0.02 --seed 7 in.pcap out.pcap
    damage.py --lose 95 98 --host 10.20.1.11 in.pcap out.pcap

Dropped packets are absent. A reordered packet arrives one to five places later; the times stay where they are, as
a capture box stamps what it sees when it sees it. A duplicate is the same frame again, a few microseconds later.
--lose takes every packet (of --host, if given) between two moments, in seconds after the first packet.
--manifest tells what was done: the numbers of the dropped packets in the input and the stream bytes they carried.
"""

import argparse
import json
import random
import sys
from collections import Counter
from dataclasses import replace

import packets as pcap


def probability(text):
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("a probability lies between 0 and 1")
    return value


def damage(capture, drop, reorder, duplicate, seed, lose=None, host=None):
    """The damaged capture, and an account of it."""
    dice = random.Random(seed)
    dropped, slots, reordered, duplicated = [], [], 0, 0
    first = capture.packets[0].time if capture.packets else 0
    for place, packet in enumerate(capture.packets):
        found = pcap.segment(packet.data)
        # Three dice a packet whatever happens to it: one probability does not shift the others' choices.
        falls, moves, repeats = dice.random(), dice.random(), dice.random()
        delay, echo = dice.randint(1, 5), dice.randint(0, 2)
        lost = False
        if lose is not None:
            seconds = (packet.time - first) / 1e9
            ours = host is None or (found is not None and host in (found.source, found.destination))
            lost = ours and lose[0] <= seconds < lose[1]
        if lost or falls < drop:
            dropped.append((packet, found))
            continue
        # Half a place more: behind the packet that holds the place already.
        order = place + delay + 0.5 if moves < reorder else float(place)
        reordered += moves < reorder
        slots.append((order, 0, packet))
        if repeats < duplicate:
            duplicated += 1
            slots.append((order + echo, 1, packet))
    slots.sort(key=lambda slot: (slot[0], slot[1], slot[2].number))

    # The times of the originals in rising order; a duplicate comes a little after the one before it.
    times = iter(sorted(packet.time for _, copy, packet in slots if copy == 0))
    result, latest = [], 0
    for _, copy, packet in slots:
        latest = next(times) if copy == 0 else latest + dice.randint(1_000, 9_000)
        result.append(replace(packet, time=latest))
    # A duplicate's time may pass that of the next packet by some microseconds.
    result.sort(key=lambda packet: packet.time)

    account = {
        "packets_in": len(capture.packets),
        "packets_out": len(result),
        "dropped": len(dropped),
        "reordered": reordered,
        "duplicated": duplicated,
        "seed": seed,
        "lost": [
            {
                "packet": packet.number,
                "from": f"{found.source}:{found.source_port}",
                "to": f"{found.destination}:{found.destination_port}",
                "sequence": found.sequence,
                "bytes": found.size,
            }
            for packet, found in dropped
            if found is not None
        ],
    }
    return pcap.Capture(result, capture.link, capture.snap, capture.nanoseconds), account


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drop", type=probability, default=0.0)
    parser.add_argument("--reorder", type=probability, default=0.0)
    parser.add_argument("--duplicate", type=probability, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lose", type=float, nargs=2, metavar=("FROM", "TO"))
    parser.add_argument("--host", help="only this address for --lose")
    parser.add_argument("--manifest", metavar="FILE")
    parser.add_argument("input")
    parser.add_argument("output")
    options = parser.parse_args()
    try:
        capture = pcap.read(options.input)
    except (OSError, pcap.CaptureError) as error:
        sys.exit(f"damage: {error}")
    result, account = damage(
        capture, options.drop, options.reorder, options.duplicate, options.seed, options.lose, options.host
    )
    pcap.write(options.output, result)
    if options.manifest:
        with open(options.manifest, "w") as file:
            json.dump(account, file, indent=1)
            file.write("\n")
    told = Counter({key: account[key] for key in ("dropped", "reordered", "duplicated")})
    print(
        f"damage: {account['packets_in']} packets in, {account['packets_out']} out: "
        + ", ".join(f"{count} {what}" for what, count in told.items())
    )


if __name__ == "__main__":
    main()
