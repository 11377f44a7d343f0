import Bytes
import Foundation
import TestKit
import Testing

@testable import Gateway

/// Whom the gateway tells of what waits, with a web server of Python's.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"))) struct NoticeTests {
  /// Answers with the statuses that it is given, in turn, and writes what it got into a file, one body a line.
  private static let server = """
    import http.server, ssl, sys
    folder, statuses = sys.argv[1], [int(word) for word in sys.argv[2].split(",")]
    class Handler(http.server.BaseHTTPRequestHandler):
      def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(folder + "/got", "ab") as file:
          file.write((self.path + " " + self.headers["Content-Type"] + " ").encode() + body)
        self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
        self.send_header("Content-Length", "0")
        self.end_headers()
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 3:
      context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      context.load_cert_chain(folder + "/c.pem", folder + "/k.pem")
      server.socket = context.wrap_socket(server.socket, server_side=True)
    with open(folder + "/port.new", "w") as file: file.write(str(server.server_port))
    import os; os.rename(folder + "/port.new", folder + "/port")
    server.serve_forever()
    """

  private static let statement = "UPDATE people SET card = '4111111111111111' WHERE name = 'Alice'"

  private func with(
    _ statuses: String, tls: Bool = false, _ body: (URL, _ address: String) throws -> Void
  ) throws {
    try TemporaryFolder.with { folder in
      if tls {
        try ScratchPostgres.check(
          try ScratchPostgres.run(
            "/usr/bin/openssl",
            [
              "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
              folder.appending(path: "k.pem").path, "-out", folder.appending(path: "c.pem").path, "-days", "2", "-subj",
              "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            ]))
      }
      let script = folder.appending(path: "server.py")
      try Self.server.write(to: script, atomically: true, encoding: .utf8)
      let process = Process()
      process.setUnblocked("/usr/bin/python3", [script.path, folder.path, statuses] + (tls ? ["tls"] : []))
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      defer {
        process.terminate()
        process.waitUntilExit()
      }
      let file = folder.appending(path: "port").path
      for _ in 0..<1_000 where !FileManager.default.fileExists(atPath: file) { usleep(10_000) }
      let port = try String(contentsOfFile: file, encoding: .utf8)
      try body(folder, "\(tls ? "https" : "http")://localhost:\(port)/hook?a=b")
    }
  }

  /// Holds one request of a gateway that tells of it, and gives the gateway's log and metrics.
  private func hold(_ notify: String, until isDone: (RunningGateway) -> Bool) throws -> (log: String, metrics: String) {
    try TemporaryFolder.with { folder in
      let bob = try Signer("bob", in: folder)
      let target = try FakeTarget { _ in }
      let gateway = try RunningGateway(
        server: "127.0.0.1:\(target.port)", policy: ControlTests.policy(), limits: "hold: 60s", approvals: true,
        files: ["allowed_signers": try bob.line], more: "notify: { \(notify) }")
      var client: RawClient? = try RawClient(port: gateway.port, token: gateway.token)
      client?.query(Self.statement)
      for _ in 0..<3_000 where !isDone(gateway) { usleep(10_000) }
      // It waits whatever became of the notice.
      #expect(gateway.metrics.contains("exhibit_gateway_holds 1\n"))
      client = nil
      try gateway.stop()
      return (gateway.log.all, gateway.metrics)
    }
  }

  private static func got(_ folder: URL) -> String {
    (try? String(contentsOf: folder.appending(path: "got"), encoding: .utf8)) ?? ""
  }

  @Test func `a webhook is told who and what, without what stands in the statement, and is tried again`() throws {
    try with("503,204") { folder, address in
      let (log, metrics) = try hold("webhook: \"\(address)\"") { $0.metrics.contains("gateway_notices_total 1") }
      let lines = Self.got(folder).split(separator: "\n").map(String.init)
      #expect(lines.count == 2 && lines.first == lines.last)
      let prefix = "/hook?a=b application/json "
      let line = try #require(lines.last)
      #expect(line.hasPrefix(prefix))
      let notice = try #require(JSONValue.document(in: Array(line.dropFirst(prefix.count).utf8)))
      #expect(notice["event"]?.string == "held" && notice["rule"]?.string == "changes")
      #expect(notice["human"]?.string == "alice@example.com" && notice["agent"]?.string == "claude")
      let part = try #require(notice["statements"]?.elements.first)
      #expect(part["verb"]?.string == "UPDATE" && part["shape"]?.string?.count == 16)
      #expect(part["resources"]?.elements.compactMap(\.string).contains("write table people") == true, "\(line)")
      for secret in ["4111", "Alice", "card ="] { #expect(!line.contains(secret) && !log.contains(secret)) }
      #expect(metrics.contains("exhibit_gateway_notice_failures_total 0"))
    }
  }

  @Test func `with text full it has the statement; by TLS it believes only whom it was told to`() throws {
    try with("200", tls: true) { folder, address in
      let authority = folder.appending(path: "c.pem").path
      _ = try hold("webhook: \"\(address)\", authority: \(authority), text: full") {
        $0.metrics.contains("gateway_notices_total 1")
      }
      #expect(Self.got(folder).contains(Self.statement))
      let (log, _) = try hold("webhook: \"\(address)\"") { $0.metrics.contains("notice_failures_total 1") }
      #expect(log.contains("nobody was notified"))
      #expect(Self.got(folder).split(separator: "\n").count == 1)
    }
  }

  @Test func `a webhook that says no is not asked again`() throws {
    try with("403") { folder, address in
      let (log, _) = try hold("webhook: \"\(address)\"") { $0.metrics.contains("notice_failures_total 1") }
      #expect(log.contains("localhost answered 403"))
      #expect(Self.got(folder).split(separator: "\n").count == 1)
    }
  }

  @Test func `a command gets the notice; one that hangs or fails holds nothing up`() throws {
    try TemporaryFolder.with { folder in
      let file = folder.appending(path: "told").path
      _ = try hold("command: [/bin/sh, -c, \"cat >'\(file)'\"]") { $0.metrics.contains("gateway_notices_total 1") }
      let notice = try #require(JSONValue.document(in: Array(try Data(contentsOf: URL(filePath: file)))))
      #expect(notice["id"]?.string == "1" && notice["database"]?.string == "scratch")
      for command in ["/bin/sleep, \"100\"", "/bin/false"] {
        let (log, _) = try hold("command: [\(command)], timeout: 1s") {
          $0.metrics.contains("notice_failures_total 1")
        }
        #expect(log.contains("nobody was notified"))
      }
    }
  }
}
