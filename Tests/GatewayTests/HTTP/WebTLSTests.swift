import Bytes
import Foundation
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// Listeners and targets with TLS.
@Suite struct WebTLSTests {
  @Test func `a certificate lets in, and a target must have the key that is pinned`() throws {
    let clients = try OpenSSLAuthority("Clients")
    let servers = try OpenSSLAuthority("Servers")
    let own = try servers.issue("localhost", names: "DNS:localhost", usage: "serverAuth")
    let behind = try servers.issue("localhost", names: "DNS:localhost", usage: "serverAuth")
    let agent = try clients.issue("agent", names: "email:agent@shop.example")
    let stranger = try clients.issue("stranger", names: "email:stranger@shop.example")
    let server = try WebTarget(certificate: behind)
    try TemporaryFolder.with { folder in
      func file(_ name: String, _ text: String) throws -> String {
        let path = folder.appending(path: name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
      }
      let root = try file("servers.pem", servers.certificate)
      func pin(_ issued: OpenSSLAuthority.Issued) throws -> String {
        let certificate = try file("one.pem", issued.certificate)
        let key = folder.appending(path: "public.pem").path
        let (text, der) = (key, folder.appending(path: "public.der").path)
        try ScratchPostgres.check(
          try ScratchPostgres.run("/usr/bin/openssl", ["x509", "-in", certificate, "-pubkey", "-noout", "-out", text]))
        try ScratchPostgres.check(
          try ScratchPostgres.run("/usr/bin/openssl", ["pkey", "-pubin", "-in", text, "-outform", "der", "-out", der]))
        return SHA256.digest(of: Array(try Data(contentsOf: URL(filePath: der))).span).hex
      }
      for (pinned, status) in [(behind, "200"), (own, "502")] {
        let gateway = try WebGateway(
          """
            - name: web
              protocol: http
              listen: 127.0.0.1:0
              tls: { certificate: own.pem, key: own.key, clients: clients.pem }
              authentication: certificate
              target: { name: shop, url: "https://localhost:\(server.port)", tls: { authority: servers.pem, pins: [\(try pin(pinned))] } }
          """,
          files: [
            "own.pem": own.certificate, "own.key": own.key, "clients.pem": clients.certificate,
            "servers.pem": servers.certificate,
          ],
          tokens: ["{ name: certified, human: bob@example.com, certificate: { email: agent@shop.example } }"])
        func curl(_ issued: OpenSSLAuthority.Issued?) throws -> ScratchPostgres.Output {
          var arguments = ["--cacert", root, "-w", " %{http_code}", "https://localhost:\(gateway.port())/status/200"]
          if let issued {
            arguments += ["--cert", try file("c.pem", issued.certificate), "--key", try file("c.key", issued.key)]
          }
          return try WebGateway.curl(arguments)
        }
        let answer = try curl(agent)
        #expect(answer.text.hasSuffix(" \(status)"), "\(answer)")
        #expect(try curl(nil).text.hasSuffix(" 401"))
        #expect(try curl(stranger).text.hasSuffix(" 401"))
        try gateway.stop()
        let sessions = try gateway.ingest().sessions()
        #expect(sessions.contains { $0.human == "bob@example.com" })
        if status == "502" { #expect(gateway.log.all.contains("its key is none of the pins")) }
      }
      #expect(server.asked.count == 1)
    }
  }

  @Test func `the authority makes certificates that others verify, and keeps so many`() throws {
    let made = try #require(NewCertificateAuthority(named: "Exhibit test", days: 30))
    try TemporaryFolder.with { folder in
      let (certificate, key) = (folder.appending(path: "ca.pem").path, folder.appending(path: "ca.key").path)
      try made.certificate.write(toFile: certificate, atomically: true, encoding: .utf8)
      try made.key.write(toFile: key, atomically: true, encoding: .utf8)
      let authority = try CertificateAuthority(certificateFile: certificate, keyFile: key)
      for number in 0..<(CertificateAuthority.cacheLimit + 20) { _ = try authority.context(for: "h\(number).example") }
      #expect(authority.cachedCount == CertificateAuthority.cacheLimit)
      let shown = try ScratchPostgres.run("/usr/bin/openssl", ["x509", "-in", certificate, "-noout", "-text"])
      for part in ["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "CN = Exhibit test"] {
        #expect(shown.text.contains(part), "\(shown.text)")
      }
      let signing = try #require(SigningKey(pem: Array(made.key.utf8)))
      let issuer = try #require(X509Certificate(pem: Array(made.certificate.utf8)))
      let leafKey = try #require(SigningKey())
      for (host, name) in [
        ("a.example", "DNS:a.example"), ("10.0.0.7", "IP Address:10.0.0.7"), ("::1", "IP Address:0:0"),
      ] {
        let der = try #require(X509Certificate.der(of: host, key: leafKey, by: issuer, signing, seconds: 3_600))
        let leaf = folder.appending(path: "leaf.der").path
        try Data(der).write(to: URL(filePath: leaf))
        let text = try ScratchPostgres.run(
          "/usr/bin/openssl", ["x509", "-inform", "der", "-in", leaf, "-noout", "-text"])
        #expect(text.text.contains(name) && text.text.contains("TLS Web Server Authentication"), "\(text.text)")
        let pem = folder.appending(path: "leaf.pem").path
        try ScratchPostgres.check(
          try ScratchPostgres.run("/usr/bin/openssl", ["x509", "-inform", "der", "-in", leaf, "-out", pem]))
        let verified = try ScratchPostgres.run(
          "/usr/bin/openssl", ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", certificate, pem])
        #expect(verified.status == 0, "\(verified.errors)")
      }
      for host in ["a b", "a,DNS:b", "", "a\nb"] {
        #expect(X509Certificate.der(of: host, key: leafKey, by: issuer, signing, seconds: 60) == nil, "\(host)")
      }
    }
  }
}
