#!/usr/bin/env python3
"""What people and agents do over SSH, with OpenSSH's programs and with asyncssh; leaves the account of the ends.

    ssh_sessions.py LAB PORT PASSWORD_PORT ACCOUNT

Run by Tests/Live/ssh.sh, which has started sshd and PostgreSQL. On PASSWORD_PORT a server of asyncssh's asks for a password.
"""

import asyncio
import os
import pathlib
import shutil
import sys

import asyncssh
import psycopg
from ssh_account import Account, compressible, digest, sha, until

LAB = pathlib.Path(sys.argv[1])
PORT, PASSWORD_PORT = int(sys.argv[2]), int(sys.argv[3])
USER = os.environ.get("USER") or __import__("getpass").getuser()
account = Account(LAB)


def connect(**options):
    return asyncssh.connect(
        "127.0.0.1", PORT, **{
            "username": USER, "client_keys": [str(LAB / "ssh/user")], "known_hosts": None, "config": None,
            "agent_path": None, **options})


async def note(scene, connection, line, data=b""):
    result = await connection.run(line, input=data, encoding=None)
    ended = f"signal {result.exit_signal[0]}" if result.exit_signal else result.exit_status
    scene.command(line, ended, data, result.stdout, result.stderr)


async def commands(scene):
    """Several programs after each other and at once over one connection."""
    async with connect() as connection:
        await note(scene, connection, "cat; echo done >&2; exit 7", compressible(300_000))
        await note(scene, connection, "seq 1 40000")
        await note(scene, connection, "kill -TERM $$")
        await note(scene, connection, "kill -KILL $$")
        await note(scene, connection, "printf 'one\\ntwo\\n' | sort -r")
        await note(scene, connection, "no-such-program --at-all")
        await note(scene, connection, "true")
        for code in range(1, 9):
            await note(scene, connection, f"exit {code * 31}")
        await asyncio.gather(*(
            note(scene, connection, f"for i in $(seq 1 300); do echo {n} $i; done; cat | sha256sum; exit {n}", os.urandom(n * 20_000))
            for n in range(1, 9)))


async def shell(scene):
    """A terminal that changes its size while bash runs in it."""
    async with connect() as connection:
        process = await connection.create_process(
            term_type="xterm-256color", term_size=(80, 24), env={"LC_EXHIBIT": "1"}, encoding=None)
        typed, shown = b"", b""

        async def say(line, expected):
            nonlocal typed, shown
            process.stdin.write(line)
            typed += line
            at = len(shown)
            while expected not in shown[at:]:
                shown += await process.stdout.read(4096)

        await say(b"stty -echo; PS1='$ '; echo re''ady\n", b"ready")
        await say(b"stty size\n", b"24 80")
        for columns, rows in ((132, 50), (100, 30), (80, 24)):
            process.change_terminal_size(columns, rows)
            await say(b"stty size\n", f"{rows} {columns}".encode())
        await say("echo 'größer → 終端'\n".encode(), "終端".encode())
        process.stdin.write(b"exit 3\n")
        typed += b"exit 3\n"
        while rest := await process.stdout.read(4096):
            shown += rest
        await process.wait()
        scene.command("", process.exit_status, typed, shown, b"", resizes=["132x50", "100x30", "80x24"], terminal="xterm-256color")


