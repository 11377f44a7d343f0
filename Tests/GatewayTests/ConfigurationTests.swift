import Evidence
import Foundation
import Policy
import TestKit
import Testing

@testable import Gateway

/// What a configuration may say, and what it may not.
@Suite struct ConfigurationTests {
  private static let good = """
    version: 1
    policy: policy.yaml
    state: .
    recording: { directory: recording, key: log.key }
    listeners:
      - name: shop
        protocol: postgres
        listen: 127.0.0.1:6432
        authentication: scram-sha-256
        target: { name: shop, server: "127.0.0.1:5432", user: app, databases: [shop] }
    tokens:
      - { name: agent, human: alice, scram: "@SCRAM@", sha256: "@SHA@" }
    """

  private func written(_ text: String, _ more: [String: String] = [:]) -> WrittenConfiguration {
    let files = [
      "policy.yaml": "version: 1\nrules: [{ id: many, when: { rows: { over: 5 } }, then: deny }]\ndefault: allow\n",
      "c.pem": "", "k.pem": "",
    ]
    return WrittenConfiguration(text: text, files: files.merging(more, uniquingKeysWith: { $1 }))
  }

  private func read(_ text: String, _ more: [String: String] = [:]) throws -> Result<GatewayConfiguration, PolicyError>
  {
    try written(text, more).read()
  }

  @Test func `a good one is read, and what cannot be enforced is told`() throws {
    let configuration = try read(Self.good).get()
    #expect(configuration.listeners.map(\.name) == ["shop"])
    #expect(configuration.recording.durability == .strict)
    #expect(configuration.warnings.count == 1 && configuration.warnings[0].contains("rule many: asks how many rows"))
  }

  static let bad: [(change: (String, String), line: Int, says: String)] = [
    (("127.0.0.1:6432", "0.0.0.0:6432"), 8, "is reached from other machines"),
    (("listen: 127.0.0.1:6432", "listen: somewhere"), 8, "takes host:port"),
    (
      ("authentication: scram-sha-256", "authentication: none"), 9,
      "none is none of scram-sha-256, password, certificate"
    ),
    (("authentication: scram-sha-256", "authentication: password"), 9, "which takes tls"),
    (("    authentication: scram-sha-256\n", ""), 6, "authentication is missing"),
    (("\"127.0.0.1:5432\"", "\"db.internal:5432\""), 10, "is another machine; write tls: verify"),
    (("user: app", "user: app, password-file: open.txt"), 10, "can be read by others; chmod 600 it"),
    (("user: app", "user: app, password-environment: EXHIBIT_NO_SUCH"), 10, "the environment has no"),
    (("user: app", "user: app, tls: { insecure: none, name: x }"), 10, "insecure stands alone"),
    (("scram: \"@SCRAM@\", ", ""), 9, "no token can be used here"),
    (("@SCRAM@", "SCRAM-SHA-256$1:x$y:z"), 12, "takes what exhibit gateway token prints"),
    (("@SHA@", "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"), 12, "everybody guesses"),
    (("human: alice", "humann: alice"), 12, "did you mean \"human\"?"),
    (("human: alice", "human: alice, listeners: [other]"), 9, "no token can be used here"),
    (("directory: recording, key: log.key", "directory: recording"), 4, "key is missing"),
    (("key: log.key", "key: policy.yaml"), 4, "exhibit log key makes one"),
    (("recording: {", "metrics: 0.0.0.0:9187\nrecording: {"), 4, "metrics listen on loopback only"),
    (("state: .", "state: .\napprovals: ."), 4, "the policy names no signers"),
    (("state: .", "state: nowhere"), 3, "is no folder"),
    (("policy: policy.yaml", "policy: other.yaml"), 2, "cannot be read"),
    (("version: 1", "version: 2"), 1, "version 1 of configurations only"),
    (("protocol: postgres", "protocol: mysql"), 7, "none of postgres"),
    (("authentication: scram-sha-256", "authentication: certificate"), 9, "certificates take tls: { clients: … }"),
    (("authentication: scram-sha-256", "authentication: certificate+password"), 9, "certificates take tls"),
    (("127.0.0.1:6432", "127.0.0.1:6432\n    tls: { certificate: c.pem, key: k.pem }"), 9, "c.pem has no certificate"),
    (("user: app", "user: app, tls: { authority: c.pem, certificate: c.pem }"), 10, "key is missing"),
    (("user: app", "user: app, tls: { certificate: c.pem, key: open.txt }"), 10, "can be read by others; chmod 600 it"),
    (("human: alice,", "human: alice, certificate: {},"), 12, "says nothing of the certificate"),
    (("human: alice,", "human: alice, certificate: { dns: \"*.shop\" },"), 12, "is a name, not a pattern"),
    (("human: alice,", "human: alice, certificate: { mail: a@b },"), 12, "unknown key \"mail\" in certificate"),
    (("state: .", "state: .\nlimits: { revoke-sessions: maybe }"), 4, "takes true or false"),
    (("state: .", "state: .\npage: { listen: 127.0.0.1:8743 }"), 4, "decisions need approvals"),
    (("state: .", "state: .\nnotify: {}"), 4, "notify takes command or webhook"),
    (("state: .", "state: .\nnotify: { webhook: \"http://hooks.example/x\" }"), 4, "by https only"),
    (("state: .", "state: .\nnotify: { webhook: \"ftp://127.0.0.1/x\" }"), 4, "takes https://host/path"),
    (("state: .", "state: .\nnotify: { webhook-file: open.txt }"), 4, "can be read by others"),
    (("state: .", "state: .\nnotify: { command: [nothing-here] }"), 4, "is no program that can be run"),
    (("state: .", "state: .\nnotify: { command: [/bin/true], text: all }"), 4, "all is none of"),
    (("key: log.key", "key: log.key, anchors: {}"), 4, "anchors takes mirror"),
    (("key: log.key", "key: log.key, anchors: { mirror: nowhere }"), 4, "is no folder"),
    (("key: log.key", "key: log.key, anchors: { artefact: recording/x }"), 4, "is in the recording itself"),
    (("key: log.key", "key: log.key, anchors: { every: 8d, artefact: x }"), 4, "takes 1 s to"),
    (
      ("key: log.key", "key: log.key, anchors: { time-stamp: { command: [/bin/cat], authorities: open.txt } }"), 4,
      "no certificates in PEM"
    ),
    (
      ("key: log.key", "key: log.key, anchors: { witnesses: [{ key: open.txt, command: [/bin/cat] }] }"), 4,
      "has a key of the form"
    ),
    (("protocol: postgres", "protocol: postgres\n    estimate: perhaps"), 8, "true or false"),
  ]

