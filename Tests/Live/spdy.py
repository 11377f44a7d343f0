#!/usr/bin/env python3
"""Speaks SPDY/3.1 as kubectl and the API server do, written from the draft: both ends on loopback, real programs behind.

    spdy.py serve PORT ACCOUNT           the API server: exec and attach run programs, port-forward connects to a port here
    spdy.py call PORT WEB_PORT ACCOUNT   the client: some of everything
    spdy.py web PORT                     an HTTP server to forward to
    spdy.py sample                       prints a conversation, a line a piece: `C` or `S` and hex digits

Each end writes what it sent and got to ACCOUNT, a line of JSON for each stream or call.
"""
import base64
import fcntl
import hashlib
import http.server
import json
import os
import pty
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import urllib.parse
import zlib

NAMES = (
    "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow "
    "authorization cache-control connection content-base content-encoding content-language content-length "
    "content-location content-md5 content-range content-type date etag expect expires from host if-match "
    "if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma "
    "proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade "
    "user-agent vary via warning www-authenticate method get status"
).split() + ["200 OK", "version", "HTTP/1.1", "url", "public", "set-cookie", "keep-alive", "origin"]
VALUES = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden"
    "404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug "
    "Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,"
    "application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdch"
    "charset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
DICTIONARY = b"".join(struct.pack(">I", len(n)) + n.encode() for n in NAMES) + VALUES.encode()
# The checksum that the streams of every implementation begin with.
assert zlib.adler32(DICTIONARY) == 0xE3C6A7C2
FIN = 1


class Packer:
    """Frames of one direction."""

    def __init__(self):
        self.deflate = zlib.compressobj(9, zlib.DEFLATED, 11, 8, zlib.Z_DEFAULT_STRATEGY, DICTIONARY)

    def control(self, kind, flags, payload):
        return struct.pack(">HHI", 0x8003, kind, flags << 24 | len(payload)) + payload

    def block(self, fields):
        plain = struct.pack(">I", len(fields))
        for name, value in fields.items():
            plain += struct.pack(">I", len(name)) + name.encode() + struct.pack(">I", len(value)) + value.encode()
        return self.deflate.compress(plain) + self.deflate.flush(zlib.Z_SYNC_FLUSH)

    def syn_stream(self, stream, fields, flags=0):
        return self.control(1, flags, struct.pack(">IIBB", stream, 0, 0, 0) + self.block(fields))

    def syn_reply(self, stream, fields=None, flags=0):
        return self.control(2, flags, struct.pack(">I", stream) + self.block(fields or {}))

    def rst_stream(self, stream, status):
        return self.control(3, 0, struct.pack(">II", stream, status))

    def settings(self, values):
        entries = b"".join(struct.pack(">BBHI", 0, 0, name, value) for name, value in values)
        return self.control(4, 0, struct.pack(">I", len(values)) + entries)

    def ping(self, number):
        return self.control(6, 0, struct.pack(">I", number))

    def goaway(self, last, status=0):
        return self.control(7, 0, struct.pack(">II", last, status))

    def window_update(self, stream, delta):
        return self.control(9, 0, struct.pack(">II", stream, delta))

    def data(self, stream, payload, flags=0):
        return struct.pack(">II", stream, flags << 24 | len(payload)) + payload


