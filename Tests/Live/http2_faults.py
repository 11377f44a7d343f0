"""Frames that break the rules of HTTP/2, each on a connection of its own, and what comes of them.

  http2_faults.py PORT TOKEN    a line for each case: its name, and GOAWAY or RST_STREAM with the error's name, or "closed"
"""

import socket
import struct
import sys
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
ERRORS = [
    "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
    "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
]


def frame(kind, flags, stream, payload=b"", length=None):
    count = len(payload) if length is None else length
    return struct.pack(">I", count)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def field(name, value):
    out = b"\x00"
    for text in (name, value):
        data = text if isinstance(text, bytes) else text.encode()
        count = len(data)
        if count < 127:
            out += bytes([count])
        else:
            out += b"\x7f"
            count -= 127
            while count >= 128:
                out += bytes([count & 127 | 128])
                count >>= 7
            out += bytes([count])
        out += data
    return out


class Peer:
    def __init__(self, port, token, opening=PREFACE + frame(SETTINGS, 0, 0)):
        self.token = token
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(10)
        self.data = b""
        self.send(opening)

    def send(self, *parts):
        try:
            self.socket.sendall(b"".join(parts))
        except OSError:
            pass

    def block(self, fields=(), leave=(), method="GET", path="/bytes/3"):
        pseudo = [(":method", method), (":scheme", "http"), (":authority", "shop"), (":path", path)]
        all = [one for one in pseudo if one[0] not in leave] + [("authorization", "Bearer " + self.token)] + list(fields)
        return b"".join(field(*one) for one in all)

    def get(self, stream, **more):
        return frame(HEADERS, END_STREAM | END_HEADERS, stream, self.block(**more))

    def read(self):
        while len(self.data) < 9 or len(self.data) < 9 + int.from_bytes(self.data[:3], "big"):
            got = self.socket.recv(1 << 16)
            if not got:
                return None
            self.data += got
        count = int.from_bytes(self.data[:3], "big")
        kind, flags, stream = self.data[3], self.data[4], int.from_bytes(self.data[5:9], "big")
        payload, self.data = self.data[9 : 9 + count], self.data[9 + count :]
        return kind, flags, stream, payload

    def outcome(self):
        """The first error, or how the first answer ended."""
        try:
            while True:
                got = self.read()
                if got is None:
                    return "closed"
                kind, flags, stream, payload = got
                if kind == GOAWAY:
                    return "GOAWAY " + ERRORS[int.from_bytes(payload[4:8], "big")]
                if kind == RST:
                    return "RST_STREAM " + ERRORS[int.from_bytes(payload[:4], "big")]
                if kind in (DATA, HEADERS) and flags & END_STREAM:
                    return "answered"
        except TimeoutError:
            return "nothing"
        except OSError:
            return "closed"