  @Test(arguments: bad.indices) func `what is not safe or not understood is refused with its line`(index: Int) throws {
    let (change, line, says) = Self.bad[index]
    try written(Self.good).expectRefusal(change.0, change.1, line: line, says: says)
  }

  @Test func `certificates, keys and authorities are read before they are needed`() throws {
    let authority = try OpenSSLAuthority()
    let (own, other) = (try authority.issue("localhost", usage: "serverAuth"), try authority.issue("other"))
    let files = [
      "own.pem": own.certificate, "own.key": own.key, "other.key": other.key, "ca.pem": authority.certificate,
      "gone.crl": try authority.list(),
    ]
    let tls = "127.0.0.1:6432\n    tls: { certificate: own.pem, key: own.key, clients: ca.pem, revoked: gone.crl }"
    let certified = Self.good.replacing("127.0.0.1:6432", with: tls)
      .replacing("authentication: scram-sha-256", with: "authentication: certificate+scram-sha-256")
      .replacing("human: alice,", with: "human: alice, certificate: { email: a@shop.example },")
    let configuration = try read(certified, files).get()
    #expect(configuration.authorities.keys.sorted() == ["shop"])
    let bad: [(change: (String, String), line: Int, says: String)] = [
      (("key: own.key", "key: other.key"), 9, "is not the key of"),
      (("clients: ca.pem", "clients: own.pem"), 9, "has no certificate of an authority"),
      (("clients: ca.pem", "clients: own.key"), 9, "has no certificate of an authority"),
      (("revoked: gone.crl", "revoked: ca.pem"), 9, "has no list of revoked certificates"),
      (("clients: ca.pem, ", ""), 9, "clients are asked for no certificate"),
      (("certificate+scram-sha-256", "scram-sha-256"), 9, "certificates that nobody looks at"),
      (("certificate: { email: a@shop.example }, ", ""), 10, "none of listener shop has certificate and scram"),
    ]
    for (change, line, says) in bad {
      try written(certified, files).expectRefusal(change.0, change.1, line: line, says: says)
    }
  }

