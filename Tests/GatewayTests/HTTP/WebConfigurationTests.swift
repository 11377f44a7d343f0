import Evidence
import Foundation
import Policy
import TestKit
import Testing

@testable import Gateway

/// What a configuration of a listener for HTTP may say, and what it may not.
@Suite struct WebConfigurationTests {
  private static let good = """
    version: 1
    policy: policy.yaml
    state: .
    recording: { directory: recording, key: log.key }
    listeners:
      - name: shop
        protocol: http
        listen: 127.0.0.1:8080
        authentication: password
        target: { name: shop, url: "https://orders.internal:8443", credential: { bearer-file: target.secret } }
      - name: out
        protocol: http
        listen: 127.0.0.1:3128
        authentication: password
        forward: { authority: ca.pem, key: ca.key, hosts: [{ url: "https://api.example.com" }, { url: "https://*.example.org:8443" }] }
    tokens:
      - { name: agent, human: alice, sha256: "@SHA@" }
    """

  private func written(_ text: String, policy: String = WebGateway.open) throws -> WrittenConfiguration {
    let authority = try #require(NewCertificateAuthority(named: "A", days: 1))
    let other = try #require(NewCertificateAuthority(named: "B", days: 1))
    return WrittenConfiguration(
      text: text,
      files: [
        "policy.yaml": policy, "target.secret": "s-1\n", "ca.pem": authority.certificate, "ca.key": authority.key,
        "other.key": other.key,
      ])
  }

  private func read(_ text: String, policy: String = WebGateway.open) throws -> Result<
    GatewayConfiguration, PolicyError
  > { try written(text, policy: policy).read() }

  @Test func `a good one is read`() throws {
    let configuration = try read(Self.good).get()
    #expect(configuration.listeners.map(\.leadsTo) == ["shop", "api.example.com:443, *.example.org:8443"])
    guard case .http(let rules) = configuration.listeners[1].service, case .forward(let forwarding) = rules.way else {
      Issue.record("no proxy")
      return
    }
    #expect(forwarding.target("api.example.com", 443, isSecure: true) != nil)
    #expect(forwarding.target("a.b.example.org", 8443, isSecure: true) != nil)
    for (host, port) in [
      ("example.org", 8443), ("aexample.org", 8443), ("a.example.org", 443), ("api.example.com", 80),
    ] {
      #expect(forwarding.target(host, port, isSecure: true) == nil, "\(host):\(port)")
    }
    #expect(forwarding.target("api.example.com", 443, isSecure: false) == nil)
  }

  static let bad: [(change: (String, String), line: Int, says: String)] = [
    (("listen: 127.0.0.1:8080", "listen: 0.0.0.0:8080"), 8, "is reached from other machines"),
    (("authentication: password\n    target", "authentication: scram-sha-256\n    target"), 9, "HTTP takes password"),
    (("authentication: password\n    target", "authentication: certificate\n    target"), 9, "certificates take tls"),
    (("https://orders.internal:8443", "http://orders.internal:8443"), 10, "is another machine; write https"),
    (("https://orders.internal:8443", "https://*.internal"), 10, "takes scheme and host"),
    (("https://orders.internal:8443", "https://orders.internal/api"), 10, "takes scheme and host"),
    (("https://orders.internal:8443", "orders.internal"), 10, "takes scheme and host"),
    (("bearer-file: target.secret", "bearer-file: open.txt"), 10, "can be read by others"),
    (("bearer-file: target.secret", "user: a"), 10, "goes with password-file"),
    (("bearer-file: target.secret", "header: X-Key"), 10, "takes bearer-file; or"),
    (("bearer-file: target.secret", "header: \"X Key\", value-file: target.secret"), 10, "is no name of a field"),
    (("name: shop, url", "tls: { pins: [abc] }, name: shop, url"), 10, "64 hexadecimal digits"),
    (("name: shop, url", "tls: { insecure: none }, name: shop, url"), 10, "none is none of unverified"),
    (("name: shop, url", "databases: [a], name: shop, url"), 10, "unknown key \"databases\""),
    (("    target: { name: shop", "    token-header: Host\n    target: { name: shop"), 10, "cannot carry a token"),
    (("    target: { name: shop", "    limits: { head-kib: 0 }\n    target: { name: shop"), 10, "1"),
    (("    target: { name: shop", "    estimate: true\n    target: { name: shop"), 10, "unknown key \"estimate\""),
    (("authority: ca.pem, key: ca.key, ", ""), 15, "take authority and key"),
    (("key: ca.key", "key: other.key"), 15, "is not the key of"),
    (("authority: ca.pem", "authority: target.secret"), 15, "has no certificate"),
    (("key: ca.key", "key: open.txt"), 15, "can be read by others"),
    (
      ("hosts: [{ url: \"https://api.example.com\" }, { url: \"https://*.example.org:8443\" }]", "hosts: []"), 15,
      "none does"
    ),
    (
      ("{ url: \"https://*.example.org:8443\" }", "{ url: \"https://*\", credential: { bearer-file: target.secret } }"),
      15,
      "a credential is for one host"
    ),
    (("forward: {", "target: { url: \"https://a\" }\n    forward: {"), 16, "give target"),
  ]

  @Test(arguments: bad.indices) func `what is not safe or not understood is refused with its line`(index: Int) throws {
    let (change, line, says) = Self.bad[index]
    try written(Self.good).expectRefusal(change.0, change.1, line: line, says: says)
  }
}