async def files(scene, remote, local):
    data = os.urandom(1_500_001)
    (local / "up").write_bytes(data)
    async with connect() as connection, connection.start_sftp_client() as client:
        await client.put(str(local / "up"), str(remote / "put"))
        assert (remote / "put").read_bytes() == data
        scene.file("sftp", "put", remote / "put", data)
        await client.get(str(remote / "put"), str(local / "down"))
        assert (local / "down").read_bytes() == data
        scene.file("sftp", "get", remote / "put", data)
        async with client.open(str(remote / "empty"), "wb") as out:
            await out.write(b"")
        scene.file("sftp", "put", remote / "empty", b"")
        await client.listdir(str(remote))
        scene.file("sftp", "list", remote)
        await client.mkdir(str(remote / "folder"))
        scene.file("sftp", "mkdir", remote / "folder")
        await client.chmod(str(remote / "put"), 0o640)
        assert (remote / "put").stat().st_mode & 0o777 == 0o640
        scene.file("sftp", "setstat", remote / "put")
        await client.rename(str(remote / "empty"), str(remote / "folder/renamed"))
        scene.file("sftp", "rename", remote / "empty", other=remote / "folder/renamed")
        await client.symlink("folder/renamed", str(remote / "link"))
        scene.file("sftp", "symlink", remote / "link", other="folder/renamed")
        await client.link(str(remote / "put"), str(remote / "hard"))
        scene.file("sftp", "link", remote / "hard", other=remote / "put")
        await client.remove(str(remote / "hard"))
        scene.file("sftp", "remove", remote / "hard")
        await client.remove(str(remote / "folder/renamed"))
        scene.file("sftp", "remove", remote / "folder/renamed")
        await client.rmdir(str(remote / "folder"))
        scene.file("sftp", "rmdir", remote / "folder")
        try:
            await client.open(str(remote / "missing"), "rb")
        except asyncssh.SFTPNoSuchFile:
            scene.file("sftp", "get", remote / "missing", ok=False)


def tree(folder):
    (folder / "tree/sub").mkdir(parents=True)
    contents = {"tree/one": os.urandom(70_000), "tree/sub/two": b"two\n", "tree/sub/empty": b""}
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return contents


async def scp_by_asyncssh(scene, remote, local):
    contents = tree(local)
    async with connect(compression_algs=["zlib@openssh.com"]) as connection:
        await asyncssh.scp(str(local / "tree"), (connection, str(remote) + "/"), recurse=True, preserve=True)
        await asyncssh.scp((connection, str(remote / "tree/one")), str(local / "back"))
    assert (local / "back").read_bytes() == contents["tree/one"]
    for folder in ("tree", "tree/sub"):
        scene.file("scp", "mkdir", remote / folder)
    for name, data in contents.items():
        scene.file("scp", "put", remote / name, data)
    scene.file("scp", "get", remote / "tree/one", contents["tree/one"])


def scp_by_openssh(scene, remote, local, options, service):
    contents = tree(local)
    scene.run("scp", *options, "-q", "-r", local / "tree", f"app.internal:{remote}/")
    scene.run("scp", *options, "-q", f"app.internal:{remote}/tree/one", local / "back")
    assert (local / "back").read_bytes() == contents["tree/one"]
    for name, data in contents.items():
        assert (remote / name).read_bytes() == data
        scene.file(service, "put", remote / name, data)
    for folder in ("tree", "tree/sub"):
        scene.file(service, "mkdir", remote / folder)
    scene.file(service, "get", remote / "tree/one", contents["tree/one"])


def sftp_by_openssh(scene, remote, local):
    data = os.urandom(400_000)
    (local / "batch").write_bytes(data)
    batch = f"put {local}/batch {remote}/batch\nchmod 600 {remote}/batch\nrename {remote}/batch {remote}/done\n" \
        f"get {remote}/done {local}/done\nmkdir {remote}/there\nls -l {remote}\nrm {remote}/done\nrmdir {remote}/there\n"
    scene.run("sftp", "-q", "-b", "-", "app.internal", data=batch.encode())
    assert (local / "done").read_bytes() == data
    scene.file("sftp", "put", remote / "batch", data)
    scene.file("sftp", "setstat", remote / "batch")
    scene.file("sftp", "rename", remote / "batch", other=remote / "done")
    scene.file("sftp", "get", remote / "done", data)
    scene.file("sftp", "mkdir", remote / "there")
    scene.file("sftp", "remove", remote / "done")
    scene.file("sftp", "rmdir", remote / "there")


def rsync(scene, remote, local):
    contents = tree(local)
    scene.run("rsync", "-a", "-e", LAB / "bin/ssh", f"{local}/tree/", f"app.internal:{remote}/copy/")
    scene.run("rsync", "-a", "-e", LAB / "bin/ssh", f"app.internal:{remote}/copy/", f"{local}/back/")
    for name, data in contents.items():
        assert (local / "back" / name.removeprefix("tree/")).read_bytes() == data
        scene.file("rsync", "put", remote / "copy" / name.removeprefix("tree/"), data)
        scene.file("rsync", "get", remote / "copy" / name.removeprefix("tree/"), data)