  @Test func `who signs tokens is one person, here and among those who approve`() throws {
    let folder = URL(filePath: "/tmp/exhibit-signers-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try ScratchPostgres.check(
      try ScratchPostgres.run(
        "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", folder.appending(path: "lin").path]))
    let key = try String(contentsOf: folder.appending(path: "lin.pub"), encoding: .utf8)
    let authority = try OpenSSLAuthority()
    let own = try authority.issue("localhost", usage: "serverAuth")
    let signed = Self.good.replacing(
      "127.0.0.1:6432", with: "127.0.0.1:6432\n    tls: { certificate: own.pem, key: own.key }"
    )
    .replacing("authentication: scram-sha-256", with: "authentication: password")
    .replacing("state: .", with: "state: .\ntoken-signers: people")
    let tokens = try #require(signed.range(of: "tokens:\n"))
    let alone = String(signed[..<tokens.lowerBound])
    func read(_ text: String, _ people: String, _ approvers: String? = nil) throws -> Result<
      GatewayConfiguration, PolicyError
    > {
      var files = ["own.pem": own.certificate, "own.key": own.key, "people": people, "ids": "a\n#b\n"]
      if let approvers {
        files["approvers"] = approvers
        files["policy.yaml"] = "version: 1\napprovals: { signers: approvers }\ndefault: allow\n"
      }
      return try self.read(text, files)
    }
    for text in [signed, alone] {
      let configuration = try read(text, "lin@shop.example " + key, "LIN@shop.example,l " + key).get()
      #expect(configuration.signers?.namespace == "token@exhibit")
      #expect(configuration.signers?.gateway == "a.example/b")
    }
    let listed = try read(
      signed.replacing("token-signers: people", with: "token-signers: { file: people, longest: 2h, revoked: ids }"),
      "lin " + key
    ).get()
    #expect(listed.signers?.revoked == ["a"] && listed.signers?.longestSeconds == 7_200)
    #expect(try read(signed, "lin " + key + "broken\n").get().warnings.contains { $0.hasPrefix("people: line 2") })
    let bad: [(String, String, String?, String)] = [
      (signed, "*@shop.example " + key, nil, "names no single person"),
      (signed, "", nil, "nobody in it may sign for token@exhibit"),
      (signed, "lin namespaces=\"approve@*\" " + key, nil, "nobody in it may sign for token@exhibit"),
      (signed, "lin " + key, "kim " + key, "could approve what he asks for"),
      (signed.replacing("password", with: "scram-sha-256"), "lin " + key, nil, "no listener takes signed tokens"),
      (signed.replacing(": people", with: ": { people: people }"), "lin " + key, nil, "unknown key \"people\""),
    ]
    for (text, people, approvers, says) in bad {
      switch try read(text, people, approvers) {
      case .success: Issue.record("\(says): was taken")
      case .failure(let error):
        #expect(error.description.contains(says), "\(error)")
        #expect(error.line == 4, "\(error)")
      }
    }
  }

  @Test func `a socket is where others cannot put another in its place`() throws {
    let good = Self.good.replacing("state: .", with: "state: .\napprovals: .\nsocket: @PLACE@")
    let policy = "version: 1\nrules: []\ndefault: allow\napprovals: { signers: allowed_signers }\n"
    let token = try #require(NewToken())
    try TemporaryFolder.with { folder in
      for (mode, place, says) in [
        (0o755, "gateway.sock", nil), (0o777, "gateway.sock", "others can write"),
        (0o755, "no/such/gateway.sock", "is no folder"),
        (0o755, String(repeating: "x", count: 200), "at most 107 bytes"),
      ] as [(Int, String, String?)] {
        let text = good.replacing("@SCRAM@", with: "\(token.scram)").replacing("@SHA@", with: token.sha256)
          .replacing("@PLACE@", with: place)
        let key = try NoteSigner(generating: "a.example/b").text
        for (name, content) in ["gateway.yaml": text, "policy.yaml": policy, "log.key": key] {
          let path = folder.appending(path: name).path
          try content.write(toFile: path, atomically: true, encoding: .utf8)
          try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path)
        do throws(PolicyError) {
          let read = try GatewayConfiguration(file: folder.appending(path: "gateway.yaml").path)
          #expect(says == nil && read.socket?.hasSuffix(place) == true)
        } catch {
          #expect(error.line == 5 && error.description.contains(says ?? "nothing"), "\(error)")
        }
      }
    }
  }
}
