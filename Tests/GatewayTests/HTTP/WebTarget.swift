import Foundation
import TestKit

/// A server of HTTP/1.1 in a few lines of Python, which does what is asked of it by path and writes down what it was sent.
final class WebTarget {
  private static let script = #"""
    import hashlib, json, os, socket, ssl, sys, threading, time

    log = open(sys.argv[1], "a", buffering=1)
    lock = threading.Lock()
    folder = os.path.dirname(sys.argv[1])
    context = None
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])

    class Gone(Exception): pass

    class Reader:
        def __init__(self, peer): self.peer, self.data = peer, b""
        def more(self):
            got = self.peer.recv(65536)
            if not got: raise Gone()
            self.data += got
        def line(self):
            while b"\r\n" not in self.data: self.more()
            line, self.data = self.data.split(b"\r\n", 1)
            return line
        def take(self, count):
            while len(self.data) < count: self.more()
            out, self.data = self.data[:count], self.data[count:]
            return out

    def body(reader, fields):
        if fields.get("transfer-encoding") == "chunked":
            out, trailers = b"", []
            while True:
                size = int(reader.line().split(b";")[0], 16)
                if size == 0: break
                out += reader.take(size)
                reader.line()
            while line := reader.line(): trailers.append(line.decode())
            return out, trailers
        return reader.take(int(fields.get("content-length", "0"))), []

    def reply(peer, status, content=b"", fields=(), head=False):
        lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(content)}"] + list(fields)
        peer.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if head else content))

    def one(peer, reader):
        line = reader.line().decode()
        method, target, version = line.split(" ")
        names, fields = [], {}
        while text := reader.line().decode("latin1"):
            name, value = text.split(":", 1)
            names.append([name, value.strip()])
            fields[name.lower()] = value.strip()
        path, _, query = target.partition("?")
        if path == "/early":
            reply(peer, 413, b"too large\n", ["Connection: close"])
            raise Gone()
        if fields.get("expect", "") == "100-continue": peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        content, trailers = body(reader, fields)
        with lock:
            log.write(json.dumps({"line": line, "fields": names, "length": len(content),
                "sha256": hashlib.sha256(content).hexdigest(), "text": content[:2000].decode("latin1"), "trailers": trailers}) + "\n")
        head = method == "HEAD"
        if path.startswith("/bytes/"):
            count = int(path[7:])
            reply(peer, 200, (b"0123456789abcdef" * (count // 16 + 1))[:count], ["Content-Type: application/octet-stream"], head)
        elif path == "/chunked":
            peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nX-Odd: caf\xe9\r\n\r\n")
            for part in [b"one", b"two" * 4000, b"three"]:
                peer.sendall(b"%x;why=none\r\n%s\r\n" % (len(part), part))
            peer.sendall(b"0\r\nX-Sum: 42\r\n\r\n")
        elif path == "/sse":
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            for number in range(4):
                event = b"id: %d\ndata: {\"n\":%d}\n\n" % (number, number)
                peer.sendall(b"%x\r\n%s\r\n" % (len(event), event))
                time.sleep(0.25)
            peer.sendall(b"0\r\n\r\n")
        elif path.startswith("/file/"):
            base = folder + "/" + path[6:]
            told = [line for line in open(base + ".fields").read().split("\n") if line]
            content = open(base + ".body", "rb").read()
            status = "HTTP/1.1 200 Said\r\n"
            if query:
                step, wait = query.split(",")
                peer.sendall((status + "\r\n".join(told + ["Trailer: X-Who", "Transfer-Encoding: chunked"]) + "\r\n\r\n").encode())
                for start in range(0, 0 if head else len(content), int(step)):
                    part = content[start:start + int(step)]
                    peer.sendall(b"%x\r\n%s\r\n" % (len(part), part))
                    if float(wait): time.sleep(float(wait))
                if not head: peer.sendall(b"0\r\nX-Who: mia.koch@shop.example\r\n\r\n")
            else: reply(peer, 200, content, told, head)
        elif path == "/until-close":
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + b"to the end" * 1000)
            raise Gone()
        elif path == "/half":
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500)
            raise Gone()
        elif path == "/nothing": raise Gone()
        elif path == "/closes":
            reply(peer, 200, b"bye\n")
            raise Gone()
        elif path == "/leaves":
            reply(peer, 200, b"bye\n", ["Connection: close"])
            raise Gone()
        elif path == "/nonsense":
            peer.sendall(b"200 HTTP\r\n\r\n")
            raise Gone()
        elif path == "/both":
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        elif path == "/interim":
            peer.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
            reply(peer, 200, b"after hints\n")
        elif path.startswith("/status/"):
            status = int(path[8:])
            if status in (204, 304): peer.sendall(b"HTTP/1.1 %d Empty\r\nETag: \"a\"\r\n\r\n" % status)
            else: reply(peer, status, b"said\n", [], head)
        elif path == "/slow":
            time.sleep(float(query or "1"))
            reply(peer, 200, b"slow\n")
        elif path == "/tools":
            reply(peer, 200, json.dumps({"jsonrpc": "2.0", "id": json.loads(content)["id"], "result": {"tools": [
                {"name": "look", "annotations": {"readOnlyHint": True}}, {"name": "wipe"}]}}).encode(), ["Content-Type: application/json"])
        elif path == "/messages":
            more = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if query else ""
            peer.sendall(("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" + more + "\r\n").encode())
            peer.sendall(open(folder + "/messages.body", "rb").read())
            while True:
                if not reader.data: reader.more()
                text, reader.data = reader.data, b""
        elif path == "/shout":
            if fields.get("upgrade") != "shout":
                reply(peer, 400, b"no\n")
                return
            peer.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n")
            while True:
                if not reader.data: reader.more()
                text, reader.data = reader.data, b""
                peer.sendall(text.upper())
        else:
            told = json.dumps({"line": line, "fields": names, "length": len(content), "trailers": trailers}) + "\n"
            reply(peer, 200, told.encode(), ["Content-Type: application/json", "Keep-Alive: timeout=5", "Connection: keep-alive"], head)
        if fields.get("connection") == "close" or version == "HTTP/1.0": raise Gone()

    def serve(peer):
        try:
            if context: peer = context.wrap_socket(peer, server_side=True)
            reader = Reader(peer)
            while True: one(peer, reader)
        except (Gone, OSError, ValueError): pass
        finally: peer.close()

    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", 0))
    server.listen(256)
    print(server.getsockname()[1], flush=True)
    while True:
        peer, _ = server.accept()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(peer,), daemon=True).start()
    """#

  struct Failure: Error, CustomStringConvertible { var description: String }

  let port: Int
  private let process: Process
  private let folder: URL

  /// Of plain HTTP, or of HTTPS with a certificate and key, both PEM.
  init(certificate: OpenSSLAuthority.Issued? = nil) throws {
    folder = URL(filePath: "/tmp/exhibit-web-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let program = folder.appending(path: "target.py").path
    try Self.script.write(toFile: program, atomically: true, encoding: .utf8)
    var arguments = [program, folder.appending(path: "asked").path]
    if let certificate {
      for (name, text) in [("server.pem", certificate.certificate), ("server.key", certificate.key)] {
        let path = folder.appending(path: name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        arguments.append(path)
      }
    }
    (process, port) = try Self.start("/usr/bin/python3", arguments)
  }

  deinit {
    process.terminate()
    try? FileManager.default.removeItem(at: folder)
  }

  /// A program that says its port on its first line.
  static func start(_ path: String, _ arguments: [String]) throws -> (Process, Int) {
    let process = Process()
    process.setUnblocked(path, arguments)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    var line = ""
    while !line.hasSuffix("\n") {
      guard let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty else {
        throw Failure(description: "\(path) does not start")
      }
      line += String(decoding: byte, as: UTF8.self)
    }
    guard let port = Int(line.dropLast()) else { throw Failure(description: "no port in \(line)") }
    return (process, port)
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }

  /// Lays out what `/file/NAME` answers; in chunks of so many bytes, with so many seconds between, for `?BYTES,SECONDS`.
  func put(_ name: String, _ body: [UInt8], _ fields: [String] = []) throws {
    try Data(body).write(to: folder.appending(path: "\(name).body"))
    try fields.joined(separator: "\n").write(
      to: folder.appending(path: "\(name).fields"), atomically: true, encoding: .utf8)
  }

  /// What it was sent: a line of JSON for each request.
  var asked: [String] {
    let text = (try? String(contentsOf: folder.appending(path: "asked"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }
}
