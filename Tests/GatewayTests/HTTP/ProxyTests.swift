import Bytes
import Foundation
import Model
import Pipeline
import Store
import TestKit
import Testing

@testable import Gateway

/// A proxy with an authority of its own, asked by programs that are told nothing but `HTTPS_PROXY` and one file.
@Suite struct ProxyTests {
  private struct Setting {
    let server: WebTarget
    let plain: WebTarget
    let gateway: WebGateway
    var authority: String { gateway.path("ca.pem") }

    func environment(_ more: [String: String] = [:]) -> [String: String] {
      let proxy = "http://agent:\(gateway.token.secret)@127.0.0.1:\(gateway.port())"
      return [
        "HTTPS_PROXY": proxy, "https_proxy": proxy, "HTTP_PROXY": proxy, "http_proxy": proxy, "NO_PROXY": "",
        "CURL_CA_BUNDLE": authority, "SSL_CERT_FILE": authority, "GIT_SSL_CAINFO": authority,
        "HOME": gateway.folder.path,
        "PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1",
      ].merging(more) { $1 }
    }

    func run(_ path: String, _ arguments: [String], _ more: [String: String] = [:]) throws -> ScratchPostgres.Output {
      try ScratchPostgres.run("/usr/bin/timeout", ["60", path] + arguments, environment: environment(more))
    }

    func curl(_ arguments: [String]) throws -> ScratchPostgres.Output { try run("/usr/bin/curl", ["-sS"] + arguments) }
  }

  private func with(
    policy: String = RunningGateway.open, credential: String = "", files: [String: String] = [:], hosts: [String] = [],
    port: Int? = nil, more: String = "", _ body: (Setting) throws -> Void
  ) throws {
    let issuer = try OpenSSLAuthority("Servers")
    let server = try WebTarget(
      certificate: try issuer.issue("localhost", names: "DNS:localhost,IP:127.0.0.1", usage: "serverAuth"))
    let plain = try WebTarget()
    let own = try #require(NewCertificateAuthority(named: "Exhibit test", days: 2))
    let secure = port ?? server.port
    let listener = """
        - name: web
          protocol: http
          listen: 127.0.0.1:0
          authentication: password
          forward:
            authority: ca.pem
            key: ca.key
            hosts:
              - { url: "https://localhost:\(secure)", tls: { authority: servers.pem }\(credential) }
              - { url: "https://127.0.0.1:\(server.port)", tls: { authority: other.pem } }
              - { url: "http://127.0.0.1:\(plain.port)" }
      \(hosts.map { "        - " + $0 }.joined(separator: "\n"))
      """
    let other = try OpenSSLAuthority("Others").certificate
    let gateway = try WebGateway(
      listener, policy: policy,
      files: ["ca.pem": own.certificate, "ca.key": own.key, "servers.pem": issuer.certificate, "other.pem": other]
        .merging(files) { $1 }, more: more)
    try body(Setting(server: server, plain: plain, gateway: gateway))
    try gateway.stop()
  }

