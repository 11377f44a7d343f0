#!/usr/bin/env python3
"""Records SSH conversations with a real OpenSSH server in the clear, with what both ends saw.

    ssh_plain.py FOLDER        writes FOLDER/<case>.plain and FOLDER/truth.json

Needs asyncssh, OpenSSH's sshd, sftp-server and scp; runs as root, on loopback. The client's library is made to note the
payload of every message both ways; they are framed as with cipher `none`. A recording is a list of pieces: direction
(0 client, 1 server), time in nanoseconds (64 bits), length (32 bits), bytes; all big-endian.
"""
import asyncio
import hashlib
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

import asyncssh
import asyncssh.connection
import asyncssh.packet

# What was noted of each connection: direction, time, packet.
noted: dict[object, list[tuple[int, int, bytes]]] = {}


def frame(payload: bytes) -> bytes:
    padding = 8 - (len(payload) + 5) % 8
    if padding < 4:
        padding += 8
    return struct.pack(">IB", 1 + len(payload) + padding, padding) + payload + bytes(padding)


def note(connection, is_sent: bool, payload: bytes) -> None:
    direction = 0 if connection.is_client() == is_sent else 1
    noted.setdefault(connection, []).append((direction, time.time_ns(), frame(payload)))


class NotedPacket(asyncssh.packet.SSHPacket):
    """A received packet; other uses of the class are not noted."""

    def __init__(self, payload: bytes):
        caller = sys._getframe(1)
        if caller.f_code.co_name == "_recv_packet":
            note(caller.f_locals["self"], False, payload)
        super().__init__(payload)


def noted_send(self, pkttype, pktid, packet, note_text=""):
    # SFTP logs its own messages in the same way.
    caller = sys._getframe(1).f_locals["self"]
    if isinstance(caller, asyncssh.connection.SSHConnection):
        note(caller, True, packet)


asyncssh.connection.SSHPacket = NotedPacket
asyncssh.packet.SSHPacketLogger.log_sent_packet = noted_send


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def save(folder: pathlib.Path, name: str, connection) -> None:
    client = connection.get_extra_info("client_version").encode() + b"\r\n"
    server = connection.get_extra_info("server_version").encode() + b"\r\n"
    pieces = noted.pop(connection)
    first = pieces[0][1]
    with open(folder / f"{name}.plain", "wb") as out:
        for direction, at, data in [(0, first, client), (1, first, server), *pieces]:
            out.write(struct.pack(">BqI", direction, at, len(data)) + data)


async def commands(connection, truth):
    async def run(line, data=b""):
        result = await connection.run(line, input=data, encoding=None)
        signal = result.exit_signal
        truth["commands"].append({
            "text": line, "exit": f"signal {signal[0]}" if signal else str(result.exit_status),
            "input": sha(data), "output": sha(result.stdout), "error": sha(result.stderr),
            "counts": [len(data), len(result.stdout), len(result.stderr)]})

    await run("cat; echo done >&2; exit 7", os.urandom(300_000))
    await run("seq 1 40000")
    await run("kill -TERM $$")
    await run("printf 'one\\ntwo\\n' | sort -r")
    # Several at once over one connection.
    await asyncio.gather(*(run(f"for i in $(seq 1 200); do echo {n} $i; done; sleep 0.05; cat | wc -c", bytes(n * 9000)) for n in range(1, 6)))


async def shell(connection, truth):
    process = await connection.create_process(
        term_type="xterm-256color", term_size=(80, 24), env={"LC_EXHIBIT": "1"}, encoding=None)
    process.stdin.write(b"stty size\n")
    await asyncio.sleep(0.3)
    process.change_terminal_size(132, 50)
    process.stdin.write(b"stty size; exit 3\n")
    output = await process.stdout.read()
    await process.wait()
    typed = b"stty size\nstty size; exit 3\n"
    truth["commands"].append({
        "text": "", "exit": str(process.exit_status), "input": sha(typed), "output": sha(output), "error": sha(b""),
        "counts": [len(typed), len(output), 0], "resize": "132x50", "terminal": "xterm-256color"})


