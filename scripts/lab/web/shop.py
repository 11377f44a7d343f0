"""A small web application on real sockets: REST, chunked and streamed answers, codings, server-sent events, git over HTTP.

Writes its own account of every request to a file, one JSON object a line: what arrived and what was answered, header by
header, bodies by their SHA-256. That account is what Exhibit is compared with.

    shop.py PORT ACCOUNT GIT_ROOT [--tls CERTIFICATE KEY]
"""

import gzip
import hashlib
import json
import os
import ssl
import subprocess
import sys
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ORDERS = {7: {"id": 7, "customer": 4711, "total": "129.90", "state": "paid"}}
LOCK = threading.Lock()


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "shop/1.0"

    def log_message(self, *_):
        pass

    # What arrives

    def read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = b""
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                if size == 0:
                    while self.rfile.readline().strip():
                        pass
                    return body
                body += self.rfile.read(size)
                self.rfile.readline()
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def handle_any(self):
        self.sent = []
        self.digest = hashlib.sha256()
        self.size = 0
        if self.headers.get("Expect", "").lower() == "100-continue":
            # Answered by the base class before it gets here.
            pass
        body = self.read_body()
        self.account = {
            "case": self.headers.get("X-Case"),
            "client": "%s:%d" % self.client_address[:2],
            "method": self.command,
            "target": self.path,
            "headers": [[name, value] for name, value in self.headers.raw_items()],
            "body_sha256": hashlib.sha256(body).hexdigest(),
            "body_bytes": len(body),
        }
        try:
            self.route(body)
        finally:
            self.account["status"] = self.status
            self.account["response_headers"] = self.sent
            self.account["response_sha256"] = self.digest.hexdigest()
            self.account["response_bytes"] = self.size
            with LOCK, open(self.server.account, "a") as file:
                file.write(json.dumps(self.account) + "\n")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    # What is answered

    def send_response(self, code, message=None):
        self.status = code
        super().send_response(code, message)

    def send_header(self, name, value):
        if getattr(self, "status", 0) >= 200:
            self.sent.append([name, str(value)])
        super().send_header(name, value)

    def note(self, plain):
        self.digest.update(plain)
        self.size += len(plain)

    def answer(self, status, body=b"", kind="application/json", headers=(), coded=None):
        """`coded` are the bytes on the wire where they differ from the content."""
        wire = body if coded is None else coded
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", len(wire))
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.note(body)
            self.wfile.write(wire)

    def answer_json(self, status, value, headers=()):
        self.answer(status, json.dumps(value, indent=1).encode() + b"\n", headers=headers)

    def route(self, body):
        url = urlsplit(self.path)
        parts = [part for part in url.path.split("/") if part]
        query = parse_qs(url.query)
        if parts[:1] == ["git"]:
            return self.git(parts, url, body)
        if parts[:1] == ["orders"]:
            return self.orders(parts, body)
        if parts == ["events"]:
            return self.events(int(query.get("n", ["3"])[0]))
        if parts == ["export"]:
            return self.export(int(query.get("rows", ["200"])[0]))
        if parts == ["coded"]:
            return self.coded(query.get("by", ["gzip"])[0])
        if parts == ["image"]:
            return self.answer(200, bytes(range(256)) * 16, "application/octet-stream")
        if parts == ["login"]:
            return self.answer_json(200, {"token": "fake-token-%d" % len(body), "expires": 3600},
                                    headers=[("Set-Cookie", "session=fake-session-1234567890; HttpOnly")])
        if parts == ["cached"]:
            return self.answer(304, headers=[("ETag", '"v1"')])
        if parts == ["moved"]:
            return self.answer(302, b"", "text/plain", headers=[("Location", "/orders")])
        if parts == ["echo"]:
            return self.answer(200, body, self.headers.get("Content-Type") or "application/octet-stream")
        if parts == ["until-close"]:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; charset=iso-8859-1")
            self.send_header("Connection", "close")
            self.end_headers()
            text = "Gr\u00fc\u00dfe\n"
            self.note(text.encode())
            self.wfile.write(text.encode("iso-8859-1"))
            self.close_connection = True
            return None
        return self.answer_json(404, {"error": "no such thing", "path": url.path})

    def orders(self, parts, body):
        if len(parts) == 1 and self.command in ("GET", "HEAD"):
            return self.answer_json(200, list(ORDERS.values()))
        if len(parts) == 1 and self.command == "POST":
            try:
                order = json.loads(body)
            except ValueError:
                return self.answer_json(400, {"error": "not JSON"})
            number = max(ORDERS) + 1
            ORDERS[number] = {"id": number, **order}
            return self.answer_json(201, ORDERS[number], headers=[("Location", "/orders/%d" % number)])
        number = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else -1
        if number not in ORDERS:
            return self.answer_json(404, {"error": "no such order"})
        if self.command == "DELETE":
            if not self.headers.get("Authorization"):
                return self.answer_json(403, {"error": "who are you?"})
            del ORDERS[number]
            return self.answer(204)
        if self.command in ("PUT", "PATCH"):
            ORDERS[number].update(json.loads(body))
        return self.answer_json(200, ORDERS[number])

    def begin_chunks(self, kind, headers=()):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, data, plain=None):
        self.note(data if plain is None else plain)
        if data:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

    def events(self, count):
        self.begin_chunks("text/event-stream", [("Cache-Control", "no-store")])
        for number in range(count):
            text = "id: %d\nevent: order\ndata: {\"order\": %d}\ndata: second line\n\n" % (number, number)
            # Cut in the middle, so that borders of chunks and events differ.
            self.chunk(text[:17].encode())
            time.sleep(0.02)
            self.chunk(text[17:].encode())
        self.wfile.write(b"0\r\n\r\n")

    def export(self, rows):
        self.begin_chunks("text/csv; charset=utf-8", [("Trailer", "X-Rows")])
        for number in range(rows):
            self.chunk(b"%d,customer %d,%d.90\n" % (number, number * 7, number))
        self.wfile.write(b"0\r\nX-Rows: %d\r\n\r\n" % rows)

    def coded(self, by):
        plain = ("customer;city\n" + "".join("%d;M\u00fcnchen\n" % n for n in range(500))).encode()
        raw = zlib.compressobj(9, zlib.DEFLATED, -15)
        coded = {
            "gzip": gzip.compress(plain), "deflate": zlib.compress(plain),
            "raw": raw.compress(plain) + raw.flush(), "identity": plain,
        }[by]
        name = {"raw": "deflate"}.get(by, by)
        return self.answer(200, plain, "text/csv; charset=utf-8", headers=[("Content-Encoding", name)], coded=coded)

    def git(self, parts, url, body):
        env = dict(
            os.environ, GIT_PROJECT_ROOT=self.server.git_root, GIT_HTTP_EXPORT_ALL="1", REQUEST_METHOD=self.command,
            PATH_INFO="/" + "/".join(parts[1:]), QUERY_STRING=url.query, REMOTE_USER="agent",
            CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)),
            HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
            GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
        out = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=False).stdout
        head, _, content = out.partition(b"\r\n\r\n")
        fields = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
        status = int(next((v for n, v in fields if n == "Status"), "200").split()[0])
        kind = next((v for n, v in fields if n == "Content-Type"), "text/plain")
        rest = [(n, v) for n, v in fields if n not in ("Status", "Content-Type")]
        return self.answer(status, content, kind, headers=rest)


def main():
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Shop)
    server.daemon_threads = True
    server.account = sys.argv[2]
    server.git_root = sys.argv[3]
    if "--tls" in sys.argv:
        place = sys.argv.index("--tls")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[place + 1], sys.argv[place + 2])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print("ready", flush=True)
    server.serve_forever()


main()