def multiplexed(scene):
    """Programs of many clients over one connection of a master."""
    socket = LAB / "ssh/master"
    options = ["-S", socket]
    scene.run("ssh", "-M", *options, "-o", "ControlPersist=yes", "-f", "-N", "app.internal")
    for number in range(1, 7):
        scene.ssh(f"head -c {number}000 | sha256sum; exit {number}", data=os.urandom(number * 1000), options=options, status=number)
    scene.run("ssh", *options, "-O", "exit", "app.internal")


def agent(scene):
    """The client's authentication agent, offered to the server and used from there."""
    started = scene.run("ssh-agent", "-s").stdout.decode()
    environment = dict(os.environ)
    for part in started.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            environment[name] = value
    try:
        scene.run("ssh-add", "-q", LAB / "ssh/user", env=environment)
        done = scene.run("ssh", "-A", "app.internal", "ssh-add -l", env=environment)
        scene.command("ssh-add -l", 0, b"", done.stdout, done.stderr, agent=True)
        scene.forwardings.append({"kind": "auth-agent@openssh.com", "destination": None, "accepted": True})
    finally:
        scene.run("ssh-agent", "-k", env=environment)


def refused(scene):
    """A key that the server does not know."""
    done = scene.run(
        "ssh", "-o", "PasswordAuthentication=no", "-o", "KbdInteractiveAuthentication=no", "stranger.internal", "true", status=255)
    assert b"Permission denied" in done.stderr, done.stderr
    scene.logins.append({"user": USER, "method": "publickey", "accepted": False})


async def password_refused(scene):
    try:
        async with connect(client_keys=[], password="fake-wrong-password"):
            raise SystemExit("a wrong password was accepted")
    except asyncssh.PermissionDenied:
        scene.logins.append({"user": USER, "method": "password", "accepted": False})


class PasswordServer(asyncssh.SSHServer):
    def begin_auth(self, username):
        return True

    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return username == "deploy" and password == "fake-deploy-password"


async def answer(process):
    """What the server of asyncssh's runs: it repeats the command and what it was sent, and counts."""
    data = await process.stdin.read()
    process.stdout.write(b"asked: " + (process.command or "").encode() + b"\n" + data)
    process.stderr.write(str(len(data)).encode())
    process.exit(len(data) % 200)


async def passwords(scene):
    server = await asyncssh.create_server(
        PasswordServer, "127.0.0.1", PASSWORD_PORT, server_host_keys=[str(LAB / "ssh/host")], process_factory=answer,
        encoding=None)
    try:
        for password in ("fake-old-password", "fake-deploy-password"):
            try:
                async with asyncssh.connect(
                        "127.0.0.1", PASSWORD_PORT, username="deploy", password=password, client_keys=[], known_hosts=None,
                        preferred_auth="password",
                        config=None, agent_path=None, rekey_bytes=100_000) as connection:
                    scene.clients.append("%s:%d" % connection.get_extra_info("sockname")[:2])
                    for count in (10, 150_000, 333):
                        await note(scene, connection, f"deploy --count {count}", os.urandom(count))
            except asyncssh.PermissionDenied:
                pass
        scene.logins.append({"user": "deploy", "method": "password", "accepted": True})
    finally:
        server.close()
        await server.wait_closed()


