import Bytes
import Foundation
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// nginx that speaks HTTP/2, behind a listener of each kind.
@Suite(.enabled(if: NginxTarget.isPossible, "no nginx here")) struct HTTP2TargetTests {
  private func with(
    _ way: String, target: String = "", policy: String = WebGateway.open,
    _ body: (NginxTarget, WebGateway, _ root: String) throws -> Void
  ) throws {
    let issuer = try OpenSSLAuthority("Servers")
    let issued = try issuer.issue("localhost", names: "DNS:localhost,IP:127.0.0.1", usage: "serverAuth")
    let nginx = try NginxTarget(issued)
    let url = way == "clear" ? "http://127.0.0.1:\(nginx.clear)" : "https://localhost:\(nginx.secure)"
    let more =
      way == "clear" ? "http2: true" : "tls: { authority: servers.pem }\(target.isEmpty ? "" : ", \(target)")"
    let gateway = try WebGateway(
      WebGateway.reverse(url, "http2: true\n    tls: { certificate: own.pem, key: own.key }", target: more),
      policy: policy,
      files: ["own.pem": issued.certificate, "own.key": issued.key, "servers.pem": issuer.certificate])
    try body(nginx, gateway, gateway.path("servers.pem"))
    try gateway.stop()
  }

  private func curl(
    _ gateway: WebGateway, _ root: String, _ path: String, _ arguments: [String]
  ) throws -> ScratchPostgres.Output {
    try WebGateway.curl(
      ["--cacert", root, "-u", "agent:\(gateway.token.secret)"] + arguments
        + ["https://localhost:\(gateway.port())\(path)"])
  }

  @Test(arguments: ["clear", "secure"], ["--http2", "--http1.1"])
  func `all pairings bring the same`(way: String, version: String) throws {
    try with(way) { nginx, gateway, root in
      func ask(_ path: String, _ arguments: [String] = []) throws -> ScratchPostgres.Output {
        try curl(gateway, root, path, [version] + arguments)
      }
      let told = try ask("/told", ["-H", "X-Mark: m7", "-w", "%{http_version}"])
      #expect(
        told.text == "HTTP/2.0 GET m7 localhost\n" + (version == "--http2" ? "2" : "1.1"), "\(told.text) \(told.errors)"
      )
      let there = try WebGateway.curl(["-k", "https://localhost:\(nginx.secure)/big"])
      #expect(try ask("/big").text == there.text && there.text.utf8.count == 2_000_000)
      #expect(try ask("/empty", ["-w", "%{http_code}"]).text == "200")
      #expect(try ask("/none", ["-w", " %{http_code}", "-o", "/dev/null"]).text == " 404")
      #expect(try ask("/big", ["-I"]).text.lowercased().contains("content-length: 2000000"))
      #expect(try ask("/big", ["-r", "5-9"]).text == String(there.text.dropFirst(5).prefix(5)))
      let sum = try ask("/sum", ["-D", "/dev/stderr"])
      #expect(sum.text == "small\n" && sum.errors.lowercased().contains("x-sum: 42"), "\(sum)")
      let file = gateway.path("upload")
      try Data(there.text.utf8).write(to: URL(filePath: file))
      let sent = try ask("/upload", ["-T", file])
      #expect(sent.text == "2000000 PUT\n", "\(sent)")
      let streamed = try ask("/upload", ["-T", file, "-H", "Content-Length:", "-H", "Transfer-Encoding: chunked"])
      #expect(streamed.text == "2000000 PUT\n", "\(streamed)")
      // Several on one connection, and side by side.
      let many = (0..<30).map { "https://localhost:\(gateway.port())/small?\($0)" }
      let all = try WebGateway.curl(
        ["--cacert", root, "-u", "agent:\(gateway.token.secret)", version, "-Z", "--parallel-immediate"] + many)
      #expect(all.text == String(repeating: "small\n", count: 30), "\(all.errors)")
      #expect(nginx.accessLog.split(separator: "\n").filter { $0.contains("HTTP/2.0") }.count >= 40)
      try gateway.stop()
      let found = try gateway.ingest()
      var texts: [String] = []
      for session in try found.sessions() {
        try found.forEachAction(session: session.id) {
          if $0.status == .ok { texts.append("\($0.verb) \($0.text.drop { $0 != "/" })") }
        }
      }
      #expect(texts.filter { $0.contains("/small?") }.count == 30 && texts.contains { $0.contains("/upload") })
    }
  }

  @Test func `a target may be asked in HTTP 1 alone`() throws {
    try with("secure", target: "http2: false") { _, gateway, root in
      let told = try curl(gateway, root, "/told", [])
      #expect(told.text == "HTTP/1.1 GET  localhost\n", "\(told)")
    }
  }

  @Test func `answers of HTTP 2 are masked`() throws {
    let policy = """
      version: 1
      rules: []
      default: allow
      masking: [{ id: names, detect: [email], action: redact }]
      """
    try with("clear", policy: policy) { _, gateway, root in
      let told = try curl(gateway, root, "/told", ["-H", "X-Mark: ann@shop.example", "--http2"])
      #expect(told.text == "HTTP/2.0 GET [redacted:email] localhost\n", "\(told)")
      try gateway.stop()
      let recorded = String(decoding: try gateway.recordedBytes(), as: UTF8.self)
      // What the client sent is its own.
      #expect(recorded.contains("GET [redacted:email]") && !recorded.contains("GET ann@shop"))
    }
  }
}
