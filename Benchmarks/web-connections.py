"""Connections of HTTP at once, for web-connections.sh.

    web-connections.py serve PORT
    web-connections.py run PORT SECRET COUNT SLOW PROCESS
"""

import asyncio
import base64
import sys
import time


def memory(process):
    """Bytes of memory that the process has, and the most that it had."""
    fields = dict(line.split(":", 1) for line in open(f"/proc/{process}/status") if ":" in line)
    return int(fields["VmRSS"].split()[0]) * 1024, int(fields["VmHWM"].split()[0]) * 1024


async def serve(port):
    async def session(reader, writer):
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    server = await asyncio.start_server(session, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


async def ask(reader, writer, secret):
    """Seconds until an answer was there."""
    begun = time.monotonic()
    token = base64.b64encode(f"agent:{secret}".encode()).decode()
    writer.write(f"GET /orders HTTP/1.1\r\nHost: a\r\nAuthorization: Basic {token}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0], head
    await reader.readexactly(3)
    return time.monotonic() - begun


async def run(port, secret, count, slow, process):
    connect = lambda: asyncio.open_connection("127.0.0.1", port, limit=8192)
    before = memory(process)[0]
    kept = []
    slowest = 0
    for _ in range(count):
        kept.append(await connect())
        slowest = max(slowest, await ask(*kept[-1], secret))
    opened = memory(process)[0]
    print(f"{count} connections kept alive: {(opened - before) / count / 1000:.1f} kB each, the slowest answer took {slowest * 1000:.0f} ms")
    again = 0
    for at in range(0, count, 64):
        again = max([again] + await asyncio.gather(*(ask(*one, secret) for one in kept[at : at + 64])))
    now = memory(process)[0]
    print(f"after a request more of each, 64 at once: {(now - before) / count / 1000:.1f} kB each, the slowest answer took {again * 1000:.0f} ms")
    # Slow ones send a byte of a head each second.
    dripping = [await connect() for _ in range(slow)]
    ended = 0
    beside = 0
    begun = time.monotonic()
    head = b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: " + b"a" * 10_000
    sent = 0
    while dripping and time.monotonic() - begun < 120:
        left = []
        for reader, writer in dripping:
            try:
                writer.write(head[sent : sent + 1])
                await writer.drain()
                if reader.at_eof():
                    raise ConnectionError
                left.append((reader, writer))
            except ConnectionError:
                ended += 1
                writer.close()
        dripping = left
        sent += 1
        beside = max(beside, await ask(*kept[sent % count], secret))
        for reader, _ in dripping:
            # What it says before it closes is taken.
            try:
                await asyncio.wait_for(reader.read(4096), 0.00001)
            except asyncio.TimeoutError:
                pass
        await asyncio.sleep(1)
    print(
        f"{slow} that send a byte a second: {ended} ended within {time.monotonic() - begun:.0f} s, the slowest answer beside them took"
        f" {beside * 1000:.0f} ms; the most memory {memory(process)[1] / 1e6:.0f} MB")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(serve(int(sys.argv[2])))
    else:
        port, secret, count, slow, process = sys.argv[2:]
        asyncio.run(run(int(port), secret, int(count), int(slow), int(process)))