async def tunnels(scene):
    """PostgreSQL through -L by psycopg and psql, and a web server through -R."""
    async with connect() as connection:
        local = await connection.forward_local_port("127.0.0.1", 0, "127.0.0.1", int(os.environ["PGPORT"]))
        port = local.get_port()

        def work():
            with psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres sslmode=disable") as database:
                database.execute("CREATE TABLE moved (id int PRIMARY KEY, what text)")
                for number in range(60):
                    database.execute("INSERT INTO moved VALUES (%s, %s)", (number, f"line {number}"))
                database.commit()
                database.execute("UPDATE moved SET what = 'none' WHERE id > 50")
                assert database.execute("SELECT count(*) FROM moved").fetchone() == (60,)

        await asyncio.to_thread(work)
        words = ["psql", "-X", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-c", "SELECT max(id) FROM moved",
            "-c", "DROP TABLE moved"]
        await asyncio.to_thread(scene.run, *words)
        scene.forwardings += [{"kind": "direct-tcpip", "destination": f"127.0.0.1:{os.environ['PGPORT']}", "accepted": True}] * 2

        body = os.urandom(40_000)

        async def serve(reader, writer):
            head = await reader.readuntil(b"\r\n\r\n")
            name = head.split()[1]
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body))
            writer.write(body)
            await writer.drain()
            writer.close()
            scene.calls.append({"method": "GET", "target": name.decode(), "status": 200, "content": digest(body)})

        web = await asyncio.start_server(serve, "127.0.0.1", 0)
        inside = web.sockets[0].getsockname()[1]
        remote = await connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", inside)
        for name in ("first", "second"):
            done = await asyncio.to_thread(
                scene.run, "curl", "-sS", "--noproxy", "*", f"http://127.0.0.1:{remote.get_port()}/{name}")
            assert done.stdout == body
        scene.forwardings += [{"kind": "forwarded-tcpip", "destination": f"127.0.0.1:{remote.get_port()}", "accepted": True}] * 2
        # Nobody listens there.
        try:
            await connection.open_connection("127.0.0.1", 1)
            raise SystemExit("port 1 answered")
        except asyncssh.ChannelOpenError:
            scene.forwardings.append({"kind": "direct-tcpip", "destination": "127.0.0.1:1", "accepted": False})
        remote.close()
        local.close()
        web.close()