  @Test func `curl goes through CONNECT and sees the gateway's certificate`() throws {
    try with(credential: ", credential: { header: X-Api-Key, value-file: key.secret }", files: ["key.secret": "k-123"])
    {
      setting in
      let url = "https://localhost:\(setting.server.port)"
      for path in ["/bytes/100000", "/chunked", "/until-close", "/sse"] {
        let here = try setting.curl(["\(url)\(path)"])
        let there = try WebGateway.curl(["-k", "\(url)\(path)"])
        #expect(here.status == 0 && here.text == there.text && !here.text.isEmpty, "\(path): \(here.errors)")
      }
      let shown = try setting.curl(["-v", "-o", "/dev/null", "\(url)/status/200", "\(url)/status/204"])
      #expect(shown.errors.contains("issuer: CN=Exhibit test") && shown.errors.contains("SSL certificate verify ok"))
      #expect(shown.errors.contains("Re-using existing connection"))
      let sent = try setting.curl(["-T", setting.authority, "-H", "X-Api-Key: the-agents-own", "\(url)/status/200"])
      #expect(sent.status == 0)
      let last = try #require(setting.server.asked.last)
      #expect(
        last.contains("k-123") && !last.contains("the-agents-own") && !last.contains(setting.gateway.token.secret))
      // Programs of Python and OpenSSL look at more of a certificate than curl does.
      let python = try setting.run(
        "/usr/bin/python3",
        ["-c", "import urllib.request, sys; print(urllib.request.urlopen(sys.argv[1]).read())", "\(url)/bytes/3"])
      #expect(python.text == "b'012'\n", "\(python.errors)")
      try setting.gateway.stop()
      let found = try setting.gateway.ingest()
      let sessions = try found.sessions()
      #expect(sessions.allSatisfy { $0.agent == "claude" && $0.server == "localhost:\(setting.server.port)" })
      var texts: [String] = []
      for session in sessions { try found.forEachAction(session: session.id) { texts.append($0.text) } }
      #expect(texts.contains("GET \(url)/bytes/3") && texts.contains("PUT \(url)/status/200"), "\(texts)")
      let recorded = try setting.gateway.recordedBytes()
      for secret in ["k-123", setting.gateway.token.secret] {
        #expect(recorded.range(of: Data(secret.utf8)) == nil && !setting.gateway.log.all.contains(secret))
      }
    }
  }

  @Test func `what an agent's commands ask for goes back to the call, though curl knows of none`() throws {
    try with(more: "socket: gateway.sock") { setting in
      let socket = HookSocket(path: setting.gateway.path("gateway.sock"), limit: 30_000)
      let session = "3f1c9a0b-7d2e-4c55-9a0b-7d2e4c551234"
      let place = "127.0.0.1:\(setting.gateway.port())"
      func tell(_ event: String, _ more: String) throws -> HookInput {
        let text = #"{"session_id":"\#(session)","hook_event_name":"\#(event)",\#(more)}"#
        let input = try HookInput(
          Array(text.utf8), agent: "claude-code", human: "lin", environment: setting.environment(), proxies: [place])
        try socket.tell(try #require(input.told))
        return input
      }
      _ = try tell("UserPromptSubmit", #""prompt_id":"p-1","prompt":"look at the shop""#)
      // The same request twice, within TLS and without, by two calls and by nobody.
      let urls = ["https://localhost:\(setting.server.port)/bytes/3", "http://127.0.0.1:\(setting.plain.port)/bytes/3"]
      let script = urls.map { "curl -sS \($0)" }.joined(separator: "; ")
      for call in ["toolu_01FirstCall", "toolu_02OtherCall"] {
        let asked =
          #""prompt_id":"p-1","tool_name":"Bash","tool_use_id":"\#(call)","tool_input":{"command":"\#(script)"}"#
        let answer = try #require(try tell("PreToolUse", asked).markedCommand())
        let value = JSONValue.document(in: answer)?["hookSpecificOutput"]?["updatedInput"]?["command"]?.string
        let marked = try #require(value)
        #expect(!marked.contains(setting.gateway.token.secret))
        #expect(try setting.run("/bin/bash", ["-c", marked]).text == "012012")
        _ = try tell("PostToolUse", #""prompt_id":"p-1","tool_use_id":"\#(call)""#)
      }
      #expect(try setting.run("/bin/bash", ["-c", script]).text == "012012")
      try setting.gateway.stop()
      #expect(setting.server.asked.count == 3 && setting.server.asked.allSatisfy { !$0.contains("00-") })
      let found = try IngestTests().ingest(
        [setting.gateway.path("recording")], setting.gateway.path("tied.exhibit")
      ) { _ = try Attributor.run($0) }
      var ties: [String: [String]] = [:]
      for session in try found.sessions() {
        try found.forEachAction(session: session.id) { action in
          let best = try? found.attributions(of: action.id).first
          let tie = best.map { "\($0.call?.id ?? "?") \($0.method.rawValue)" } ?? "nobody"
          ties[action.text, default: []].append(tie)
        }
      }
      let calls = try found.prompts().flatMap(\.toolCalls)
      #expect(calls.count == 2)
      for url in urls {
        let wanted = calls.map { "\($0.id) explicit-id" } + ["nobody"]
        #expect(ties["GET \(url)"] == wanted, "\(ties)")
      }
    }
  }

  @Test func `within CONNECT programs get HTTP 2 when they ask for it`() throws {
    try with { setting in
      let url = "https://localhost:\(setting.server.port)/bytes/3"
      for (version, told) in [("--http2", "012 2"), ("--http1.1", "012 1.1")] {
        #expect(try setting.curl([version, "-w", " %{http_version}", url]).text == told)
      }
      guard PythonPeers.has("h2"), PythonPeers.has("httpx") else { return }
      let script = """
        import asyncio, httpx, ssl, sys
        async def main():
            async with httpx.AsyncClient(http2=True, verify=ssl.create_default_context(cafile=sys.argv[1])) as client:
                answers = await asyncio.gather(*[client.get(sys.argv[2]) for _ in range(20)])
                print({(one.http_version, one.text) for one in answers})
        asyncio.run(main())
        """
      let out = try setting.run(GatewayInProcess.python, ["-c", script, setting.authority, url])
      #expect(out.text == "{('HTTP/2', '012')}\n", "\(out.text) \(out.errors)")
      #expect(setting.server.asked.count == 22)
    }
  }

  @Test func `answers are masked within CONNECT, of those servers that a rule means`() throws {
    let policy = """
      version: 1
      targets: { secure: { protocol: http, server: "localhost:*" } }
      rules: []
      default: allow
      masking: [{ id: mails, detect: [email], target: secure, action: redact }]
      """
    try with(policy: policy) { setting in
      for server in [setting.server, setting.plain] {
        try server.put("a", Array("{\"to\": \"ann@shop.example\"}".utf8), ["Content-Type: application/json"])
      }
      let there = try setting.curl(["https://localhost:\(setting.server.port)/file/a"])
      #expect(there.text == "{\"to\": \"[redacted:email]\"}", "\(there.errors)")
      let here = try setting.curl(["http://127.0.0.1:\(setting.plain.port)/file/a", "-D", "/dev/stderr"])
      #expect(here.text == "{\"to\": \"ann@shop.example\"}" && here.errors.contains("Content-Length: 26"))
    }
  }

  @Test func `only hosts of the list are reached, verified, and by their own names`() throws {
    try with { setting in
      let url = "https://localhost:\(setting.server.port)"
      let elsewhere = try setting.curl(["-v", "https://example.com/"])
      #expect(elsewhere.status == 56 && elsewhere.errors.contains("403"), "\(elsewhere.errors)")
      // Its certificate is none of the authority that counts for it.
      let stranger = try setting.curl(["-w", "%{http_code}", "https://127.0.0.1:\(setting.server.port)/bytes/3"])
      #expect(stranger.text.hasSuffix("502"), "\(stranger.text) \(stranger.errors)")
      #expect(setting.gateway.log.all.contains("CERTIFICATE_VERIFY_FAILED"))
      let fronted = try setting.curl(["-w", "%{http_code}", "-H", "Host: other.internal", "\(url)/bytes/3"])
      #expect(fronted.text.hasSuffix("421"))
      let nobody = try ScratchPostgres.run(
        "/usr/bin/curl",
        ["-sS", "-x", "http://127.0.0.1:\(setting.gateway.port())", "--cacert", setting.authority, "\(url)/"])
      #expect(nobody.status == 56 && nobody.errors.contains("407"))
      // http goes by its URL; two servers on one connection are two sessions.
      let plain = "http://127.0.0.1:\(setting.plain.port)"
      #expect(try setting.curl(["\(plain)/bytes/4", "\(plain)/status/200"]).text == "0123said\n")
      #expect(setting.plain.asked.allSatisfy { $0.contains("GET /") && !$0.lowercased().contains("proxy-") })
      #expect(setting.server.asked.isEmpty)
      let reverse = try RawWeb(port: setting.gateway.port())
      reverse.send("GET / HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Bearer \(setting.gateway.token.secret)\r\n\r\n")
      #expect(reverse.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
    }
  }

  @Test func `a rule about a URL holds within a CONNECT`() throws {
    let policy = """
      version: 1
      rules: [{ id: no-orders, when: { resource: "write url https://localhost*/orders*" }, then: deny }]
      default: allow
      """
    try with(policy: policy) { setting in
      let url = "https://localhost:\(setting.server.port)"
      let answer = try setting.curl(["-X", "PUT", "-w", " %{http_code}", "\(url)/orders/7"])
      #expect(answer.text.hasSuffix(" 403") && answer.text.contains("no-orders"), "\(answer.text) \(answer.errors)")
      #expect(try setting.curl(["\(url)/bytes/3"]).text == "012")
    }
  }

  @Test func `git clones and pushes over HTTPS`() throws {
    let exec = try ScratchPostgres.run("/usr/bin/git", ["--exec-path"]).text.trimmingCharacters(
      in: .whitespacesAndNewlines)
    guard FileManager.default.isExecutableFile(atPath: "\(exec)/git-http-backend") else { return }
    try TemporaryFolder.with { folder in
      let issuer = try OpenSSLAuthority("Servers")
      let issued = try issuer.issue("localhost", names: "DNS:localhost", usage: "serverAuth")
      for (name, text) in [("server.pem", issued.certificate), ("server.key", issued.key)] {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
      }
      let bare = folder.appending(path: "shop.git").path
      let work = folder.appending(path: "work").path
      let commands = [
        ["init", "-q", "--bare", "-b", "main", bare], ["-C", bare, "config", "http.receivepack", "true"],
        ["init", "-q", "-b", "main", work],
        ["-C", work, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "first"],
        ["-C", work, "push", "-q", bare, "main"],
      ]
      for command in commands { try ScratchPostgres.check(try ScratchPostgres.run("/usr/bin/git", command)) }
      let (process, port) = try Self.gitServer(folder)
      defer { process.terminate() }
      try with(
        files: ["servers2.pem": issuer.certificate],
        hosts: ["{ url: \"https://localhost:\(port)\", tls: { authority: servers2.pem } }"]
      ) { setting in
        let clone = folder.appending(path: "clone").path
        let url = "https://localhost:\(port)/shop.git"
        try ScratchPostgres.check(try setting.run("/usr/bin/git", ["clone", "-q", url, clone]))
        let file = URL(filePath: clone).appending(path: "data")
        try String(repeating: "line of data\n", count: 2_000).write(to: file, atomically: true, encoding: .utf8)
        try ScratchPostgres.check(try setting.run("/usr/bin/git", ["-C", clone, "add", "data"]))
        try ScratchPostgres.check(
          try setting.run(
            "/usr/bin/git", ["-C", clone, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "second"]))
        try ScratchPostgres.check(try setting.run("/usr/bin/git", ["-C", clone, "push", "-q", "origin", "HEAD:main"]))
        let head = try ScratchPostgres.run("/usr/bin/git", ["-C", bare, "log", "--format=%s", "main"])
        #expect(head.text == "second\nfirst\n")
        try setting.gateway.stop()
        let found = try setting.gateway.ingest()
        var verbs: [String] = []
        for session in try found.sessions() {
          try found.forEachAction(session: session.id) { verbs.append("\($0.kind) \($0.verb)") }
        }
        #expect(
          verbs.contains { $0.hasPrefix("git git push") } && verbs.contains { $0.hasPrefix("git git fetch") },
          "\(verbs)")
      }
    }
  }

  /// `git http-backend` behind a server of HTTP, or of HTTPS where there is a certificate for it.
  static func gitServer(_ folder: URL) throws -> (Process, Int) {
    let script = #"""
      import http.server, os, ssl, subprocess, sys
      root = sys.argv[1]
      class Handler(http.server.BaseHTTPRequestHandler):
          protocol_version = "HTTP/1.1"
          def log_message(self, *words): pass
          def do(self):
              path, _, query = self.path.partition("?")
              if self.headers.get("Transfer-Encoding") == "chunked":
                  body = b""
                  while True:
                      size = int(self.rfile.readline().split(b";")[0], 16)
                      body += self.rfile.read(size)
                      self.rfile.readline()
                      if size == 0: break
              else: body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
              env = dict(os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path, QUERY_STRING=query,
                  REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)),
                  REMOTE_USER="a", HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""), GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
              out = subprocess.run(["git", "http-backend"], input=body, env=env, stdout=subprocess.PIPE).stdout
              head, _, content = out.partition(b"\r\n\r\n")
              lines = [line.split(": ", 1) for line in head.decode().split("\r\n")]
              status = next((int(value.split(" ")[0]) for name, value in lines if name == "Status"), 200)
              self.send_response(status)
              for name, value in lines:
                  if name != "Status": self.send_header(name, value)
              self.send_header("Content-Length", str(len(content)))
              self.end_headers()
              self.wfile.write(content)
          do_GET = do_POST = do
      server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
      if os.path.exists(root + "/server.pem"):
          context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
          context.load_cert_chain(root + "/server.pem", root + "/server.key")
          server.socket = context.wrap_socket(server.socket, server_side=True)
      print(server.server_address[1], flush=True)
      server.serve_forever()
      """#
    let program = folder.appending(path: "git.py").path
    try script.write(toFile: program, atomically: true, encoding: .utf8)
    return try WebTarget.start("/usr/bin/python3", [program, folder.path])
  }

  @Test func `pip installs from an index behind the proxy`() throws {
    try TemporaryFolder.with { folder in
      // A wheel is an archive with a few files in it.
      let made = try ScratchPostgres.run(
        "/usr/bin/python3",
        [
          "-c",
          """
          import os, sys, zipfile
          root = sys.argv[1] + '/files/exhibitprobe'
          os.makedirs(root)
          with zipfile.ZipFile(root + '/exhibitprobe-1.0-py3-none-any.whl', 'w') as z:
              z.writestr('exhibitprobe.py', 'word = "probed"\\n')
              z.writestr('exhibitprobe-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: exhibitprobe\\nVersion: 1.0\\n')
              z.writestr('exhibitprobe-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nGenerator: a\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
              z.writestr('exhibitprobe-1.0.dist-info/RECORD', 'exhibitprobe.py,,\\n')
          """, folder.path,
        ])
      try ScratchPostgres.check(made)
      let issuer = try OpenSSLAuthority("Index")
      let issued = try issuer.issue("localhost", names: "DNS:localhost", usage: "serverAuth")
      try (issued.certificate + issued.key).write(
        to: folder.appending(path: "both.pem"), atomically: true, encoding: .utf8)
      let (process, port) = try WebTarget.start(
        "/usr/bin/python3",
        [
          "-c",
          """
          import functools, http.server, ssl, sys
          class Quiet(http.server.SimpleHTTPRequestHandler):
              def log_message(self, *words): pass
          server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(Quiet, directory=sys.argv[1] + '/files'))
          context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
          context.load_cert_chain(sys.argv[1] + '/both.pem')
          server.socket = context.wrap_socket(server.socket, server_side=True)
          print(server.server_address[1], flush=True)
          server.serve_forever()
          """, folder.path,
        ])
      defer { process.terminate() }
      try with(
        files: ["index.pem": issuer.certificate],
        hosts: ["{ url: \"https://localhost:\(port)\", tls: { authority: index.pem } }"]
      ) { setting in
        let target = folder.appending(path: "installed").path
        let done = try setting.run(
          RunningGateway.python,
          [
            "-m", "pip", "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check", "--no-deps", "--target",
            target,
            "--index-url", "https://localhost:\(port)/", "exhibitprobe",
          ], ["PIP_CERT": setting.authority, "PIP_CONFIG_FILE": "/dev/null"])
        #expect(done.status == 0, "\(done.errors)")
        #expect(FileManager.default.fileExists(atPath: target + "/exhibitprobe.py"))
      }
    }
  }

  @Test func `a WebSocket of Python's goes through, and its messages are recorded`() throws {
    try TemporaryFolder.with { folder in
      let script = """
        import asyncio, sys, websockets
        async def echo(socket):
            async for message in socket: await socket.send(message[::-1])
        async def main():
            async with websockets.serve(echo, '127.0.0.1', 0) as server:
                print(next(iter(server.sockets)).getsockname()[1], flush=True)
                await asyncio.get_running_loop().create_future()
        asyncio.run(main())
        """
      let program = folder.appending(path: "echo.py").path
      try script.write(toFile: program, atomically: true, encoding: .utf8)
      let (process, port) = try WebTarget.start(RunningGateway.python, [program])
      defer { process.terminate() }
      let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(port)", "token-header: X-Token"))
      let client = """
        import asyncio, sys, websockets
        async def main():
            async with websockets.connect(sys.argv[1], additional_headers={'X-Token': sys.argv[2]}, proxy=None) as socket:
                for size in (5, 70000, 3):
                    await socket.send('ab' * size)
                    assert await socket.recv() == 'ba' * size
                await socket.send('the last words')
                print(await socket.recv())
        asyncio.run(main())
        """
      let done = try ScratchPostgres.run(
        RunningGateway.python, ["-c", client, "ws://127.0.0.1:\(gateway.port())/chat", gateway.token.secret])
      #expect(done.text == "sdrow tsal eht\n", "\(done.errors)")
      try gateway.stop()
      let found = try gateway.ingest()
      let session = try #require(try found.sessions().first)
      var actions: [Action] = []
      try found.forEachAction(session: session.id) { actions.append($0) }
      #expect(actions.count == 1 && actions[0].hasRecords && actions[0].effect == .unknown && actions[0].code == "101")
      #expect(try found.anomalies().isEmpty)
    }
  }
}
