import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Gateway

/// Clients that prove who they are by a certificate.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct CertificateLoginTests {
  private static let tls = "tls: { certificate: c.pem, key: k.pem, clients: clients.pem, revoked: clients.crl }"

  private struct Place {
    var gateway: RunningGateway
    var authority: OpenSSLAuthority
    var files: [String: OpenSSLAuthority.Issued]

    init(_ authentication: String, _ files: [String: OpenSSLAuthority.Issued], _ authority: OpenSSLAuthority) throws {
      (self.authority, self.files) = (authority, files)
      let own = try authority.issue("localhost", names: "DNS:localhost", usage: "serverAuth")
      var texts = [
        "c.pem": own.certificate, "k.pem": own.key, "clients.pem": authority.certificate,
        "clients.crl": try authority.list(),
      ]
      for (name, issued) in files { (texts["\(name).pem"], texts["\(name).key"]) = (issued.certificate, issued.key) }
      let server = try ScratchPostgres()
      self.server = server
      let token = try #require(NewToken())
      self.token = token
      gateway = try RunningGateway(
        server: "\(server.folder.path):5432", listener: CertificateLoginTests.tls, authentication: authentication,
        files: texts,
        tokens: [
          """
          { name: ci, human: lin@shop.example, agent: codex, certificate: { email: ci@shop.example }, \
          sha256: \(token.sha256), scram: "\(token.scram)" }
          """,
          "{ name: host, human: kim@shop.example, certificate: { dns: Runner.shop.example, common-name: runner } }",
        ])
    }

    let server: ScratchPostgres
    let token: NewToken

    func psql(_ user: String, _ certificate: String?, _ more: [String: String] = [:]) throws -> ScratchPostgres.Output {
      var environment = [
        "PGHOST": "localhost", "PGHOSTADDR": "127.0.0.1", "PGSSLMODE": "verify-full", "PGUSER": user,
        "PGSSLROOTCERT": gateway.folder.appending(path: "clients.pem").path, "PGPASSWORD": token.secret,
        "PGSSLCERT": "/nowhere/c", "PGSSLKEY": "/nowhere/k",
      ]
      if let certificate {
        environment["PGSSLCERT"] = gateway.folder.appending(path: "\(certificate).pem").path
        environment["PGSSLKEY"] = gateway.folder.appending(path: "\(certificate).key").path
      }
      return try gateway.psql(["-c", "SELECT 40 + 2"], environment.merging(more) { $1 })
    }

    var text: String {
      get throws {
        try gateway.segments.map { try String(contentsOf: URL(filePath: $0), encoding: .isoLatin1) }.joined()
      }
    }
  }

  @Test func `a certificate names a token, and nobody else's does`() throws {
    let (authority, other) = (try OpenSSLAuthority(), try OpenSSLAuthority())
    let ci = try authority.issue("anybody", names: "email:ci@shop.example")
    let place = try Place(
      "certificate",
      [
        "ci": ci, "host": try authority.issue("runner", names: "DNS:runner.SHOP.example"),
        "common": try authority.issue("ci@shop.example"),
        "dns": try authority.issue("other", names: "DNS:runner.shop.example"),
        "foreign": try other.issue("anybody", names: "email:ci@shop.example"),
        "server": try authority.issue("anybody", names: "email:ci@shop.example", usage: "serverAuth"),
      ], authority)
    #expect(try place.psql("ci", "ci").text == "42\n")
    #expect(try place.psql("host", "host").text == "42\n")
    for (user, certificate) in [("host", "ci"), ("ci", "common"), ("host", "dns"), ("agent", "ci"), ("nobody", "ci")] {
      let output = try place.psql(user, certificate)
      #expect(output.errors.contains("certificate authentication failed for user \"\(user)\""), "\(output)")
    }
    let none = try place.psql("ci", nil)
    #expect(none.errors.contains("connection requires a valid client certificate"), "\(none)")
    for certificate in ["foreign", "server"] {
      let output = try place.psql("ci", certificate)
      #expect(output.status != 0 && output.text.isEmpty, "\(output)")
    }
    #expect(place.gateway.log.all.contains("unable to get local issuer certificate"))
    #expect(
      place.gateway.log.all.contains("unsuitable certificate purpose")
        || place.gateway.log.all.contains("unsupported certificate purpose"))
    try place.gateway.stop()
    let lines = ci.certificate.split(separator: "\n").dropFirst().dropLast().joined()
    let der = try #require(Data(base64Encoded: lines))
    let text = try place.text
    #expect(text.contains("\"authentication\":\"certificate:ci\""))
    #expect(text.contains("\"certificate\":\"\(SHA256.digest(of: Array(der).span).hex)\""))
    #expect(text.contains("\"human\":\"lin@shop.example\""))
  }

  @Test(arguments: ["certificate+password", "certificate+scram-sha-256"])
  func `a certificate and a secret take both`(authentication: String) throws {
    let authority = try OpenSSLAuthority()
    let place = try Place(
      authentication,
      ["ci": try authority.issue("x", names: "email:ci@shop.example"), "other": try authority.issue("other")], authority
    )
    #expect(try place.psql("ci", "ci").text == "42\n")
    for (certificate, secret) in [("ci", "exg_wrong"), ("other", place.token.secret)] {
      let output = try place.psql("ci", certificate, ["PGPASSWORD": secret])
      #expect(output.errors.contains("certificate authentication failed for user \"ci\""), "\(output)")
    }
    #expect(try place.psql("ci", nil).errors.contains("connection requires a valid client certificate"))
    try place.gateway.stop()
    #expect(try place.text.contains("\"authentication\":\"certificate+token:ci\""))
  }

  @Test func `a revoked certificate lets nobody in, and ends what it let in`() throws {
    let authority = try OpenSSLAuthority()
    let ci = try authority.issue("x", names: "email:ci@shop.example")
    let place = try Place("certificate", ["ci": ci], authority)
    #expect(try place.psql("ci", "ci").text == "42\n")
    let waiting = try LivePsql(
      place.gateway,
      [
        "PGHOST": "localhost", "PGHOSTADDR": "127.0.0.1", "PGSSLMODE": "require", "PGUSER": "ci",
        "PGSSLCERT": place.gateway.folder.appending(path: "ci.pem").path,
        "PGSSLKEY": place.gateway.folder.appending(path: "ci.key").path,
      ])
    try waiting.expect("SELECT 'here'", "here")
    let list = try authority.list(revoking: [ci])
    try place.gateway.reload("clients.crl") { _ in list }
    let ended = try waiting.end("SELECT 'still here'")
    #expect(ended.contains("what you were let in by was revoked"), "\(ended)")
    #expect(!ended.contains("still here"))
    let output = try place.psql("ci", "ci")
    #expect(output.status != 0 && output.text.isEmpty, "\(output)")
    #expect(place.gateway.log.all.contains("certificate revoked"))
    try place.gateway.stop()
  }

  @Test func `chains are followed, and what is out of its time does not count`() throws {
    let root = try OpenSSLAuthority()
    let between = try OpenSSLAuthority("Between", under: root)
    let chain = try between.issue("x", names: "email:ci@shop.example")
    let parse = { (pem: String) in
      try pem.split(separator: "-----END CERTIFICATE-----").filter { $0.contains("BEGIN") }.map { part in
        let text = part.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
        let der = try #require(Data(base64Encoded: text))
        return try #require(ClientCertificate(der: Array(der)))
      }
    }
    let certificates = try parse(chain.certificate)
    #expect(certificates.count == 2)
    let now = RunningGateway.now()
    let authorities = try #require(ClientAuthorities(authorities: Array(root.certificate.utf8), revoked: nil))
    #expect(authorities.objection(to: certificates, at: now) == nil)
    #expect(authorities.objection(to: [certificates[0]], at: now) == "unable to get local issuer certificate")
    #expect(authorities.objection(to: certificates, at: now.adding(seconds: 3 * 86_400)) == "certificate has expired")
    #expect(authorities.objection(to: certificates, at: now.adding(seconds: -86_400)) == "certificate is not yet valid")
    #expect(authorities.objection(to: [], at: now) != nil)
    // Without a list of each authority nobody knows what is revoked.
    let listing = try #require(
      ClientAuthorities(authorities: Array(root.certificate.utf8), revoked: Array(try root.list().utf8)))
    #expect(listing.objection(to: certificates, at: now) == "unable to get certificate CRL")
    let both = try #require(
      ClientAuthorities(
        authorities: Array(root.certificate.utf8), revoked: Array((try root.list() + between.list()).utf8)))
    #expect(both.objection(to: certificates, at: RunningGateway.now()) == nil)
    #expect(ClientAuthorities(authorities: Array(chain.certificate.utf8), revoked: nil) == nil)
    #expect(certificates[0].emails == ["ci@shop.example"] && certificates[0].commonNames == ["x"])
    var cut = certificates[0].der
    cut.append(0)
    #expect(ClientCertificate(der: cut) == nil)
  }
}