def git(scene, folder, step):
    home = {**os.environ, "HOME": str(LAB / "home"), "GIT_AUTHOR_NAME": "Agent Seven", "GIT_AUTHOR_EMAIL": "agent@contractor.example",
        "GIT_COMMITTER_NAME": "Agent Seven", "GIT_COMMITTER_EMAIL": "agent@contractor.example"}
    bare, work = folder / "shop.git", folder / "work"

    def run(*words, at=None):
        return scene.run("git", "-C", at or work, *words, env=home).stdout.decode()

    def references():
        return dict(line.split()[::-1] for line in run("for-each-ref", "--format=%(objectname) %(refname)", at=bare).splitlines())

    def told(before, after, new_commits, forced=()):
        updates = [
            {"name": name, "old": before.get(name), "new": after.get(name), "forced": name in forced}
            for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
        commits = []
        for line in new_commits:
            author, subject, parents = run("show", "-s", "--format=%an <%ae>%x00%s%x00%P", line).rstrip("\n").split("\0")
            changes = run("diff-tree", "-r", "--root", "--no-commit-id", "--name-status", "--no-renames", line).splitlines()
            commits.append({
                "id": line, "author": author, "subject": subject, "parents": parents.split(),
                "changes": sorted(change.replace("\t", " ") for change in changes),
                "diff": run("show", "--format=", "--no-renames", "--full-index", line)})
        scene.repositories.append({"operation": "push", "repository": str(bare), "updates": updates, "commits": commits})

    if step == "clone":
        scene.run("git", "clone", "-q", f"app.internal:{bare}", work, env=home)
        listed = run("rev-list", "--all").split()
        scene.repositories.append({"operation": "fetch", "repository": str(bare), "updates": [], "commits": [
            {"id": line, "author": "Agent Seven <agent@contractor.example>", "subject": run("show", "-s", "--format=%s", line).strip(),
             "parents": run("show", "-s", "--format=%P", line).split(), "changes": None, "diff": None} for line in listed]})
        return
    before = references()
    if step == "first push":
        # To an empty repository, so that nothing the diffs need is left out of the pack.
        fresh = folder / "tools.git"
        scene.run("git", "init", "-q", "--bare", fresh, env=home)
        tools = folder / "tools"
        scene.run("git", "init", "-q", tools, env=home)
        for number in range(15):
            (tools / f"part{number % 4}.py").write_text("".join(f"value_{i} = {i if i % 19 != number else -i}\n" for i in range(150)))
            (tools / "blob.bin").write_bytes(os.urandom(500) + b"\0")
            (tools / f"note {number}.txt").write_text("größer" * number + ("" if number % 2 else "\n"))
            if number > 3:
                (tools / f"note {number - 3}.txt").unlink()
            run("add", "-A", at=tools)
            run("commit", "-qm", f"Tools {number}", at=tools)
        scene.run("git", "-C", tools, "push", "-q", f"app.internal:{fresh}", "main", env=home)
        bare, work = fresh, tools
        told({}, references(), run("rev-list", "main", at=tools).split())
        return
    if step == "push":
        for number in range(12):
            (work / f"migrations/{number:04}.sql").write_text(f"ALTER TABLE orders ADD COLUMN c{number} int;\n" * (number + 1))
            if number % 3 == 2:
                (work / f"migrations/{number - 1:04}.sql").unlink()
            (work / "shop.py").write_text("".join(f"rate_{i} = {i * (number if i % 17 == number else 1)}\n" for i in range(200)))
            run("add", "-A")
            run("commit", "-qm", f"Migration {number:04}", "-m", "Co-authored-by: Dana <dana@shop.example>\nAgent-Session: run-0042")
        run("tag", "-a", "v2", "-m", "second")
        run("push", "-q", "origin", "main", "v2", "main:refs/heads/review")
        told(before, references(), run("rev-list", "origin/main", f"^{before['refs/heads/main']}").split())
    elif step == "force":
        run("reset", "-q", "--hard", "HEAD~2")
        (work / "shop.py").write_text("rate = 0\n")
        run("commit", "-qam", "Other rates")
        run("push", "-q", "--force", "origin", "main", ":refs/heads/review")
        told(before, references(), run("rev-list", "-1", "HEAD").split(), {"refs/heads/main"})


def repository(folder):
    """The repository before anything of it goes over the wire."""
    work = folder / "first"
    environment = {**os.environ, "HOME": str(LAB / "home")}

    def run(*words):
        Account(LAB).scene("none").run("git", *words, env=environment)

    run("config", "--global", "user.name", "Agent Seven")
    run("config", "--global", "user.email", "agent@contractor.example")
    run("config", "--global", "init.defaultBranch", "main")
    run("config", "--global", "safe.directory", "*")
    run("init", "-q", "--bare", folder / "shop.git")
    run("init", "-q", work)
    (work / "migrations").mkdir()
    (work / "migrations/base.sql").write_text("CREATE TABLE orders (id int);\n")
    (work / "shop.py").write_text("".join(f"rate_{i} = {i}\n" for i in range(200)))
    run("-C", work, "add", "-A")
    run("-C", work, "commit", "-qm", "Shop")
    run("-C", work, "push", "-q", folder / "shop.git", "main")


async def main() -> None:
    def folders(name):
        made = [LAB / "files" / name / side for side in ("remote", "local")]
        for folder in made:
            folder.mkdir(parents=True)
        return made

    for name, body in (
        ("commands", commands), ("shell", shell), ("tunnels", tunnels), ("passwords", passwords),
        ("password refused", password_refused),
        ("sftp by asyncssh", lambda scene: files(scene, *folders("sftp"))),
        ("scp by asyncssh", lambda scene: scp_by_asyncssh(scene, *folders("scp"))),
    ):
        with account.scene(name) as scene:
            await body(scene)
    for name, body in (
        ("scp of old", lambda scene: scp_by_openssh(scene, *folders("scp-old"), ["-O"], "scp")),
        ("scp of today", lambda scene: scp_by_openssh(scene, *folders("scp-new"), [], "sftp")),
        ("sftp by OpenSSH", lambda scene: sftp_by_openssh(scene, *folders("sftp-batch"))),
        ("rsync", lambda scene: rsync(scene, *folders("rsync"))),
        ("multiplexed", multiplexed), ("agent", agent), ("refused", refused),
    ):
        with account.scene(name) as scene:
            body(scene)
    (LAB / "git").mkdir()
    repository(LAB / "git")
    for step in ("clone", "push", "force", "first push"):
        with account.scene(f"git {step}") as scene:
            git(scene, LAB / "git", step)
    account.write(sys.argv[4])


asyncio.run(main())
