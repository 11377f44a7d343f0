#!/usr/bin/env python3
"""Writes a capture to standard output whose size no memory holds.

  make-memory.py flows 10000 [20]
                                 HTTP connections that are all open at once, each in the middle of a request of which so
                                 many thousand bytes were sent, 99 at most
  make-memory.py body 5000       one response of so many million bytes
"""
import struct
import sys

OUT = sys.stdout.buffer
OUT.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
CLOCK = [1_795_000_000_000_000]


def packet(source, sport, target, dport, seq, ack, flags, payload=b""):
    CLOCK[0] += 10
    total = 40 + len(payload)
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, total, 0, 0, 64, 6, 0, source, target)
    head += struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 65535, 0, 0)
    seconds, micros = divmod(CLOCK[0], 1_000_000)
    OUT.write(struct.pack("<IIII", seconds, micros, total, total) + head + payload)


SERVER = bytes([10, 0, 0, 1])


def flows(count, thousands=20):
    ends = [(bytes([10, 1, index >> 8 & 255, index & 255]), 20000 + (index >> 16)) for index in range(count)]
    for client, port in ends:
        packet(client, port, SERVER, 80, 99, 0, 0x02)
        packet(SERVER, 80, client, port, 199, 100, 0x12)
        packet(client, port, SERVER, 80, 100, 200, 0x10)
    head = b"POST /upload HTTP/1.1\r\nHost: shop.internal\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n"
    sent = 0
    for piece in [head] + [b"x" * 1000] * thousands:
        for client, port in ends:
            packet(client, port, SERVER, 80, 100 + sent, 200, 0x18, piece)
        sent += len(piece)


def body(millions):
    client, port = bytes([10, 1, 0, 1]), 20000
    packet(client, port, SERVER, 80, 99, 0, 0x02)
    packet(SERVER, 80, client, port, 199, 100, 0x12)
    request = b"GET /dump HTTP/1.1\r\nHost: shop.internal\r\n\r\n"
    packet(client, port, SERVER, 80, 100, 200, 0x18, request)
    ack = 100 + len(request)
    left = millions * 1_000_000
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % left
    packet(SERVER, 80, client, port, 200, ack, 0x18, head)
    seq = 200 + len(head)
    block = bytes(range(256)) * 250
    while left > 0:
        piece = block[: min(left, len(block))]
        packet(SERVER, 80, client, port, seq, ack, 0x10, piece)
        packet(client, port, SERVER, 80, ack, seq + len(piece), 0x10)
        seq += len(piece)
        left -= len(piece)
    packet(SERVER, 80, client, port, seq, ack, 0x11)
    packet(client, port, SERVER, 80, ack, seq + 1, 0x11)


{"flows": flows, "body": body}[sys.argv[1]](*map(int, sys.argv[2:]))
