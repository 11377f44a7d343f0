"""Classic pcap files, in and out, and just enough of Ethernet, IPv4 and TCP to change them on purpose.

Standard library only: whoever remakes or damages a sample needs nothing but Python.
"""

import struct
from dataclasses import dataclass, field, replace

MICRO, NANO = 0xA1B2C3D4, 0xA1B23C4D
ETHERNET, IPV4, TCP, UDP = 1, 0x0800, 6, 17


@dataclass(frozen=True)
class Packet:
    """A record: time in nanoseconds, the captured bytes, the length on the wire, its number in the file from 1."""

    time: int
    data: bytes
    length: int
    number: int = 0


@dataclass
class Capture:
    packets: list = field(default_factory=list)
    link: int = ETHERNET
    snap: int = 262144
    nanoseconds: bool = True


class CaptureError(Exception):
    pass


def read(path):
    """The whole file; a truncated last record is an error, for our own samples are never cut."""
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 24:
        raise CaptureError(f"{path}: {len(data)} bytes are no pcap file")
    for order in "<>":
        magic, _, _, _, _, snap, link = struct.unpack_from(order + "IHHiIII", data)
        if magic in (MICRO, NANO):
            break
    else:
        raise CaptureError(f"{path}: no classic pcap file (convert it with: editcap -F pcap IN OUT)")
    scale = 1 if magic == NANO else 1000
    record = struct.Struct(order + "IIII")
    packets, offset = [], 24
    while offset < len(data):
        if offset + 16 > len(data):
            raise CaptureError(f"{path}: offset {offset}: truncated record header")
        seconds, fraction, captured, length = record.unpack_from(data, offset)
        offset += 16
        if offset + captured > len(data):
            raise CaptureError(f"{path}: offset {offset}: record of {captured} bytes is cut")
        packets.append(
            Packet(seconds * 1_000_000_000 + fraction * scale, data[offset : offset + captured], length, len(packets) + 1)
        )
        offset += captured
    return Capture(packets, link & 0x0FFFFFFF, snap, magic == NANO)


def write(path, capture):
    scale = 1 if capture.nanoseconds else 1000
    with open(path, "wb") as file:
        magic = NANO if capture.nanoseconds else MICRO
        file.write(struct.pack("<IHHiIII", magic, 2, 4, 0, 0, capture.snap, capture.link))
        for packet in capture.packets:
            seconds, rest = divmod(packet.time, 1_000_000_000)
            file.write(struct.pack("<IIII", seconds, rest // scale, len(packet.data), packet.length))
            file.write(packet.data)


@dataclass(frozen=True)
class Segment:
    """Where the parts of a TCP segment lie in an Ethernet frame, and what they say."""

    ip: int
    tcp: int
    payload: int
    end: int
    source: str
    destination: str
    source_port: int
    destination_port: int
    sequence: int
    flags: int

    @property
    def size(self):
        return self.end - self.payload


def segment(data):
    """The TCP segment in an Ethernet frame with IPv4, or None."""
    if len(data) < 34 or struct.unpack_from(">H", data, 12)[0] != IPV4:
        return None
    ip = 14
    header = (data[ip] & 15) * 4
    total = struct.unpack_from(">H", data, ip + 2)[0]
    if data[ip] >> 4 != 4 or header < 20 or data[ip + 9] != TCP:
        return None
    tcp = ip + header
    if tcp + 20 > len(data):
        return None
    # A frame of the TCP offload engine may say 0: then it reaches to its end.
    end = min(ip + total if total else len(data), len(data))
    source_port, destination_port, sequence = struct.unpack_from(">HHI", data, tcp)
    payload = tcp + (data[tcp + 12] >> 4) * 4
    return Segment(
        ip, tcp, min(payload, end), end, address(data[ip + 12 : ip + 16]), address(data[ip + 16 : ip + 20]),
        source_port, destination_port, sequence, data[tcp + 13],
    )


def address(four):
    return ".".join(str(byte) for byte in four)


def octets(text):
    parts = [int(part) for part in text.split(".")]
    if len(parts) != 4 or not all(0 <= part <= 255 for part in parts):
        raise CaptureError(f"{text}: no IPv4 address")
    return bytes(parts)


def checksum(data):
    """The Internet checksum of RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def with_checksums(data):
    """The frame with right IPv4 and TCP checksums: on a loopback interface the kernel leaves TCP's unfinished."""
    found = segment(data)
    if found is None:
        return data
    frame = bytearray(data)
    frame[found.ip + 10 : found.ip + 12] = b"\0\0"
    frame[found.ip + 10 : found.ip + 12] = struct.pack(">H", checksum(bytes(frame[found.ip : found.tcp])))
    frame[found.tcp + 16 : found.tcp + 18] = b"\0\0"
    body = bytes(frame[found.tcp : found.end])
    pseudo = bytes(frame[found.ip + 12 : found.ip + 20]) + struct.pack(">BBH", 0, TCP, len(body))
    frame[found.tcp + 16 : found.tcp + 18] = struct.pack(">H", checksum(pseudo + body))
    return bytes(frame)


def renumbered(packets):
    return [replace(packet, number=number) for number, packet in enumerate(packets, 1)]