async def sftp(connection, truth, remote: pathlib.Path, local: pathlib.Path):
    data = os.urandom(1_500_001)
    (local / "up").write_bytes(data)
    async with connection.start_sftp_client() as client:
        def file(verb, path, content=None, other=None, ok=True):
            truth["files"].append({
                "service": "sftp", "verb": verb, "path": str(path), "other": other and str(other), "ok": ok,
                "sha256": sha(content) if content is not None else None, "size": len(content) if content is not None else 0})

        await client.put(str(local / "up"), str(remote / "put"))
        assert (remote / "put").read_bytes() == data
        file("put", remote / "put", data)
        await client.get(str(remote / "put"), str(local / "down"))
        assert (local / "down").read_bytes() == data
        file("get", remote / "put", data)
        async with client.open(str(remote / "small"), "wb") as out:
            await out.write(b"")
        file("put", remote / "small", b"")
        await client.listdir(str(remote))
        file("list", remote)
        await client.mkdir(str(remote / "folder"))
        file("mkdir", remote / "folder")
        await client.rename(str(remote / "small"), str(remote / "folder/renamed"))
        file("rename", remote / "small", other=remote / "folder/renamed")
        await client.symlink("folder/renamed", str(remote / "link"))
        assert os.readlink(remote / "link") == "folder/renamed"
        file("symlink", remote / "link", other="folder/renamed")
        await client.link(str(remote / "put"), str(remote / "hard"))
        file("link", remote / "hard", other=remote / "put")
        await client.remove(str(remote / "hard"))
        file("remove", remote / "hard")
        try:
            await client.open(str(remote / "missing"), "rb")
        except asyncssh.SFTPNoSuchFile:
            file("get", remote / "missing", ok=False)


async def scp(connection, truth, remote: pathlib.Path, local: pathlib.Path):
    tree = local / "tree"
    (tree / "sub").mkdir(parents=True)
    one, two = os.urandom(70_000), b"two\n"
    (tree / "one").write_bytes(one)
    (tree / "sub/two").write_bytes(two)
    target = remote / "scp"
    target.mkdir()
    await asyncssh.scp(str(tree), (connection, str(target) + "/"), recurse=True, preserve=True)
    await asyncssh.scp((connection, str(target / "tree/one")), str(local / "back"))
    assert (local / "back").read_bytes() == one

    def file(verb, path, content=None):
        truth["files"].append({
            "service": "scp", "verb": verb, "path": str(path), "other": None, "ok": True,
            "sha256": sha(content) if content is not None else None, "size": len(content) if content is not None else 0})

    file("mkdir", target / "tree")
    file("mkdir", target / "tree/sub")
    file("put", target / "tree/one", one)
    file("put", target / "tree/sub/two", two)
    file("get", target / "tree/one", one)


