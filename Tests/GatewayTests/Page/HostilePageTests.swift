import Foundation
import Model
import SSHKeys
import TestKit
import Testing

@testable import Gateway

/// Whatever asks the page, only who is logged in is told anything.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct HostilePageTests {
  private static let policy = """
    version: 1
    rules: [{ id: all, when: {}, then: require-approval }]
    default: deny
    approvals: { signers: allowed_signers, namespace: test }
    """

  private func with(_ body: (GatewayInProcess, Signer) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      let bob = try Signer("bob", in: folder)
      let publicKey = try String(contentsOfFile: bob.key + ".pub", encoding: .utf8)
      let gateway = try RunningGateway(
        server: "127.0.0.1:1", policy: Self.policy, approvals: true,
        files: ["allowed_signers": "bob@example.com cert-authority \(publicKey)"],
        more: "page: { listen: 127.0.0.1:0, longest: 1h }")
      try body(gateway, bob)
      try gateway.stop()
    }
  }

  /// Status and content of an answer to curl.
  private func ask(_ gateway: GatewayInProcess, _ path: String, _ arguments: [String] = []) throws -> String {
    let port = gateway.port(of: "page")
    let run = try ScratchPostgres.run(
      "/usr/bin/curl",
      ["-s", "-m", "20", "-w", "%{http_code}", "http://127.0.0.1:\(port)\(path)"] + arguments)
    return run.text
  }

  private func post(
    _ gateway: GatewayInProcess, _ path: String, _ text: String, origin: String? = nil, _ more: [String] = []
  ) throws -> String {
    let own = "http://127.0.0.1:\(gateway.port(of: "page"))"
    return try ask(
      gateway, path, ["-H", "Content-Type: application/json", "-H", "Origin: \(origin ?? own)", "-d", text] + more)
  }

  @Test func `pages of others, by other names, and who is not logged in get nothing`() throws {
    try with { gateway, _ in
      let port = gateway.port(of: "page")
      #expect(try ask(gateway, "/").hasSuffix("200"))
      #expect(try ask(gateway, "/", ["-H", "Host: rebound.example:\(port)"]).hasSuffix("421"))
      #expect(try ask(gateway, "/", ["-H", "Host: localhost:\(port)"]).hasSuffix("200"))
      #expect(try ask(gateway, "/", ["-H", "Host: localhost"]).hasSuffix("421"))
      #expect(try ask(gateway, "/etc/passwd").hasSuffix("404"))
      #expect(try ask(gateway, "/", ["-X", "DELETE"]).hasSuffix("405"))
      for path in ["/ask", "/login", "/logout", "/login/finish"] {
        #expect(try post(gateway, path, "{}", origin: "https://evil.example").hasSuffix("403"), "\(path)")
        #expect(try ask(gateway, path, ["-d", "{}"]).hasSuffix("403"), "\(path)")
      }
      let own = "Origin: http://127.0.0.1:\(port)"
      #expect(try ask(gateway, "/ask", ["-H", own, "-H", "Content-Type: text/plain", "-d", "{}"]).hasSuffix("415"))
      for ask in [#"{"ask":"list"}"#, #"{"ask":"show","id":"1"}"#, #"{"ask":"decide","id":"1"}"#] {
        #expect(try post(gateway, "/ask", ask).hasSuffix("log in first\n401"))
        for cookie in ["exhibit=", "exhibit=00", "exhibit=\(String(repeating: "0", count: 64))", "x=y; exhibit=a"] {
          #expect(try post(gateway, "/ask", ask, ["-b", cookie]).hasSuffix("401"), "\(cookie)")
        }
      }
      #expect(try post(gateway, "/me", "{}") == "{\"ok\":true}\n200")
      #expect(try post(gateway, "/login", "[]").hasSuffix("400"))
      #expect(try post(gateway, "/login", #"{"key":"ssh-ed25519 AAAA"}"#).hasSuffix("400"))
      let long = String(repeating: "a", count: PageRequest.contentLimit + 1)
      try TemporaryFolder.with { folder in
        let file = folder.appending(path: "long").path
        try long.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try post(gateway, "/login", "@\(file)").hasSuffix("413"))
      }
      let head = try ScratchPostgres.run("/usr/bin/curl", ["-s", "-I", "http://127.0.0.1:\(port)/"]).text
      #expect(head.contains("default-src 'none'") && head.contains("frame-ancestors 'none'"), "\(head)")
      #expect(head.contains("no-store"))
    }
  }

  @Test func `a login takes the browser's own key, certified for a time that is not too long, once`() throws {
    try with { gateway, bob in
      let authority = try SSHPrivateKey(file: Array(FileManager.default.contents(atPath: bob.key) ?? Data()))
      try TemporaryFolder.with { folder in
        func key(_ name: String) throws -> SSHPrivateKey {
          let made = try Signer(name, in: folder)
          return try SSHPrivateKey(file: Array(FileManager.default.contents(atPath: made.key) ?? Data()))
        }
        let (browser, other) = (try key("browser"), try key("other"))
        func certificate(_ key: SSHPrivateKey, _ name: String = "bob@example.com", hours: UInt64 = 1) throws -> String {
          let now = UInt64(Date().timeIntervalSince1970)
          let draft = try CertificateDraft(
            of: key.publicKey, keyID: "page", principal: name, valid: now - 60..<now + hours * 3_600 - 60,
            authority: authority.publicKey)
          return "\(try authority.certify(draft))"
        }
        func begin() throws -> (code: String, text: String) {
          let answer = try post(gateway, "/login", #"{"key":"\#(browser.publicKey)"}"#)
          let members = try JSONSerialization.jsonObject(with: Data(answer.dropLast(3).utf8)) as? [String: Any]
          return (try #require(members?["code"] as? String), try #require(members?["text"] as? String))
        }
        func finish(_ code: String, _ signature: SSHSignature) throws -> String {
          let body = try JSONSerialization.data(withJSONObject: ["code": code, "signature": signature.armored])
          return try post(gateway, "/login/finish", String(decoding: body, as: UTF8.self), ["-i"])
        }
        func take(_ code: String, _ certificate: String) throws -> String {
          try post(gateway, "/login/certificate", #"{"code":"\#(code)","certificate":"\#(certificate)"}"#)
        }
        let first = try begin()
        #expect(try take(first.code, try certificate(other)).hasSuffix("403"))
        #expect(try take(first.code, try certificate(browser, hours: 3)).hasSuffix("403"))
        #expect(try take(first.code, "\(browser.publicKey)").hasSuffix("400"))
        #expect(try take("AAAA-AAAA", try certificate(browser)).hasSuffix("404"))
        let right = try SSHPublicKey(line: try certificate(browser))
        #expect(try take(first.code, "\(right)").hasSuffix("200"))
        let message = Array(first.text.utf8)
        let wrong = [
          // For something else, over something else, by a key without a certificate, by another, for somebody else, for too long.
          try browser.sign(message, namespace: "approval@test", certificate: right),
          try browser.sign(message + [0x20], namespace: "login@test", certificate: right),
          try browser.sign(message, namespace: "login@test"),
          try other.sign(message, namespace: "login@test", certificate: try SSHPublicKey(line: try certificate(other))),
          try browser.sign(
            message, namespace: "login@test",
            certificate: try SSHPublicKey(line: try certificate(browser, "carol@example.com"))),
          try browser.sign(
            message, namespace: "login@test", certificate: try SSHPublicKey(line: try certificate(browser, hours: 3))),
        ]
        for (index, signature) in wrong.enumerated() {
          let answer = try finish(first.code, signature)
          #expect(answer.hasSuffix("403") && !answer.lowercased().contains("set-cookie"), "\(index): \(answer)")
        }
        let signature = try browser.sign(message, namespace: "login@test", certificate: right)
        let answer = try finish(first.code, signature)
        #expect(answer.contains(#""name":"bob@example.com""#) && answer.hasSuffix("200"), "\(answer)")
        let set = try #require(answer.split(separator: "\r\n").first { $0.lowercased().hasPrefix("set-cookie: ") })
        #expect(set.contains("HttpOnly") && set.contains("SameSite=Strict"))
        let cookie = String(set.dropFirst(12).prefix { $0 != ";" })
        #expect(try finish(first.code, signature).hasSuffix("404"), "a login counts once")
        #expect(try post(gateway, "/ask", #"{"ask":"list"}"#, ["-b", cookie]).hasSuffix("200"))
        // What the page does not need it does not ask.
        for verb in ["agent", "login", "nothing"] {
          #expect(try post(gateway, "/ask", #"{"ask":"\#(verb)"}"#, ["-b", cookie]).hasSuffix("400"), "\(verb)")
        }
        #expect(try post(gateway, "/logout", "{}", ["-b", cookie]).hasSuffix("200"))
        #expect(try post(gateway, "/ask", #"{"ask":"list"}"#, ["-b", cookie]).hasSuffix("401"))
      }
    }
  }

  @Test func `many logins that nobody ends make room for others`() throws {
    let logins = PageLogins()
    let time = Timestamp(nanoseconds: 1_800_000_000_000_000_000)
    let first = try #require(logins.begin(key: nil, page: "", browser: "", address: "", at: time))
    for second in 1...200 {
      let later = time.adding(seconds: Int64(second))
      #expect(logins.begin(key: nil, page: "", browser: "", address: "", at: later) != nil)
    }
    let now = time.adding(seconds: 201)
    #expect(logins.pending(first.code, at: now) == nil)
    let last = try #require(logins.begin(key: nil, page: "", browser: "", address: "", at: now))
    #expect(logins.pending(last.code.lowercased(), at: now)?.code == last.code)
    #expect(logins.pending(last.code, at: now.adding(seconds: PageLogins.patience + 1)) == nil)
  }
}
