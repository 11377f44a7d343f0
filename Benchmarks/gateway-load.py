"""The clients and the target of Benchmarks/gateway-load.sh."""

import asyncio
import base64
import hashlib
import hmac
import os
import struct
import sys
import time

import psycopg


def message(kind, body=b""):
    return kind + struct.pack(">I", len(body) + 4) + body


def resident(process):
    """Bytes of memory that the process has, and the most that it had."""
    fields = dict(line.split(":", 1) for line in open(f"/proc/{process}/status") if ":" in line)
    return int(fields["VmRSS"].split()[0]) * 1024, int(fields["VmHWM"].split()[0]) * 1024


async def receive(reader):
    head = await reader.readexactly(5)
    return head[:1], await reader.readexactly(struct.unpack(">I", head[1:])[0] - 4)


# A target that lets everybody in and answers each query with nothing.


async def serve(port):
    async def session(reader, writer):
        try:
            length = struct.unpack(">I", await reader.readexactly(4))[0]
            await reader.readexactly(length - 4)
            writer.write(message(b"R", struct.pack(">I", 0)))
            for name, value in (("server_version", "15.0"), ("client_encoding", "UTF8"), ("standard_conforming_strings", "on")):
                writer.write(message(b"S", name.encode() + b"\0" + value.encode() + b"\0"))
            writer.write(message(b"K", struct.pack(">II", 1, 2)) + message(b"Z", b"I"))
            while (await receive(reader))[0] != b"X":
                writer.write(message(b"C", b"SELECT 0\0") + message(b"Z", b"I"))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    server = await asyncio.start_server(session, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


async def log_in(port, secret):
    """SCRAM-SHA-256 (RFC 5802), without reading more than is needed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    start = struct.pack(">I", 3 << 16) + b"user\0agent\0database\0postgres\0\0"
    writer.write(struct.pack(">I", len(start) + 4) + start)
    await receive(reader)
    nonce = base64.b64encode(os.urandom(18))
    bare = b"n=,r=" + nonce
    first = b"n,," + bare
    writer.write(message(b"p", b"SCRAM-SHA-256\0" + struct.pack(">I", len(first)) + first))
    challenge = (await receive(reader))[1][4:]
    fields = dict(part.split(b"=", 1) for part in challenge.split(b","))
    salted = KEYS.get(fields[b"s"])
    if salted is None:
        salted = KEYS[fields[b"s"]] = hashlib.pbkdf2_hmac("sha256", secret, base64.b64decode(fields[b"s"]), int(fields[b"i"]))
    final = b"c=biws,r=" + fields[b"r"]
    key = hmac.digest(salted, b"Client Key", "sha256")
    signature = hmac.digest(hashlib.sha256(key).digest(), bare + b"," + challenge + b"," + final, "sha256")
    proof = base64.b64encode(bytes(a ^ b for a, b in zip(key, signature)))
    writer.write(message(b"p", final + b",p=" + proof))
    while (answer := await receive(reader))[0] != b"Z":
        if answer[0] == b"E":
            sys.exit(f"load: {answer[1]!r}")
    return reader, writer


KEYS = {}


async def idle(port, secret, count, process):
    before, _ = resident(process)
    open_sessions = []
    for start in range(0, count, 50):
        open_sessions += await asyncio.gather(*[log_in(port, secret) for _ in range(min(50, count - start))])
    after, most = resident(process)
    print(
        f"idle: {count} sessions: {(after - before) / count / 1000:.1f} kB each; {before / 1e6:.0f} MB before, {after / 1e6:.0f} MB "
        f"after, {most / 1e6:.0f} MB at most")
    # Each says something once: what it took for that is given back.
    slowest = 0
    for reader, writer in open_sessions:
        began = time.monotonic()
        writer.write(message(b"Q", b"SELECT 1\0"))
        while (await receive(reader))[0] != b"Z":
            pass
        slowest = max(slowest, time.monotonic() - began)
    used, most = resident(process)
    print(f"idle: after a query of each {(used - before) / count / 1000:.1f} kB each; the slowest answer took {slowest * 1000:.1f} ms")
    for _, writer in open_sessions:
        writer.close()


def beside(port, secret, load, process):
    """A session of its own while others are busy."""
    times = []
    with psycopg.connect(
        host="127.0.0.1", port=port, user="agent", password=secret, dbname="postgres", sslmode="disable", autocommit=True
    ) as connection:
        while os.path.exists(f"/proc/{load}") and open(f"/proc/{load}/stat").read().rsplit(")", 1)[1].split()[0] != "Z":
            began = time.monotonic()
            connection.execute("SELECT 1")
            times.append(time.monotonic() - began)
            time.sleep(0.01)
    times.sort()
    now, most = resident(process)
    print(
        f"busy: one session beside them: {len(times)} answers, half within {times[len(times) // 2] * 1000:.1f} ms, the slowest "
        f"{times[-1] * 1000:.1f} ms; {now / 1e6:.0f} MB, {most / 1e6:.0f} MB at most")


match sys.argv[1:]:
    case ["serve", port]:
        asyncio.run(serve(int(port)))
    case ["idle", port, secret, count, process]:
        asyncio.run(idle(int(port), secret.encode(), int(count), int(process)))
    case ["beside", port, secret, load, process]:
        beside(int(port), secret, int(load), int(process))