async def forwards(connection, truth):
    asked, answered = os.urandom(200_000), os.urandom(150_000)

    async def serve(reader, writer):
        await reader.readexactly(len(asked))
        writer.write(answered)
        writer.write_eof()

    def listening():
        return asyncio.start_server(serve, "127.0.0.1", 0)

    async def talk(port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(asked)
        got = await reader.read()
        assert got == answered
        writer.close()

    server = await listening()
    port = server.sockets[0].getsockname()[1]
    local = await connection.forward_local_port("127.0.0.1", 0, "127.0.0.1", port)
    await talk(local.get_port())
    remote = await connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", port)
    await talk(remote.get_port())
    for kind, target in (("direct-tcpip", port), ("forwarded-tcpip", remote.get_port())):
        truth["forwardings"].append({
            "kind": kind, "destination": f"127.0.0.1:{target}", "client": sha(asked), "server": sha(answered)})
    await asyncio.sleep(0.2)
    local.close()
    remote.close()
    server.close()


async def openssh_client(folder, truth, scratch: pathlib.Path):
    """OpenSSH's own sftp and scp, which have many requests in flight, against the library as the server."""
    servers = []

    class Server(asyncssh.SSHServer):
        def connection_made(self, conn):
            servers.append(conn)

    def allow(path):
        return asyncssh.read_authorized_keys(str(path))

    server = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[str(scratch / "host")], server_factory=Server,
        authorized_client_keys=allow(scratch / "user.pub"), sftp_factory=True, allow_scp=True)
    port = server.sockets[0].getsockname()[1]
    data = os.urandom(3_000_001)
    place = scratch / "client"
    place.mkdir()
    (place / "up").write_bytes(data)
    options = ["-q", "-i", str(scratch / "user"), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]

    async def run(name, *command, files):
        servers.clear()
        process = await asyncio.create_subprocess_exec(*command)
        assert await process.wait() == 0
        await servers[0].wait_closed()
        truth[name] = {"commands": [], "files": [], "forwardings": []}
        for service, verb, path, content in files:
            truth[name]["files"].append({
                "service": service, "verb": verb, "path": str(path), "other": None, "ok": True, "sha256": sha(content),
                "size": len(content)})
        save(folder, name, servers[0])

    (place / "batch").write_text(f"put {place}/up {place}/put\nget {place}/put {place}/down\n")
    await run("openssh-sftp", "sftp", *options, "-P", str(port), "-b", str(place / "batch"), "root@127.0.0.1",
              files=[("sftp", "put", place / "put", data), ("sftp", "get", place / "put", data)])
    assert (place / "down").read_bytes() == data
    await run("openssh-scp", "scp", "-O", "-p", *options, "-P", str(port), str(place / "up"),
              f"root@127.0.0.1:{place}/copied", files=[("scp", "put", place / "copied", data)])
    await run("openssh-scp-back", "scp", "-O", *options, "-P", str(port), f"root@127.0.0.1:{place}/copied",
              str(place / "back"), files=[("scp", "get", place / "copied", data)])
    assert (place / "back").read_bytes() == data
    server.close()


async def record(folder: pathlib.Path, port: int, scratch: pathlib.Path) -> None:
    truth = {}

    async def case(name, body, **options):
        truth[name] = {"commands": [], "files": [], "forwardings": []}
        async with asyncssh.connect(
                "127.0.0.1", port, username="root", client_keys=[str(scratch / "user")], known_hosts=None, config=None,
                keepalive_interval=0, **options) as connection:
            await body(connection, truth[name])
            last = connection
        await last.wait_closed()
        save(folder, name, last)

    remote, local = scratch / "remote", scratch / "local"
    remote.mkdir()
    local.mkdir()
    await case("commands", commands)
    await case("commands-rekeyed", commands, rekey_bytes=200_000)
    await case("shell", shell)
    await case("sftp", lambda c, t: sftp(c, t, remote, local))
    await case("scp", lambda c, t: scp(c, t, remote, local), compression_algs=["zlib@openssh.com"])
    await case("forwards", forwards)
    await openssh_client(folder, truth, scratch)
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    os.makedirs("/run/sshd", exist_ok=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="exhibit-ssh-"))
    server = None
    try:
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scratch / name], check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (scratch / "sshd_config").write_text(
            f"HostKey {scratch}/host\nListenAddress 127.0.0.1\nPermitRootLogin yes\nStrictModes no\n"
            f"AuthorizedKeysFile {scratch}/user.pub\nUsePAM no\nPidFile none\nAcceptEnv LC_*\n"
            "Subsystem sftp internal-sftp\nMaxSessions 50\nCompression yes\n")
        server = subprocess.Popen(
            ["/usr/sbin/sshd", "-D", "-e", "-f", scratch / "sshd_config", "-p", str(port)], stderr=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        asyncio.run(record(folder, port, scratch))
    finally:
        if server:
            server.terminate()
            server.wait()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
