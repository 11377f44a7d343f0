#!/usr/bin/env python3
"""Wraps every frame of a capture as cloud traffic mirroring delivers it.

    encapsulate.py --vxlan 4242 in.pcap out.pcap
    encapsulate.py --vxlan 4242 --second 4243 in.pcap out.pcap     mirrored at both ends: each frame twice
    encapsulate.py --geneve 7 in.pcap out.pcap
    encapsulate.py --gre in.pcap out.pcap                          Ethernet over GRE, RFC 1701 and NVGRE's payload type
"""

import argparse
import struct
import sys
import zlib

import packets as pcap

MIRROR, COLLECTOR = "10.99.0.11", "10.99.0.200"
SECOND_MIRROR = "10.99.0.12"


def ethernet(payload):
    return bytes.fromhex("02000a6300c8") + bytes.fromhex("02000a63000b") + struct.pack(">H", pcap.IPV4) + payload


def ipv4(protocol, payload, source, identification):
    if 20 + len(payload) > 65535:
        raise pcap.CaptureError(f"a frame of {len(payload)} bytes does not fit into an IPv4 packet")
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), identification & 0xFFFF, 0x4000, 64, protocol, 0)
    header += pcap.octets(source) + pcap.octets(COLLECTOR)
    return header[:10] + struct.pack(">H", pcap.checksum(header)) + header[12:] + payload


def udp(port, inner, payload):
    # The source port spreads flows over paths (RFC 7348 section 5): a hash of the inner addresses and ports.
    found = pcap.segment(inner)
    ends = sorted([(found.source, found.source_port), (found.destination, found.destination_port)]) if found else 0
    source = 49152 + zlib.crc32(repr(ends).encode()) % 16384
    # Checksum 0: RFC 7348 section 5 says it should be.
    return struct.pack(">HHHH", source, port, 8 + len(payload), 0) + payload


def vxlan(network, frame):
    return pcap.UDP, udp(4789, frame, struct.pack(">II", 0x08000000, network << 8) + frame)


def geneve(network, frame):
    # RFC 8926 section 3.4: version 0, no options, protocol 0x6558 (transparent Ethernet bridging).
    return pcap.UDP, udp(6081, frame, struct.pack(">BBHI", 0, 0, 0x6558, network << 8) + frame)


def gre(_, frame):
    return 47, struct.pack(">HH", 0, 0x6558) + frame


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--vxlan", type=int, metavar="VNI")
    kind.add_argument("--geneve", type=int, metavar="VNI")
    kind.add_argument("--gre", action="store_true")
    parser.add_argument("--second", type=int, metavar="VNI", help="a second mirror sends every frame again")
    parser.add_argument("input")
    parser.add_argument("output")
    options = parser.parse_args()
    wrap = vxlan if options.vxlan is not None else geneve if options.geneve is not None else gre
    network = options.vxlan if options.vxlan is not None else options.geneve or 0
    mirrors = [(MIRROR, network, 0)]
    if options.second is not None:
        # The other end sees the frame a moment later.
        mirrors.append((SECOND_MIRROR, options.second, 23_000))
    try:
        capture = pcap.read(options.input)
        if capture.link != pcap.ETHERNET:
            raise pcap.CaptureError(f"{options.input}: link type {capture.link} is not Ethernet")
        result = []
        for packet in capture.packets:
            for source, mirrored, delay in mirrors:
                protocol, payload = wrap(mirrored, packet.data)
                frame = ethernet(ipv4(protocol, payload, source, packet.number))
                more = len(frame) - len(packet.data)
                result.append(pcap.Packet(packet.time + delay, frame, packet.length + more))
        result.sort(key=lambda packet: packet.time)
        pcap.write(options.output, pcap.Capture(result, capture.link, capture.snap, capture.nanoseconds))
    except (OSError, pcap.CaptureError) as error:
        sys.exit(f"encapsulate: {error}")
    print(f"encapsulate: {len(capture.packets)} frames in, {len(result)} out")


if __name__ == "__main__":
    main()
