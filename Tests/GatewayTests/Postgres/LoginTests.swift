import Bytes
import Foundation
import TestKit
import Testing

@testable import Gateway

/// Who is let in, and how the gateway is let in by the target.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct LoginTests {
  /// A certificate for `localhost`, and its key, by openssl.
  struct Certificate {
    var certificate: String
    var key: String

    init() throws {
      (certificate, key) = try TemporaryFolder.with { folder in
        let (certificate, key) = (folder.appending(path: "c.pem").path, folder.appending(path: "k.pem").path)
        try ScratchPostgres.check(
          try ScratchPostgres.run(
            "/usr/bin/openssl",
            [
              "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
              "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            ]))
        return (
          try String(contentsOfFile: certificate, encoding: .utf8), try String(contentsOfFile: key, encoding: .utf8)
        )
      }
    }
  }

  @Test(arguments: ["scram-sha-256", "md5", "password"])
  func `the gateway proves itself to the target, and clients never learn how`(method: String) throws {
    let encryption = method == "md5" ? "SET password_encryption = 'md5'; " : ""
    let port = try Loopback.freePort()
    let server = try ScratchPostgres(
      settings: "listen_addresses = '127.0.0.1'\n", hba: "host all all 127.0.0.1/32 \(method)", port: port)
    _ = try server.query(encryption + "ALTER ROLE postgres PASSWORD 'known to the gateway alone'")
    let gateway = try RunningGateway(
      server: "127.0.0.1:\(port)", target: "password-file: secret, ", durability: "strict",
      files: ["secret": "known to the gateway alone\n"])
    let output = try gateway.run("SELECT current_user")
    #expect(output.text == "postgres\n", "\(output)")
    try gateway.stop()
    for segment in gateway.segments {
      let bytes = try Data(contentsOf: URL(filePath: segment))
      #expect(bytes.range(of: Data("known to the gateway".utf8)) == nil)
      #expect(bytes.range(of: Data("SELECT current_user".utf8)) != nil)
    }
    #expect(!gateway.log.all.contains("known to the gateway"))
    let wrong = try RunningGateway(
      server: "127.0.0.1:\(port)", target: "password-file: secret, ", files: ["secret": "another\n"])
    let refused = try wrong.run("SELECT 1")
    #expect(refused.errors.contains("the target shop did not let the gateway in"), "\(refused)")
    #expect(!refused.errors.contains("postgres"))
    try wrong.stop()
  }

  @Test func `TLS on both sides, verified, and the token itself as the password`() throws {
    let certificate = try Certificate()
    let port = try Loopback.freePort()
    let folder = URL(filePath: "/tmp/exhibit-tls-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in [("c.pem", certificate.certificate), ("k.pem", certificate.key)] {
      let path = folder.appending(path: name).path
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      if getuid() == 0 { try ScratchPostgres.check(try ScratchPostgres.run("/bin/chown", ["postgres", path])) }
    }
    let server = try ScratchPostgres(
      settings: """
        listen_addresses = '127.0.0.1'
        ssl = on
        ssl_cert_file = '\(folder.path)/c.pem'
        ssl_key_file = '\(folder.path)/k.pem'

        """, hba: "hostssl all all 127.0.0.1/32 trust\nhostnossl all all all reject", port: port)
    let files = ["c.pem": certificate.certificate, "k.pem": certificate.key]
    let gateway = try RunningGateway(
      server: "localhost:\(port)", target: "tls: { authority: c.pem }, ",
      listener: "tls: { certificate: c.pem, key: k.pem }", authentication: "password", files: files)
    let root = gateway.folder.appending(path: "c.pem").path
    let secure = ["PGHOST": "localhost", "PGHOSTADDR": "127.0.0.1", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": root]
    let output = try gateway.psql(
      ["-c", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", "-c", "SELECT length(repeat('x', 2000000))"],
      secure)
    #expect(output.text == "t\n2000000\n", "\(output)")
    let wrong = try gateway.psql(["-c", "SELECT 1"], secure.merging(["PGPASSWORD": "exg_wrong"]) { $1 })
    #expect(wrong.errors.contains("password authentication failed for user \"agent\""), "\(wrong)")
    // A cancel goes to the target in TLS too.
    let psql = (ScratchPostgres.binaries ?? URL(filePath: "/usr/bin")).appending(path: "psql").path
    let cancelled = try ScratchPostgres.run(
      "/usr/bin/timeout", ["-s", "INT", "2", psql, "-X", "-c", "SELECT pg_sleep(60)"],
      environment: gateway.environment.merging(secure) { $1 })
    #expect(cancelled.errors.contains("canceling statement"), "\(cancelled)")
    try gateway.stop()
    for segment in gateway.segments {
      #expect(try Data(contentsOf: URL(filePath: segment)).range(of: Data(gateway.token.secret.utf8)) == nil)
    }
    #expect(try server.query("SELECT 1") == ["1"])
    // Another certificate than the authority's: no session.
    let other = try Certificate()
    let distrusting = try RunningGateway(
      server: "localhost:\(port)", target: "tls: { authority: other.pem }, ", files: ["other.pem": other.certificate])
    let refused = try distrusting.run("SELECT 1")
    #expect(refused.errors.contains("the target shop cannot be reached"), "\(refused)")
    try distrusting.stop()
  }

  @Test func `who is unknown, wrong, or asks for another database is not let in`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server, limits: "sessions-per-identity: 2")
    let unknown = try gateway.psql(["-c", "SELECT 1"], ["PGUSER": "nobody"])
    #expect(unknown.errors.contains("password authentication failed for user \"nobody\""), "\(unknown)")
    let wrong = try gateway.psql(["-c", "SELECT 1"], ["PGPASSWORD": "guessed"])
    #expect(wrong.errors.contains("password authentication failed for user \"agent\""), "\(wrong)")
    let elsewhere = try gateway.psql(["-c", "SELECT 1"], ["PGDATABASE": "postgres"])
    #expect(elsewhere.errors.contains("database \"postgres\" is not offered here"), "\(elsewhere)")
    let held = try (0..<2).map { _ in try RawClient(port: gateway.port, token: gateway.token) }
    let third = try gateway.run("SELECT 1")
    #expect(third.errors.contains("too many sessions of \"agent\": 2 are allowed"), "\(third)")
    #expect(held.count == 2)
    try gateway.stop()
  }

  @Test func `protocol 3_2 is negotiated down`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server)
    let client = try RawClient(
      port: gateway.port, token: gateway.token, parameters: ["database", "scratch", "_pq_.wish", "1"], minor: 2)
    #expect(client.negotiated == [0, 3, 0, 0, 0, 0, 0, 1] + Array("_pq_.wish\0".utf8))
    client.query("SELECT 1")
    #expect(try client.answers().last == "Z I")
    try gateway.stop()
  }

  @Test func `a SCRAM verifier is PostgreSQL's own`() throws {
    // PostgreSQL's, of the password "pencil".
    let server = try ScratchPostgres()
    let stored = try server.query(
      "SET password_encryption = 'scram-sha-256'; CREATE ROLE r PASSWORD 'pencil'; "
        + "SELECT rolpassword FROM pg_authid WHERE rolname = 'r'")
    let theirs = try #require(stored.first.flatMap { ScramVerifier($0) })
    #expect(ScramVerifier(password: "pencil", salt: theirs.salt, iterations: theirs.iterations) == theirs)
    #expect(ScramVerifier("SCRAM-SHA-256$1:c2FsdA==$a:b") == nil)
  }
}
