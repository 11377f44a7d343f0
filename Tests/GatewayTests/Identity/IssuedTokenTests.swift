import Bytes
import Foundation
import Model
import NIOPosix
import Store
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// Who is let in with a JSON Web Token, as whom, and for how long.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: RunningGateway.python), "scripts/setup.sh --tests was not run"))
struct IssuedTokenTests {
  private static let rules = """
    token-issuers:
      - issuer: \(JoseIssuer.name)
        audience: [exhibit, other]
        keys: keys.json
        run: run
        require: { groups: agents }
        longest: 1h
        listeners: [web]
        revoked: gone
    """

  private func ask(_ gateway: WebGateway, _ token: String) throws -> String {
    try gateway.curl("/bytes/3", ["-H", "Authorization: Bearer \(token)", "-w", " %{http_code}"], isNamed: false).text
  }

  @Test func `a token lets in as its claims say, and is told as evidence`() throws {
    let issuer = try JoseIssuer(["a": "RS256"])
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)"), files: ["keys.json": try issuer.keySet(), "gone": ""],
      more: Self.rules)
    let token = try issuer.token("a", JoseIssuer.claims(["groups": ["staff", "agents"]]))
    #expect(try ask(gateway, token) == "012 200")
    #expect(try gateway.curl("/bytes/3", ["-u", "anybody:\(token)"], isNamed: false).text == "012")
    // Those of the configuration go on, and their names are theirs.
    #expect(try gateway.curl("/bytes/3").text == "012")
    #expect(
      try gateway.curl("/bytes/3", ["-u", "agent:\(token)", "-w", "%{http_code}"], isNamed: false).text.hasSuffix("401")
    )
    try gateway.stop()
    let recorded = try gateway.recordedBytes()
    for member in [
      #""human":"lin@shop.example""#, #""agent":"claude-code""#, #""run":"nightly-9""#, #""token":"t-1""#,
      #""authentication":"issuer:https://login.example/realms/agents""#,
    ] {
      #expect(recorded.firstRange(of: Data(member.utf8)) != nil, "\(member)")
    }
    #expect(
      recorded.firstRange(of: Data(token.suffix(100).utf8)) == nil && !gateway.log.all.contains(token.suffix(100)))
    #expect(server.asked.allSatisfy { !$0.contains(token) })
    let agents = Set(
      try gateway.ingest().sessions().filter { $0.agent != nil }.map { "\($0.agent ?? "") for \($0.human ?? "")" })
    #expect(agents == ["claude for alice@example.com", "claude-code for lin@shop.example"])
  }

  @Test func `claims that are missing, for others, or out of their time let nobody in`() throws {
    let issuer = try JoseIssuer(["a": "ES256", "other": "ES256"])
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)"),
      files: ["keys.json": try issuer.keySet(without: ["other"]), "gone": "t-9\neve@shop.example\n"], more: Self.rules)
    let now = RunningGateway.now().seconds
    let bad: [(String, [String: Any], String)] = [
      ("a", ["aud": "billing"], "is for another audience"), ("a", ["aud": NSNull()], "is for another audience"),
      ("a", ["iss": "https://elsewhere.example"], "is not one of token-issuers"),
      ("a", ["exp": NSNull()], "has no end"), ("a", ["exp": now - 1], "is over"),
      ("a", ["exp": "9999999999"], "has no end"),
      ("a", ["iat": NSNull()], "when it was issued"), ("a", ["iat": now + 300], "was not issued yet"),
      ("a", ["nbf": now + 300], "does not count yet"), ("a", ["exp": now + 4_000], "is for longer than 3600 seconds"),
      ("a", ["groups": "staff"], "does not have agents"), ("a", ["groups": NSNull()], "does not have agents"),
      ("a", ["sub": NSNull()], "has no sub"), ("a", ["sub": "a\u{202e}b"], "has no sub"),
      ("a", ["jti": "t-9"], "t-9 was revoked"), ("a", ["sub": "eve@shop.example"], "of eve@shop.example were revoked"),
      ("other", [:], "key is not one of"),
    ]
    let base = ["groups": "agents"] as [String: Any]
    let tokens = try issuer.tokens(bad.map { ($0.0, JoseIssuer.claims(base.merging($0.1) { $1 })) })
    for (token, (_, claims, says)) in zip(tokens, bad) {
      #expect(try ask(gateway, token).hasSuffix(" 401"), "\(claims)")
      #expect(gateway.log.all.contains(says), "\(says) in \(gateway.log.all.suffix(600))")
    }
    #expect(server.asked.isEmpty)
    try gateway.stop()
  }

  @Test func `what was revoked ends, as does what is over`() throws {
    let issuer = try JoseIssuer(["a": "EdDSA", "b": "EdDSA"])
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)"), files: ["keys.json": try issuer.keySet(), "gone": ""],
      more: Self.rules)
    let now = RunningGateway.now().seconds
    let claims = JoseIssuer.claims(["groups": "agents"])
    let tokens = try issuer.tokens([
      ("a", claims.merging(["jti": "t-2"]) { $1 }), ("b", claims), ("a", claims.merging(["exp": now + 2]) { $1 }),
    ])
    let clients = try tokens.map { token in
      let client = try RawWeb(port: gateway.port())
      client.send("GET /bytes/3 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n")
      #expect(client.receive(until: "012").hasSuffix("012"))
      return client
    }
    try gateway.reload("gone") { _ in "t-2\n" }
    #expect(clients[0].rest().isEmpty)
    let open = try issuer.keySet(without: ["b"])
    try gateway.reload("keys.json") { _ in open }
    #expect(clients[1].rest().isEmpty)
    // Its next request would be refused; nobody waits for that.
    #expect(clients[2].rest().isEmpty)
    try gateway.stop()
  }

  @Test func `keys are found by the issuer's document, kept, and asked for again when they change`() throws {
    let (first, second) = (try JoseIssuer(["one": "RS256"]), try JoseIssuer(["two": "RS256"]))
    let folder = URL(filePath: "/tmp/exhibit-issuer-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(
      at: folder.appending(path: ".well-known"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let port = try Loopback.freePort()
    let name = "http://127.0.0.1:\(port)"
    func write(_ text: String, _ path: String) throws {
      try text.write(to: folder.appending(path: path), atomically: true, encoding: .utf8)
    }
    try write(#"{"issuer":"\#(name)","jwks_uri":"\#(name)/keys"}"#, ".well-known/openid-configuration")
    try write(try first.keySet(), "keys")
    let process = Process()
    process.setUnblocked(
      RunningGateway.python, ["-m", "http.server", "--bind", "127.0.0.1", "--directory", folder.path, String(port)])
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    defer { process.terminate() }
    let deadline = Date().addingTimeInterval(20)
    while (try? Loopback.connect(to: port)).map({ close($0) }) == nil, Date() < deadline { usleep(50_000) }

    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let keys = try IssuerKeys(
      .discovery(try #require(WebAddress(name + "/.well-known/openid-configuration")), issuer: name),
      refreshSeconds: 600)
    let told = Mutex([String]())
    /// What is told once it is done; nothing when there was nothing to do.
    func refresh(_ seconds: Int64) -> String? {
      told.withLock { $0 = [] }
      let isAsked = keys.refresh(at: Timestamp(nanoseconds: 0).adding(seconds: seconds), on: loop) { problem in
        told.withLock { $0.append(problem ?? "changed") }
      }
      guard isAsked else { return nil }
      let end = Date().addingTimeInterval(10)
      while keys.isAsking, Date() < end { usleep(5_000) }
      return told.withLock { $0.first } ?? "same"
    }
    func verdict(_ issuer: JoseIssuer, _ kid: String) throws -> JSONWebKeySet.Verdict? {
      keys.verdict(on: try JSONWebToken(parsing: Array(try issuer.token(kid).utf8)))
    }
    #expect(try verdict(first, "one") == nil)
    #expect(refresh(1_000) == "changed")
    #expect(try verdict(first, "one") == .signed)
    #expect(refresh(1_300) == nil)
    #expect(refresh(1_700) == "same")
    // Another key: the first token that has it asks for the keys.
    try write(try second.keySet(), "keys")
    #expect(refresh(1_800) == nil)
    #expect(try verdict(second, "two") == .unknownKey)
    #expect(refresh(1_801) == "changed")
    #expect(try verdict(second, "two") == .signed)
    #expect(try verdict(first, "one") == .unknownKey)
    // Not more than once in ten seconds, whatever tokens come.
    #expect(refresh(1_805) == nil)
    #expect(refresh(1_812) == "same")
    // An issuer that is gone: the keys are good for a day.
    try write(#"{"issuer":"http://other.example","jwks_uri":"\#(name)/keys"}"#, ".well-known/openid-configuration")
    #expect(refresh(3_000)?.contains("is not about \(name)") == true)
    #expect(try verdict(second, "two") == .signed)
    #expect(refresh(3_000 + 86_400) != nil)
    #expect(try verdict(second, "two") == nil)
  }

  @Test(.enabled(if: ScratchPostgres.isPresent)) func `a client of PostgreSQL gives it for its password`() throws {
    let issuer = try JoseIssuer(["a": "PS256"])
    let server = try ScratchPostgres()
    let authority = try OpenSSLAuthority()
    let own = try authority.issue("localhost", names: "DNS:localhost", usage: "serverAuth")
    let gateway = try RunningGateway(
      server: "\(server.folder.path):5432", listener: "tls: { certificate: c.pem, key: k.pem }",
      authentication: "password",
      files: ["c.pem": own.certificate, "k.pem": own.key, "keys.json": try issuer.keySet()],
      more: """
        token-issuers:
          - { issuer: "\(JoseIssuer.name)", audience: exhibit, keys: keys.json, human: email, agent: [act.sub] }
        """)
    let tokens = try issuer.tokens([
      ("a", JoseIssuer.claims(["email": "lin@shop.example"])),
      ("a", JoseIssuer.claims(["email": "lin@shop.example", "email_verified": false])),
    ])
    func psql(_ token: String, _ user: String) throws -> ScratchPostgres.Output {
      try gateway.psql(["-c", "SELECT 40 + 2"], ["PGPASSWORD": token, "PGUSER": user, "PGSSLMODE": "require"])
    }
    #expect(try psql(tokens[0], "claude").text == "42\n")
    #expect(try psql(tokens[1], "claude").errors.contains("password authentication failed"))
    #expect(gateway.log.all.contains("or none that is verified"))
    #expect(try psql(tokens[0], "agent").errors.contains("password authentication failed"))
    try gateway.stop()
  }
}
