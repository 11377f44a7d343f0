/// Plays the connections of a plan between `openssl s_client` and `openssl s_server`, and keeps what crossed the wire.
///
/// A tee between the two ends writes down each piece in the order in which it came. A step is over when the other end
/// has put out what was sent, so that the order of records is that of the plan. No sleeps: an end that hangs is ended by
/// its deadline.
enum PeerScript {
  static let source = #"""
    import base64, json, os, socket, select, subprocess, sys, threading, time

    DEADLINE = 20
    plan = json.load(open(sys.argv[1]))
    folder = plan["folder"]
    clean = dict(os.environ, OPENSSL_CONF="/dev/null")
    clean.pop("SSLKEYLOGFILE", None)


    class End:
        """One process of openssl: what it is given, and what it puts out."""

        def __init__(self, arguments, environment, log):
            self.log = open(log, "wb+")
            self.process = subprocess.Popen(
                ["openssl"] + arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
                env=environment, cwd=folder)
            self.got = bytearray()
            self.changed = threading.Condition()
            threading.Thread(target=self.collect, daemon=True).start()

        def collect(self):
            while True:
                piece = os.read(self.process.stdout.fileno(), 1 << 16)
                with self.changed:
                    self.got += piece
                    self.changed.notify_all()
                if not piece:
                    return

        def give(self, data):
            self.process.stdin.write(data)
            self.process.stdin.flush()

        def wait(self, data, start):
            with self.changed:
                if not self.changed.wait_for(lambda: data in self.got[start:], DEADLINE):
                    raise RuntimeError("%d bytes did not arrive: %r" % (len(data), bytes(self.got[start:][:200])))

        def end(self):
            self.process.kill()
            self.process.wait()
            self.log.close()

        def said(self):
            self.log.flush()
            self.log.seek(0)
            return self.log.read().decode("utf-8", "replace")[-2000:]


    class Tee:
        """One connection through the middle."""

        def __init__(self, port):
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.port = self.listener.getsockname()[1]
            self.target = port
            self.pieces = []
            self.changed = threading.Condition()
            self.error = None
            self.thread = threading.Thread(target=self.run, daemon=True)
            self.thread.start()

        def connect(self):
            last = time.monotonic() + DEADLINE
            while True:
                try:
                    return socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    if time.monotonic() > last:
                        raise
                    select.select([], [], [], 0.005)

        def run(self):
            client = server = None
            try:
                self.listener.settimeout(DEADLINE)
                client, _ = self.listener.accept()
                server = self.connect()
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                other = {client: server, server: client}
                open_ends = [client, server]
                while open_ends:
                    ready, _, _ = select.select(open_ends, [], [], DEADLINE)
                    if not ready:
                        raise RuntimeError("the connection stands still")
                    for end in ready:
                        try:
                            piece = end.recv(1 << 16)
                        except ConnectionError:
                            piece = b""
                        if piece:
                            with self.changed:
                                self.pieces.append(["c" if end is client else "s", piece])
                                self.changed.notify_all()
                        else:
                            open_ends.remove(end)
                        try:
                            if piece:
                                other[end].sendall(piece)
                            else:
                                other[end].shutdown(socket.SHUT_WR)
                        except OSError:
                            pass
            except Exception as error:
                self.error = str(error)
            finally:
                for end in (client, server, self.listener):
                    if end:
                        end.close()

        def count(self, end):
            return sum(1 for piece in self.pieces if piece[0] == end[0])

        def wait(self, end, count):
            with self.changed:
                if not self.changed.wait_for(lambda: self.count(end) > count, DEADLINE):
                    raise RuntimeError("nothing crossed the wire")


    def environment(case):
        options = case.get("configuration")
        if not options:
            return clean
        path = os.path.join(folder, case["name"] + ".cnf")
        with open(path, "w") as file:
            file.write("openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n" + options + "\n")
        return dict(clean, OPENSSL_CONF=path)


    def play(case):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        surroundings = environment(case)
        keys = os.path.join(folder, case["name"] + ".keys")
        name = os.path.join(folder, case["name"])
        result = {"name": case["name"], "connections": [], "error": None}
        server = End(
            ["s_server", "-accept", "127.0.0.1:%d" % port, "-naccept", str(len(case["connections"]))] + case["server"],
            surroundings, name + ".server.log")
        client = tee = None
        try:
            for connection in case["connections"]:
                tee = Tee(port)
                client = End(
                    ["s_client", "-connect", "127.0.0.1:%d" % tee.port, "-keylogfile", keys] + connection["client"],
                    surroundings, name + ".client.log")
                ends = {"client": client, "server": server}
                for step in connection["steps"]:
                    if "text" in step:
                        here, there = ends[step["from"]], ends["server" if step["from"] == "client" else "client"]
                        start = 0 if step.get("isEarly") else len(there.got)
                        data = step["text"].encode() * step.get("times", 1)
                        if not step.get("isEarly"):
                            here.give(data)
                        there.wait(data, start)
                    else:
                        # The other end may send a ticket meanwhile: that is no sign that the letter was read.
                        count = tee.count(step["from"])
                        ends[step["from"]].give(step["command"].encode())
                        tee.wait(step["from"], count)
                client.process.stdin.close()
                tee.thread.join(DEADLINE)
                client.process.wait(DEADLINE)
                if tee.error:
                    raise RuntimeError(tee.error)
                result["connections"].append(
                    [{"from": end, "bytes": base64.b64encode(piece).decode()} for end, piece in tee.pieces])
                client.end()
                client = None
        except Exception as error:
            result["error"] = "%s\nclient: %s\nserver: %s" % (error, client.said() if client else "", server.said())
        finally:
            if client:
                client.end()
            server.end()
        try:
            with open(keys) as file:
                result["keys"] = file.read()
        except OSError:
            result["keys"] = ""
        return result


    def make(*arguments):
        subprocess.run(("openssl",) + arguments, cwd=folder, env=clean, check=True, capture_output=True)


    open(os.path.join(folder, "request.cnf"), "w").write("[req]\ndistinguished_name = n\n[n]\n")
    for name, key in (("rsa", ["rsa:2048"]), ("ecdsa", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"])):
        make("req", "-x509", "-config", "request.cnf", "-nodes", "-newkey", *key, "-keyout", name + ".key", "-out",
             name + ".crt", "-days", "30", "-subj", "/O=Exhibit/CN=" + name + ".example.test",
             "-addext", "subjectAltName=DNS:" + name + ".example.test")
    with open(os.path.join(folder, "early.txt"), "w") as file:
        file.write("early words of the client\n")

    with open(os.path.join(folder, "rsa.key")) as file:
        answer = {"rsaKey": file.read(), "cases": [play(case) for case in plan["cases"]]}
    with open(sys.argv[2], "w") as file:
        json.dump(answer, file)
    """#
}
