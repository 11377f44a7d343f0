/// Plays SSH connections between OpenSSH's own client and server, and takes down what crosses.
enum SSHPeerScript {
  static let source = #"""
    import asyncio, base64, json, os, random, socket, subprocess, sys

    plan = json.load(open(sys.argv[1]))
    folder = plan["folder"]

    def run(*words):
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def fingerprint(name):
        words = ["ssh-keygen", "-lf", f"{folder}/{name}.pub"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()[1]

    def made(count):
        return random.Random(count).randbytes(count)

    def free_port():
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            return s.getsockname()[1]

    run(*plan["compiler"], "-shared", "-fPIC", "-O1", "-o", folder + "/keylog.so", plan["shim"], "-ldl")
    for kind in ["ed25519", "rsa", "ecdsa"]:
        run("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", f"{folder}/host_{kind}")
    for name in ["user", "ca"]:
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{name}")
    run("ssh-keygen", "-q", "-s", folder + "/ca", "-h", "-I", "lab host", "-z", "42", "-n", "db1,db1.lab",
        "-V", "20260101000000Z:20300101000000Z", folder + "/host_ed25519.pub")
    try:
        os.makedirs("/run/sshd", exist_ok=True)
    except PermissionError:
        pass
    user = subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip()
    server_port = free_port()
    with open(folder + "/sshd.conf", "w") as file:
        file.write(f"""Port {server_port}
    ListenAddress 127.0.0.1
    PidFile none
    HostKey {folder}/host_ed25519
    HostKey {folder}/host_rsa
    HostKey {folder}/host_ecdsa
    HostCertificate {folder}/host_ed25519-cert.pub
    AuthorizedKeysFile {folder}/user.pub
    PermitRootLogin yes
    StrictModes no
    UsePAM no
    LogLevel ERROR
    MaxStartups 100
    KbdInteractiveAuthentication no
    PasswordAuthentication no
    Compression yes
    Ciphers {plan["ciphers"]}
    MACs {plan["macs"]}
    KexAlgorithms {plan["kexes"]}
    HostKeyAlgorithms +ssh-rsa
    """)

    async def play(case, index):
        pieces, tasks = [], []

        async def serve(reader, writer):
            back, forth = await asyncio.open_connection("127.0.0.1", server_port)

            async def pump(name, source, target):
                try:
                    while data := await source.read(65536):
                        pieces.append({"from": name, "bytes": base64.b64encode(data).decode()})
                        target.write(data)
                        await target.drain()
                except ConnectionError:
                    pass
                finally:
                    target.close()

            tasks.append(asyncio.gather(pump("c", reader, forth), pump("s", back, writer)))
            await tasks[-1]

        relay = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = relay.sockets[0].getsockname()[1]
        log = f"{folder}/keys{index}.log"
        open(log, "w").close()
        words = ["ssh", "-F", "none", "-i", folder + "/user", "-p", str(port), "-T", "-o", "IdentitiesOnly=yes"]
        for option in ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR",
                       "BatchMode=yes", "UpdateHostKeys=no"] + case["options"]:
            words += ["-o", option]
        words += [case.get("user") or user + "@127.0.0.1", case["command"]]
        environment = dict(os.environ, SSHKEYLOGFILE=log, LD_PRELOAD=folder + "/keylog.so")
        client = await asyncio.create_subprocess_exec(
            *words, env=environment, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE)
        out, errors = await asyncio.wait_for(client.communicate(made(case["inputCount"])), 60)
        if tasks:
            await asyncio.wait_for(asyncio.gather(*tasks), 20)
        relay.close()
        answer = {"name": case["name"], "connections": [pieces], "keys": open(log).read(),
                  "input": base64.b64encode(made(case["inputCount"])).decode(),
                  "output": base64.b64encode(out).decode(), "exit": client.returncode}
        if client.returncode == 255 and not case["mayFail"]:
            answer["error"] = errors.decode(errors="replace")
        return answer

    async def main():
        server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", folder + "/sshd.conf"])
        try:
            for attempt in range(200):
                try:
                    socket.create_connection(("127.0.0.1", server_port)).close()
                    break
                except OSError:
                    await asyncio.sleep(0.05)
            gate = asyncio.Semaphore(3)

            async def one(index, case):
                async with gate:
                    try:
                        return await play(case, index)
                    except Exception as error:
                        return {"name": case["name"], "connections": [], "keys": "", "input": "", "output": "",
                                "exit": -1, "error": repr(error)}

            answers = await asyncio.gather(*[one(i, case) for i, case in enumerate(plan["cases"])])
        finally:
            server.terminate()
            server.wait()
        prints = {name: fingerprint(name) for name in ["host_ed25519", "host_rsa", "host_ecdsa", "ca"]}
        with open(sys.argv[2], "w") as file:
            json.dump({"cases": answers, "fingerprints": prints}, file)

    asyncio.run(main())
    """#
}
