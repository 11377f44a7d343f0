/// Programs that stand between git and its server and record what passes: for each piece a byte that says what it is
/// (0 from the client, 1 from the server, 2 the beginning of a conversation), a length of 32 bits, and the bytes.
enum GitRelays {
  static let ssh = #"""
    """Stands in for ssh: runs git's command here and records both directions in the order in which they passed."""
    import os
    import select
    import struct
    import subprocess
    import sys

    command = sys.argv[-1]
    log = open(os.environ["RELAY_LOG"], "ab")


    def note(direction, data):
        log.write(struct.pack(">BI", direction, len(data)) + data)
        log.flush()


    note(2, (command + "\0" + os.environ.get("GIT_PROTOCOL", "")).encode())
    child = subprocess.Popen(["sh", "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    ends = {0: (0, child.stdin.fileno()), child.stdout.fileno(): (1, 1)}
    while ends:
        for end in select.select(list(ends), [], [])[0]:
            direction, target = ends[end]
            data = os.read(end, 65536)
            if data:
                note(direction, data)
                try:
                    while data:
                        data = data[os.write(target, data) :]
                except BrokenPipeError:
                    pass
            else:
                del ends[end]
                os.close(target)
                # The program's end is the conversation's, whatever the client still holds open.
                if direction == 1:
                    ends.clear()
                    break
    sys.exit(child.wait())

    """#

  static let http = #"""
    """git's own program for HTTP behind a small server that records the bodies of each call."""
    import gzip
    import http.server
    import json
    import os
    import struct
    import subprocess
    import sys

    root, log_path = sys.argv[1], sys.argv[2]


    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def body(self):
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data

        def serve(self):
            path, _, query = self.path.partition("?")
            request = self.body()
            if self.headers.get("Content-Encoding") == "gzip":
                request = gzip.decompress(request)
            environment = dict(
                os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path, QUERY_STRING=query,
                REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get("Content-Type", ""),
                CONTENT_LENGTH=str(len(request)), GIT_PROTOCOL=self.headers.get("Git-Protocol", ""),
                REMOTE_USER="lab", REMOTE_ADDR="127.0.0.1")
            run = subprocess.run(["git", "http-backend"], input=request, capture_output=True, env=environment)
            head, _, response = run.stdout.partition(b"\r\n\r\n")
            fields = [line.split(": ", 1) for line in head.decode().split("\r\n")]
            status = next((int(value.split()[0]) for name, value in fields if name == "Status"), 200)
            kind = next((value for name, value in fields if name == "Content-Type"), "")
            facts = json.dumps(
                {"method": self.command, "path": path, "query": query, "request": self.headers.get("Content-Type", ""),
                 "response": kind, "protocol": self.headers.get("Git-Protocol", "")}).encode()
            with open(log_path, "ab") as log:
                for number, data in ((2, facts), (0, request), (1, response)):
                    log.write(struct.pack(">BI", number, len(data)) + data)
            self.send_response(status)
            for name, value in fields:
                if name != "Status":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(response)))
            self.end_headers()
            self.wfile.write(response)

        do_GET = do_POST = serve

        def log_message(self, *_):
            pass


    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()

    """#
}
