"""Reads a gateway's segments without our own code: what each client said."""

import struct


def packets(path):
    """The packets of interface 0 of a pcapng file, as far as its blocks are whole: raw IP."""
    data = path.read_bytes()
    offset = 0
    while offset + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, offset)
        if length < 12 or offset + length > len(data):
            return
        if kind == 6:
            interface, _, _, captured, _ = struct.unpack_from("<IIIII", data, offset + 8)
            if interface == 0:
                yield data[offset + 28 : offset + 28 + captured]
        offset += length


def client_bytes(paths):
    """One string of bytes for each connection, of the direction from the client; in the order in which they were opened."""
    streams, current = [], {}
    for path in paths:
        for packet in packets(path):
            if packet[0] >> 4 == 4:
                head = (packet[0] & 15) * 4
                ends = packet[12:20]
            else:
                head, ends = 40, packet[8:40]
            ports = packet[head : head + 4]
            flags = packet[head + 13]
            payload = packet[head + (packet[head + 12] >> 4) * 4 :]
            if flags & 0x12 == 0x02:
                streams.append(bytearray())
                current[(ends, ports)] = streams[-1]
            elif (stream := current.get((ends, ports))) is not None:
                stream += payload
    return [bytes(stream) for stream in streams]
