import Foundation
import TestKit
import Testing

@testable import Gateway

@Suite struct PageConfigurationTests {
  private func configuration(_ page: String, _ more: String = "") -> WrittenConfiguration {
    WrittenConfiguration(
      text: """
        version: 1
        policy: policy.yaml
        approvals: .
        state: .
        recording: { directory: recording, key: log.key }
        listeners:
          - { name: shop, protocol: postgres, listen: 127.0.0.1:0, authentication: scram-sha-256, target: { name: shop, server: localhost:5432, user: u, databases: [d] } }
        tokens:
          - { name: agent, human: a@example.com, agent: a, scram: "@SCRAM@" }
        page: \(page)
        \(more)
        """,
      files: [
        "policy.yaml": """
        version: 1
        rules: [{ id: all, when: {}, then: allow }]
        default: allow
        approvals: { signers: allowed_signers, namespace: test }
        """
      ])
  }

  @Test func `a page on this machine takes no more than a place`() throws {
    let read = try configuration("{ listen: 127.0.0.1:8743 }").read().get()
    #expect(
      read.page?.origins(port: 8743) == [
        "http://127.0.0.1:8743", "http://localhost:8743", "http://[::1]:8743",
      ])
    #expect(read.page?.longestSeconds == 43_200 && read.page?.isEncrypted == false)
    let behind = try configuration(#"{ listen: 127.0.0.1:8743, address: "https://gateway.example", longest: 90m }"#)
      .read().get()
    #expect(behind.page?.origins(port: 8743) == ["https://gateway.example"] && behind.page?.isEncrypted == true)
  }

  @Test func `what others could listen to or stand in for is refused with its line`() throws {
    let page = "{ listen: 127.0.0.1:8743 }"
    let right = configuration(page)
    for (other, says) in [
      ("{ listen: 0.0.0.0:8743 }", "give tls"),
      ("{ listen: 0.0.0.0:8743, address: \"https://a.example\" }", "give tls"),
      ("{ listen: 127.0.0.1:8743, address: \"http://a.example\" }", "without TLS"),
      ("{ listen: 127.0.0.1:8743, address: \"https://a.example/page\" }", "as people type it"),
      ("{ listen: 127.0.0.1:8743, address: a.example }", "as people type it"),
      ("{ listen: 127.0.0.1:8743, longest: 30d }", "1 m to 7 d"), ("{ listen: /tmp:1 }", "host:port"),
      ("{ listen: 127.0.0.1:8743, theme: dark }", "theme"), ("{}", "listen"),
    ] {
      try right.expectRefusal("page: \(page)", "page: \(other)", line: 10, says: says)
    }
    try right.expectRefusal("approvals: .\n", "", line: 9, says: "approvals: FOLDER")
  }
}