def cases(port, token):
    def peer(**more):
        return Peer(port, token, **more)

    def simple(name, *frames, **more):
        def run():
            one = peer(**more)
            one.send(*[part(one) if callable(part) else part for part in frames])
            return one.outcome()

        return name, run

    def malformed(name, **block):
        return simple(name, lambda one: frame(HEADERS, END_STREAM | END_HEADERS, 1, one.block(**block)))

    def closed_stream():
        one = peer()
        one.send(one.get(1))
        one.outcome()
        one.send(one.get(1))
        return one.outcome()

    def trailers(fields, flags=END_STREAM | END_HEADERS):
        def run():
            one = peer()
            one.send(frame(HEADERS, END_HEADERS, 1, one.block(method="POST", path="/echo")), frame(DATA, 0, 1, b"abc"))
            one.send(frame(HEADERS, flags, 1, b"".join(field(*part) for part in fields)))
            return one.outcome()

        return run

    def content_length(stated, parts):
        def run():
            one = peer()
            one.send(
                frame(HEADERS, END_HEADERS, 1, one.block([("content-length", stated)], method="POST", path="/echo"))
            )
            for index, part in enumerate(parts):
                one.send(frame(DATA, END_STREAM if index == len(parts) - 1 else 0, 1, part))
            return one.outcome()

        return run

    def rapid_reset():
        one = peer()
        for number in range(1000):
            stream = 2 * number + 1
            one.send(one.get(stream, path="/slow?5"), frame(RST, 0, stream, struct.pack(">I", 8)))
        return last_error(one)

    def flood(count, *parts):
        def run():
            one = peer()
            for _ in range(count):
                one.send(*parts)
            return last_error(one)

        return run

    def last_error(one):
        """GOAWAY if it comes, whatever comes before it."""
        while True:
            said = one.outcome()
            if said.startswith("GOAWAY") or said in ("closed", "nothing"):
                return said

    def continuations():
        one = peer()
        one.send(frame(HEADERS, END_STREAM, 1, one.block()))
        for number in range(10_000):
            one.send(frame(CONTINUATION, 0, 1, field("x", "y")))
        return last_error(one)

    def many_streams():
        one = peer()
        one.read()
        one.send(frame(SETTINGS, ACK, 0))
        for number in range(300):
            one.send(one.get(2 * number + 1, path="/slow?3"))
        return one.outcome()

    def own_window():
        one = peer()
        one.send(one.get(1, path="/bytes/100"), frame(WINDOW, 0, 1, struct.pack(">I", 0x7FFFFFFF)))
        return one.outcome()

    def goes_on():
        """After a fault of one stream another is served."""
        one = peer()
        one.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, one.block([("connection", "close")])))
        first = one.outcome()
        one.send(frame(HEADERS, END_STREAM | END_HEADERS, 3, one.block(path="orders")))
        second = one.outcome()
        one.send(one.get(5))
        third = one.outcome()
        return first if first == second and third == "answered" else f"{first}, {second}, {third}"

    yield simple("request", lambda one: one.get(1))
    yield simple("bad preface", opening=b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n" + frame(SETTINGS, 0, 0))
    yield simple("no settings", lambda one: one.get(1), opening=PREFACE)
    yield simple("DATA on stream 0", frame(DATA, 0, 0, b"abc"))
    yield simple("HEADERS on stream 0", lambda one: frame(HEADERS, END_HEADERS, 0, one.block()))
    yield simple("SETTINGS on stream 1", frame(SETTINGS, 0, 1))
    yield simple("PING on stream 1", frame(PING, 0, 1, b"12345678"))
    yield simple("PING of 4 bytes", frame(PING, 0, 0, b"1234"))
    yield simple("SETTINGS of 5 bytes", frame(SETTINGS, 0, 0, b"12345"))
    yield simple("frame too long", frame(DATA, 0, 1, b"x" * 20_000))
    yield simple("idle stream", frame(DATA, 0, 5, b"abc"))
    yield simple("RST_STREAM of an idle stream", frame(RST, 0, 5, struct.pack(">I", 8)))
    yield simple("WINDOW_UPDATE of an idle stream", frame(WINDOW, 0, 5, struct.pack(">I", 8)))
    yield simple("even stream", lambda one: one.get(2))
    yield simple("stream numbers fall", lambda one: one.get(5) + one.get(3))
    yield "HEADERS on a closed stream", closed_stream
    yield simple("PUSH_PROMISE of a client", lambda one: frame(PUSH, END_HEADERS, 1, struct.pack(">I", 2) + one.block()))
    yield simple("CONTINUATION alone", frame(CONTINUATION, END_HEADERS, 1, b""))
    yield simple(
        "DATA within a header block", lambda one: frame(HEADERS, 0, 1, one.block()) + frame(DATA, 0, 1, b"abc"))
    yield simple("padding too long", lambda one: frame(DATA, PADDED, 1, b"\xff" + b"abc"))
    yield simple("HPACK index of nothing", frame(HEADERS, END_STREAM | END_HEADERS, 1, b"\xff\x80\x80\x01"))
    yield simple("WINDOW_UPDATE of 0", frame(WINDOW, 0, 0, struct.pack(">I", 0)))
    yield simple("window overflow", frame(WINDOW, 0, 0, struct.pack(">I", 0x7FFFFFFF)))
    yield "window overflow of a stream", own_window
    yield simple("initial window too large", frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0x80000000)))
    yield simple("frame size too small", frame(SETTINGS, 0, 0, struct.pack(">HI", 5, 100)))
    yield simple("push neither 0 nor 1", frame(SETTINGS, 0, 0, struct.pack(">HI", 2, 2)))
    yield malformed("no :method", leave=[":method"])
    yield malformed("no :path", leave=[":path"])
    yield malformed("no :scheme", leave=[":scheme"])
    yield malformed("path without slash", path="orders")
    yield malformed(":method twice", fields=[(":method", "GET")])
    yield malformed(":status in a request", fields=[(":status", "200")])
    yield malformed("name in upper case", fields=[("X-Up", "1")])
    yield malformed("connection", fields=[("connection", "close")])
    yield malformed("transfer-encoding", fields=[("transfer-encoding", "chunked")])
    yield malformed("upgrade", fields=[("upgrade", "websocket")])
    yield malformed("te: gzip", fields=[("te", "gzip")])
    yield malformed("line end in a value", fields=[("x", "a\r\nHost: other")])
    yield malformed("NUL in a value", fields=[("x", b"a\x00b")])
    yield malformed("blank in a name", fields=[("x y", "1")])
    yield malformed("Host is another", fields=[("host", "other")])
    yield malformed("no authority", leave=[":authority"])
    yield malformed("content-length without content", fields=[("content-length", "5")])
    yield "content longer than content-length", content_length("3", [b"abc", b"GET / HTTP/1.1\r\n\r\n"])
    yield "content shorter than content-length", content_length("30", [b"abc"])
    yield malformed("two lengths", fields=[("content-length", "0"), ("content-length", "3")])
    yield "trailers with :path", trailers([(":path", "/a")])
    yield "trailers that do not end", trailers([("x-sum", "1")], END_HEADERS)
    yield "trailers with content-length", trailers([("content-length", "3")])
    yield "stream goes on", goes_on
    yield "rapid reset", rapid_reset
    yield "CONTINUATION flood", continuations
    yield "SETTINGS flood", flood(20_000, frame(SETTINGS, 0, 0))
    yield "PING flood", flood(20_000, frame(PING, 0, 0, b"12345678"))
    yield "empty DATA flood", lambda: empty_data(peer())
    yield "more streams than allowed", many_streams
    yield simple("header list too long", lambda one: headers(one, [("x", "y" * 60_000), ("z", "y" * 60_000)]))
    yield simple("head of 40 kB", lambda one: headers(one, [("x", "y" * 40_000)]))


def headers(one, fields):
    # What the gateway allows holds when it was acknowledged.
    one.read()
    one.send(frame(SETTINGS, ACK, 0))
    block = one.block(fields)
    out, kind, flags = b"", HEADERS, END_STREAM
    while block:
        part, block = block[:16_384], block[16_384:]
        out += frame(kind, flags | (0 if block else END_HEADERS), 1, part)
        kind, flags = CONTINUATION, 0
    return out


def empty_data(one):
    one.send(frame(HEADERS, END_HEADERS, 1, one.block(method="POST", path="/echo")))
    for _ in range(1000):
        one.send(frame(DATA, 0, 1))
    return one.outcome()


if __name__ == "__main__":
    for name, run in cases(int(sys.argv[1]), sys.argv[2]):
        print(f"{name}: {run()}", flush=True)