class Session:
    """One end of a connection that was switched."""

    def __init__(self, connection, is_server, rest=b""):
        self.connection, self.packer, self.lock = connection, Packer(), threading.Lock()
        self.rest, self.inflate = rest, zlib.decompressobj(zdict=DICTIONARY)
        self.is_server, self.next = is_server, 1
        self.streams, self.got, self.ended = {}, {}, {}
        self.changed = threading.Condition()
        self.is_over, self.replies = False, set()
        self.opened = lambda stream, fields: None
        self.heard = lambda stream, payload, is_end: None

    def send(self, build, *more):
        with self.lock:
            self.connection.sendall(build(*more))

    def open(self, fields, flags=0):
        with self.lock:
            stream, self.next = self.next, self.next + 2
            self.streams[stream], self.got[stream] = fields, bytearray()
            self.connection.sendall(self.packer.syn_stream(stream, fields, flags))
        self.wait(lambda: stream in self.replies)
        return stream

    def write(self, stream, payload, is_end=False, size=1000):
        pieces = [payload[i : i + size] for i in range(0, len(payload), size)] or [b""]
        for number, piece in enumerate(pieces):
            last = is_end and number == len(pieces) - 1
            self.send(self.packer.data, stream, piece, FIN if last else 0)

    def wait(self, ready):
        with self.changed:
            if not self.changed.wait_for(lambda: ready() or self.is_over, 30) or not ready():
                raise SystemExit("the other end did not answer")

    def read(self, count):
        while len(self.rest) < count:
            piece = self.connection.recv(65536)
            if not piece:
                return None
            self.rest += piece
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def fields(self, block):
        plain = self.inflate.decompress(block)
        (count,), at, fields = struct.unpack_from(">I", plain), 4, {}
        for _ in range(count):
            words = []
            for _ in range(2):
                (length,) = struct.unpack_from(">I", plain, at)
                words.append(plain[at + 4 : at + 4 + length].decode())
                at += 4 + length
            fields[words[0]] = words[1]
        return fields

    def run(self):
        try:
            while (head := self.read(8)) is not None:
                first, second = struct.unpack(">II", head)
                flags, payload = second >> 24, self.read(second & 0xFFFFFF)
                if payload is None:
                    break
                if first >> 31:
                    self.take_control(first & 0xFFFF, flags, payload)
                else:
                    with self.changed:
                        self.got.setdefault(first, bytearray()).extend(payload)
                        self.ended[first] = bool(flags & FIN)
                        self.changed.notify_all()
                    self.heard(first, payload, bool(flags & FIN))
                    if payload:
                        self.send(self.packer.window_update, first, len(payload))
        except OSError:
            pass
        with self.changed:
            self.is_over = True
            self.changed.notify_all()

    def take_control(self, kind, flags, payload):
        if kind == 1:
            (stream,) = struct.unpack_from(">I", payload)
            fields = self.fields(payload[10:])
            self.streams[stream], self.got[stream] = fields, bytearray()
            self.ended[stream] = bool(flags & FIN)
            self.send(self.packer.syn_reply, stream)
            self.opened(stream, fields)
        elif kind in (2, 8):
            (stream,) = struct.unpack_from(">I", payload)
            self.fields(payload[4:])
            with self.changed:
                self.replies.add(stream)
                self.changed.notify_all()
        elif kind == 6 and struct.unpack(">I", payload)[0] % 2 == (1 if self.is_server else 0):
            self.send(self.packer.ping, struct.unpack(">I", payload)[0])


