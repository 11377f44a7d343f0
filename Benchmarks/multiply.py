#!/usr/bin/env python3
"""A small capture as often as it takes to make a large one, every copy with hosts and a time of its own.

    multiply.py --megabytes 1000 in.pcap out.pcap

Copy k follows copy k-1 in time, and the first three bytes of all its IPv4 addresses are 10, k / 256, k % 256: no flow of one
copy is a flow of another, and each keeps its own order and timing. IPv4 checksums are made right. The payloads are the same:
a program that keeps equal contents once is flattered by it.
"""

import argparse
import struct
import sys

import numpy

NANO = 0xA1B23C4D


def offsets(data):
    """Where each record begins."""
    found, place, end = [], 24, len(data)
    unpack = struct.Struct("<I").unpack_from
    while place + 16 <= end:
        size = unpack(data, place + 8)[0]
        if place + 16 + size > end:
            break
        found.append(place)
        place += 16 + size
    return numpy.array(found, dtype=numpy.int64), place


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, required=True)
    parser.add_argument("input")
    parser.add_argument("output")
    options = parser.parse_args()
    with open(options.input, "rb") as file:
        data = file.read()
    if len(data) < 40 or struct.unpack_from("<I", data)[0] != NANO:
        sys.exit(f"multiply: {options.input}: not a little-endian pcap file with nanoseconds, as the laboratory makes them")
    records, end = offsets(data)
    bytes_ = numpy.frombuffer(data[:end], dtype=numpy.uint8).copy()

    ip = records + 16 + 14
    if not (bytes_[ip] == 0x45).all():
        sys.exit(f"multiply: {options.input}: a packet is not IPv4 without options over Ethernet")

    def words(at):
        """The little-endian 32-bit numbers at these places."""
        return sum(bytes_[at + byte].astype(numpy.int64) << (8 * byte) for byte in range(4))

    def store(at, values):
        for byte in range(4):
            bytes_[at + byte] = (values >> (8 * byte)) & 0xFF

    times = words(records) * 1_000_000_000 + words(records + 4)
    span = int(times.max() - times.min()) + 1_000_000
    copies = max(1, -(-options.megabytes * 1_000_000 // (end - 24)))
    if copies > 65536:
        sys.exit("multiply: more copies than the addresses can tell apart; begin with a larger capture")
    with open(options.output, "wb") as file:
        file.write(data[:24])
        for copy in range(copies):
            now = times + copy * span
            store(records, now // 1_000_000_000)
            store(records + 4, now % 1_000_000_000)
            for address in (12, 16):
                bytes_[ip + address] = 10
                bytes_[ip + address + 1] = copy >> 8
                bytes_[ip + address + 2] = copy & 0xFF
            bytes_[ip + 10] = bytes_[ip + 11] = 0
            total = sum(
                (bytes_[ip + at].astype(numpy.int64) << 8) + bytes_[ip + at + 1] for at in range(0, 20, 2)
            )
            total = (total & 0xFFFF) + (total >> 16)
            total = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
            bytes_[ip + 10], bytes_[ip + 11] = total >> 8, total & 0xFF
            file.write(bytes_[24:].tobytes())
    print(f"multiply: {len(records)} packets, {copies} times")


if __name__ == "__main__":
    main()
