import Foundation
import TestKit
import Testing

@testable import Gateway

/// How the gateway proves itself to a target in TLS.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct TargetCertificateTests {
  /// A server with TLS, and what of it the gateway needs to know.
  private struct Server {
    let server: ScratchPostgres
    let port: Int
    let authority: OpenSSLAuthority
    private let folder: URL

    init(hba: String, key: [String]? = nil) throws {
      port = try Loopback.freePort()
      authority = try OpenSSLAuthority()
      let own = try authority.issue("localhost", names: "DNS:localhost", usage: "serverAuth", key: key)
      folder = URL(filePath: "/tmp/exhibit-tls-\(UUID().uuidString.prefix(8))")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, text) in [("c.pem", own.certificate), ("k.pem", own.key), ("ca.pem", authority.certificate)] {
        let path = folder.appending(path: name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        if getuid() == 0 { try ScratchPostgres.check(try ScratchPostgres.run("/bin/chown", ["postgres", path])) }
      }
      server = try ScratchPostgres(
        settings: """
          listen_addresses = '127.0.0.1'
          ssl = on
          ssl_cert_file = '\(folder.path)/c.pem'
          ssl_key_file = '\(folder.path)/k.pem'
          ssl_ca_file = '\(folder.path)/ca.pem'

          """, hba: hba, port: port)
    }

    func gateway(target: String, _ files: [String: String]) throws -> RunningGateway {
      try RunningGateway(
        server: "localhost:\(port)", target: target,
        files: files.merging(["ca.pem": authority.certificate]) { $1 })
    }

    func finish() { try? FileManager.default.removeItem(at: folder) }
  }

  @Test func `a certificate lets the gateway in where the server wants one`() throws {
    let target = try Server(hba: "hostssl all all 127.0.0.1/32 cert")
    defer { target.finish() }
    let right = try target.authority.issue("postgres")
    let wrong = try target.authority.issue("somebody")
    let foreign = try OpenSSLAuthority().issue("postgres")
    let tls = "tls: { authority: ca.pem, certificate: own.pem, key: own.key }, "
    let gateway = try target.gateway(target: tls, ["own.pem": right.certificate, "own.key": right.key])
    let output = try gateway.run("SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    #expect(output.text == "/CN=postgres\n", "\(output)")
    // A cancel goes there in TLS too.
    let cancelled = try ScratchPostgres.run(
      "/usr/bin/timeout",
      [
        "-s", "INT", "2", (ScratchPostgres.binaries ?? URL(filePath: "/usr/bin")).appending(path: "psql").path, "-X",
        "-c", "SELECT pg_sleep(60)",
      ], environment: gateway.environment)
    #expect(cancelled.errors.contains("canceling statement"), "\(cancelled)")
    try gateway.stop()
    for issued in [wrong, foreign] {
      let gateway = try target.gateway(target: tls, ["own.pem": issued.certificate, "own.key": issued.key])
      let output = try gateway.run("SELECT 1")
      #expect(output.status != 0 && output.errors.contains("the target shop"), "\(output)")
      try gateway.stop()
    }
  }

  @Test(arguments: ["ec", "rsa"]) func `SCRAM is tied to TLS on both sides`(kind: String) throws {
    let key = kind == "rsa" ? ["rsa:2048", "-sha512"] : nil
    let target = try Server(hba: "hostssl all all 127.0.0.1/32 scram-sha-256", key: key)
    defer { target.finish() }
    _ = try target.server.query("ALTER ROLE postgres PASSWORD 'known to the gateway'")
    let own = try target.authority.issue("localhost", names: "DNS:localhost", usage: "serverAuth", key: key)
    let gateway = try RunningGateway(
      server: "localhost:\(target.port)", target: "tls: { authority: ca.pem }, password-file: secret, ",
      listener: "tls: { certificate: c.pem, key: k.pem }",
      files: [
        "ca.pem": target.authority.certificate, "secret": "known to the gateway\n", "c.pem": own.certificate,
        "k.pem": own.key,
      ])
    let bound = try gateway.psql(
      ["-c", "SELECT 40 + 2"],
      [
        "PGHOST": "localhost", "PGHOSTADDR": "127.0.0.1", "PGSSLMODE": "verify-full", "PGCHANNELBINDING": "require",
        "PGSSLROOTCERT": gateway.folder.appending(path: "ca.pem").path,
      ])
    #expect(bound.text == "42\n", "\(bound)")
    let free = try gateway.psql(["-c", "SELECT 1"], ["PGSSLMODE": "require", "PGCHANNELBINDING": "disable"])
    #expect(free.text == "1\n", "\(free)")
    try gateway.stop()
  }

  @Test func `what stands in between can neither pass a login on nor take the offer out`() throws {
    let verifier = try #require(ScramVerifier(password: "secret"))
    func isProven(_ binding: ScramClient.Binding, _ endPoint: [UInt8]?) throws -> Bool {
      var client = ScramClient(password: "secret", nonce: [1, 2, 3], binding: binding)
      var server = ScramServer(verifier, isDecoy: false, nonce: [4, 5, 6], endPoint: endPoint)
      guard let challenge = server.answer(first: client.first, mechanism: client.mechanism),
        let final = client.answer(challenge: challenge), let proof = server.answer(final: final)
      else { return false }
      return client.accepts(final: proof)
    }
    #expect(try isProven(.endPoint([7, 8]), [7, 8]))
    #expect(try isProven(.none, [7, 8]))
    #expect(try isProven(.none, nil))
    #expect(try isProven(.notOffered, nil))
    #expect(try !isProven(.endPoint([7, 9]), [7, 8]))
    #expect(try !isProven(.endPoint([7, 8]), nil))
    #expect(try !isProven(.notOffered, [7, 8]))
  }
}