def switch(connection):
    """Reads a head, up to its empty line."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None, b""
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), rest


# The server


class Remote:
    """One program that was asked for, or the connections of one port-forward."""

    def __init__(self, session, query, note):
        self.session, self.query, self.note = session, query, note
        self.by_type, self.input, self.sizes = {}, bytearray(), []
        self.process, self.terminal, self.lines = None, None, b""
        self.sockets, self.threads = {}, []
        session.opened, session.heard = self.opened, self.heard

    @property
    def has_terminal(self):
        return self.query.get("tty") == ["true"]

    def opened(self, stream, fields):
        kind = fields["streamtype"]
        if "port" in fields:
            if kind == "data":
                target = socket.create_connection(("127.0.0.1", int(fields["port"])))
                self.sockets[stream] = target
                threading.Thread(target=self.pass_back, args=(stream, target), daemon=True).start()
            else:
                self.by_type[fields["requestid"]] = stream
            return
        self.by_type[kind] = stream
        wanted = {"error"} | ({"resize"} if self.has_terminal else set())
        wanted |= {k for k in ("stdin", "stdout", "stderr") if self.query.get(k) == ["true"]}
        if set(self.by_type) == wanted:
            self.start()

    def pass_back(self, stream, target):
        while piece := target.recv(65536):
            self.session.write(stream, piece)
        self.session.write(stream, b"", True)
        error = self.by_type.get(self.session.streams[stream]["requestid"])
        if error:
            self.session.write(error, b"", True)

    def start(self):
        command = self.query["command"]
        if self.has_terminal:
            self.terminal, child = pty.openpty()
            self.process = subprocess.Popen(
                command, stdin=child, stdout=child, stderr=child, start_new_session=True,
                env={"PATH": os.environ["PATH"], "TERM": "xterm", "PS1": "$ ", "LC_ALL": "C.UTF-8"},
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
            os.close(child)
            outputs = {"stdout": self.terminal}
        else:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            outputs = {"stdout": self.process.stdout.fileno(), "stderr": self.process.stderr.fileno()}
            if "stdin" not in self.by_type:
                self.process.stdin.close()
        for kind, handle in outputs.items():
            thread = threading.Thread(target=self.copy, args=(kind, handle), daemon=True)
            thread.start()
            self.threads.append(thread)
        threading.Thread(target=self.end, daemon=True).start()

    def copy(self, kind, handle):
        sent = bytearray()
        while True:
            try:
                piece = os.read(handle, 4096)
            except OSError:
                break
            if not piece:
                break
            sent += piece
            self.session.write(self.by_type[kind], piece)
        self.session.write(self.by_type[kind], b"", True)
        setattr(self, kind, bytes(sent))

    def heard(self, stream, payload, is_end):
        if stream in self.sockets:
            if payload:
                self.sockets[stream].sendall(payload)
            if is_end:
                self.sockets[stream].shutdown(socket.SHUT_WR)
            return
        kind = self.session.streams.get(stream, {}).get("streamtype")
        if kind == "stdin":
            self.input += payload
            if self.terminal:
                os.write(self.terminal, payload)
            elif payload:
                self.process.stdin.write(payload)
                self.process.stdin.flush()
            if is_end and not self.terminal:
                self.process.stdin.close()
        elif kind == "resize":
            self.lines += payload
            *whole, self.lines = self.lines.split(b"\n")
            for line in whole:
                size = json.loads(line)
                self.sizes.append(f"{size['Width']}x{size['Height']}")
                fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size["Height"], size["Width"], 0, 0))
                os.kill(self.process.pid, signal.SIGWINCH)

    def end(self):
        code = self.process.wait()
        for thread in self.threads:
            thread.join()
        status = {"metadata": {}, "status": "Success"}
        if code:
            text = f"command terminated with non-zero exit code: exit status {code}"
            causes = [{"reason": "ExitCode", "message": str(code)}]
            status = {
                "metadata": {}, "status": "Failure", "message": text, "reason": "NonZeroExitCode",
                "details": {"causes": causes}}
        self.note({
            "command": self.query["command"], "input": base64.b64encode(self.input).decode(), "sizes": self.sizes,
            "output": base64.b64encode(getattr(self, "stdout", b"")).decode(),
            "errorOutput": base64.b64encode(getattr(self, "stderr", b"")).decode(), "exit": str(code)})
        self.session.write(self.by_type["error"], json.dumps(status).encode(), True)


def serve(port, account):
    lock = threading.Lock()

    def note(line):
        with lock, open(account, "a") as file:
            file.write(json.dumps(line) + "\n")

    def talk(connection):
        head, rest = switch(connection)
        if head is None:
            return connection.close()
        url = urllib.parse.urlsplit(head[0].split(" ")[1])
        fields = [line.split(": ", 1) for line in head[1:]]
        offered = [value for name, value in fields if name.lower() == "x-stream-protocol-version"]
        answer = [
            "HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: SPDY/3.1",
            f"X-Stream-Protocol-Version: {offered[0]}", "", ""]
        connection.sendall("\r\n".join(answer).encode())
        session = Session(connection, True, rest)
        session.send(session.packer.settings, [(4, 100), (7, 65536)])
        session.send(session.packer.ping, 2)
        Remote(session, urllib.parse.parse_qs(url.query), note)
        session.run()
        connection.close()

    listener = socket.create_server(("127.0.0.1", port))
    print("ready", flush=True)
    while True:
        threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()


# The client


def connect(port, path, versions):
    connection = socket.create_connection(("127.0.0.1", port))
    lines = [
        f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}",
        "User-Agent: kubectl/v1.30.2 (linux/amd64) kubernetes/3968350", "Content-Length: 0", "Connection: Upgrade",
        "Upgrade: SPDY/3.1"] + [f"X-Stream-Protocol-Version: {version}" for version in versions] + ["", ""]
    connection.sendall("\r\n".join(lines).encode())
    head, rest = switch(connection)
    if not head[0].startswith("HTTP/1.1 101"):
        raise SystemExit(head[0])
    session = Session(connection, False, rest)
    threading.Thread(target=session.run, daemon=True).start()
    return session


VERSIONS = ["v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"]


def execute(port, command, steps=(), has_terminal=False):
    """Runs a program; a step is what is typed, a size, or what has to be shown before the next. Returns what was told."""
    has_input = bool(steps)
    query = [("command", word) for word in command] + [("container", "web")]
    query += [("stdin", "true")] * has_input + [("stdout", "true")]
    query += [("tty", "true")] if has_terminal else [("stderr", "true")]
    session = connect(port, "/api/v1/namespaces/shop/pods/web-0/exec?" + urllib.parse.urlencode(query), VERSIONS)
    kinds = ["error"] + ["stdin"] * has_input + ["stdout"] + (["resize"] if has_terminal else ["stderr"])
    streams = {kind: session.open({"streamtype": kind}) for kind in kinds}
    session.write(streams["error"], b"", True)
    for step in steps:
        if isinstance(step, tuple):
            size = json.dumps({"Width": step[0], "Height": step[1]}).encode() + b"\n"
            # In two pieces, for the frames of a size need not be whole.
            session.write(streams["resize"], size, size=9)
        elif isinstance(step, bytes):
            session.write(streams["stdin"], step)
        else:
            session.wait(lambda: step.encode() in session.got[streams["stdout"]])
    if has_input:
        session.write(streams["stdin"], b"", True)
    session.wait(lambda: session.ended.get(streams["error"]))
    session.send(session.packer.goaway, 0)
    session.connection.shutdown(socket.SHUT_WR)
    session.wait(lambda: session.is_over)
    return {kind: base64.b64encode(session.got[stream]).decode() for kind, stream in streams.items()}


def call(port, web_port, account):
    lines = []

    def note(command, told):
        lines.append({"command": command} | told)

    for command, steps, has_terminal in [
        (["cat", "/etc/hostname"], (), False),
        (["sh", "-c", "echo out; echo bad >&2; exit 3"], (), False),
        (["wc", "-c"], (bytes(range(256)) * 700,), False),
        (["seq", "1", "30000"], (), False),
        (["sh"], ((80, 24), "$ ", b"stty size\r", "24 80", (120, 40), b"stty size\r", "40 120", b"exit 7\r"), True),
    ]:
        note(command, execute(port, command, steps, has_terminal))

    # Two connections over one port-forward.
    session = connect(port, "/api/v1/namespaces/shop/pods/db-0/portforward", ["portforward.k8s.io"])
    for number in range(2):
        fields = {"port": str(web_port), "requestid": str(number)}
        error = session.open({"streamtype": "error"} | fields)
        session.write(error, b"", True)
        data = session.open({"streamtype": "data"} | fields)
        session.write(data, f"GET /forwarded/{number} HTTP/1.1\r\nHost: db-0\r\nConnection: close\r\n\r\n".encode())
        session.wait(lambda: session.ended.get(data))
        session.write(data, b"", True)
        answer = bytes(session.got[data]).partition(b"\r\n\r\n")[2]
        lines.append({"forwarded": f"/forwarded/{number}", "sha256": hashlib.sha256(answer).hexdigest()})
    session.send(session.packer.goaway, 0)
    session.connection.shutdown(socket.SHUT_WR)
    session.wait(lambda: session.is_over)
    with open(account, "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = (self.path * 500).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def web(port):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Page)
    print("ready", flush=True)
    server.serve_forever()


def sample():
    client, server = Packer(), Packer()
    kinds = ["error", "stdin", "stdout", "resize"]
    pieces = [("S", server.settings([(4, 100)]))]
    for number, kind in enumerate(kinds):
        pieces.append(("C", client.syn_stream(2 * number + 1, {"streamtype": kind})))
        pieces.append(("S", server.syn_reply(2 * number + 1)))
    pieces += [
        ("C", client.data(7, b'{"Width":80,"He') + client.data(7, b'ight":24}\n{"Width":100,"Height":30}\n')),
        ("S", server.data(5, b"$ ") + server.ping(2)), ("C", client.ping(2) + client.data(3, b"exit 3\r")),
        ("S", server.data(5, b"exit 3\r\n") + server.data(5, b"", FIN)), ("C", client.window_update(5, 8)),
        ("C", client.syn_stream(9, {"streamtype": "data", "port": "5432", "requestid": "0"})),
        ("S", server.syn_reply(9)), ("C", client.data(9, b"SELECT") + client.data(9, b" 1", FIN)),
        ("S", server.data(9, b"one", FIN)),
        ("S", server.data(1, b'{"status":"Failure","details":{"causes":[{"reason":"ExitCode",')),
        ("S", server.data(1, b'"message":"3"}]}}', FIN)), ("C", client.rst_stream(5, 5) + client.goaway(0)),
    ]
    for side, piece in pieces:
        print(side, piece.hex())


if __name__ == "__main__":
    verb, rest = sys.argv[1], sys.argv[2:]
    if verb == "serve":
        serve(int(rest[0]), rest[1])
    elif verb == "call":
        call(int(rest[0]), int(rest[1]), rest[2])
    elif verb == "web":
        web(int(rest[0]))
    else:
        sample()
