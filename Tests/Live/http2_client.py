"""A client of HTTP/2 that has several requests under way on one connection.

  http2_client.py PORT TOKEN MODE [ARGUMENT]    says what happened, a line for each thing
"""

import socket
import sys
import time

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions


class Client:
    def __init__(self, port, token):
        self.token = token
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(30)
        self.connection = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=True, header_encoding="utf-8")
        )
        self.connection.initiate_connection()
        self.connection.increment_flow_control_window(1 << 30)
        self.answers = {}
        self.stalled = set()
        self.ended = None
        self.flush()

    def flush(self):
        self.socket.sendall(self.connection.data_to_send())

    def ask(self, method, path, body=None, token=None, end=True, more=()):
        stream = self.connection.get_next_available_stream_id()
        fields = [(":method", method), (":scheme", "http"), (":authority", "shop"), (":path", path)]
        if (token or self.token) != "-":
            fields.append(("authorization", "Bearer " + (token or self.token)))
        fields += list(more)
        self.answers[stream] = {"status": None, "fields": [], "body": 0, "data": b"", "trailers": None, "end": None}
        self.connection.send_headers(stream, fields, end_stream=body is None and end)
        if body is not None:
            self.connection.send_data(stream, body, end_stream=end)
        self.flush()
        return stream

    def pump(self, until, seconds=30):
        deadline = time.time() + seconds
        while not until():
            if time.time() > deadline:
                return False
            self.socket.settimeout(max(0.05, deadline - time.time()))
            try:
                data = self.socket.recv(1 << 16)
            except TimeoutError:
                continue
            except ConnectionError:
                data = b""
            if not data:
                self.ended = self.ended or "closed"
                return until()
            for event in self.connection.receive_data(data):
                self.take(event)
            self.flush()
        return True

    def take(self, event):
        stream = getattr(event, "stream_id", None)
        answer = self.answers.get(stream)
        if isinstance(event, h2.events.ResponseReceived):
            answer["status"] = dict(event.headers)[":status"]
            answer["fields"] = event.headers
        elif isinstance(event, h2.events.DataReceived):
            answer["body"] += len(event.data)
            answer["data"] = (answer["data"] + event.data)[:4096]
            if stream not in self.stalled and event.flow_controlled_length and not event.stream_ended:
                try:
                    self.connection.increment_flow_control_window(event.flow_controlled_length, stream)
                except h2.exceptions.StreamClosedError:
                    # Its end is among what was read at once.
                    pass
        elif isinstance(event, h2.events.TrailersReceived):
            answer["trailers"] = event.headers
        elif isinstance(event, h2.events.StreamEnded):
            answer["end"] = "end"
        elif isinstance(event, h2.events.StreamReset):
            answer["end"] = answer["end"] or "reset " + h2.errors.ErrorCodes(event.error_code).name
        elif isinstance(event, h2.events.ConnectionTerminated):
            self.ended = "goaway " + h2.errors.ErrorCodes(event.error_code).name

    def wait(self, *streams, seconds=30):
        return self.pump(lambda: all(self.answers[stream]["end"] for stream in streams), seconds)


def say(*words):
    print(*words, flush=True)


def held(client, path):
    first = client.ask("PUT", path, b'{"price": 10}', more=[("content-type", "application/json")])
    others = [client.ask("GET", "/bytes/1000") for _ in range(40)]
    client.wait(*others)
    good = [one for one in others if client.answers[one]["status"] == "200" and client.answers[one]["body"] == 1000]
    say("others", len(good), client.answers[first]["status"])
    client.wait(first, seconds=60)
    say("held", client.answers[first]["status"], client.answers[first]["data"].decode())


def slow(client, _):
    first = client.ask("GET", "/bytes/100000000")
    client.stalled.add(first)
    client.pump(lambda: client.answers[first]["body"] >= 65_535, 20)
    before = client.answers[first]["body"]
    others = [client.ask("GET", "/bytes/300000") for _ in range(10)]
    client.wait(*others)
    good = [one for one in others if client.answers[one]["body"] == 300_000]
    say("others", len(good), "first", before, client.answers[first]["body"])
    sys.stdin.readline()
    client.stalled.clear()
    client.connection.increment_flow_control_window(65_535, first)
    client.flush()
    client.wait(first, seconds=60)
    say("first", client.answers[first]["body"], client.answers[first]["end"])


def upload(client, path):
    """More than a window of content that nobody takes, and other requests beside it."""
    first = client.ask("POST", path, None, end=False)
    sent = 0
    while (room := client.connection.local_flow_control_window(first)) > 0 and sent < 8 << 20:
        part = min(room, 16_384)
        client.connection.send_data(first, b"x" * part)
        client.flush()
        sent += part
        client.pump(lambda: client.connection.local_flow_control_window(first) > 0, 1)
    say("sent", sent)
    other = client.ask("GET", "/bytes/1000")
    client.wait(other)
    say("other", client.answers[other]["status"], client.answers[other]["body"])
    client.connection.reset_stream(first, h2.errors.ErrorCodes.CANCEL)
    client.flush()
    other = client.ask("GET", "/bytes/1000")
    client.wait(other)
    say("after", client.answers[other]["status"])


def tokens(client, other):
    none = client.ask("GET", "/bytes/3", token="-")
    client.wait(none)
    good = client.ask("GET", "/bytes/3")
    client.wait(good)
    stranger = client.ask("GET", "/bytes/3", token=other)
    client.wait(stranger)
    say(*[client.answers[one]["status"] for one in (none, good, stranger)])
    client.pump(lambda: client.ended is not None, 10)
    say(client.ended)


def early(client, _):
    """Answered before all of the content was there."""
    first = client.ask("POST", "/early", None, end=False, token="-")
    client.connection.send_data(first, b"x" * 1000)
    client.flush()
    client.wait(first)
    say(client.answers[first]["status"], client.answers[first]["end"])


def message(client, path):
    """A request of a text, and what is answered."""
    method, path, kind, body = path.split(" ", 3)
    first = client.ask(method, path, body.encode() or None, more=[("content-type", kind)] if kind != "-" else [])
    client.wait(first)
    answer = client.answers[first]
    say(answer["status"], dict(answer["fields"]).get("content-type"), answer["data"].decode().strip())


if __name__ == "__main__":
    port, token, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    globals()[mode](Client(port, token), sys.argv[4] if len(sys.argv) > 4 else None)
