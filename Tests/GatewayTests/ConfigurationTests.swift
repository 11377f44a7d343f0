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

  private func read(_ text: String) throws -> Result<GatewayConfiguration, PolicyError> {
    let token = try #require(NewToken())
    return try TemporaryFolder.with { folder in
      let files = [
        "gateway.yaml": text.replacing("@SCRAM@", with: "\(token.scram)").replacing("@SHA@", with: token.sha256),
        "policy.yaml": "version: 1\nrules: [{ id: many, when: { rows: { over: 5 } }, then: deny }]\ndefault: allow\n",
        "log.key": try NoteSigner(generating: "a.example/b").text, "open.txt": "secret", "c.pem": "", "k.pem": "",
      ]
      for (name, content) in files {
        let path = folder.appending(path: name).path
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        let mode = name == "open.txt" ? 0o644 : 0o600
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      }
      do throws(PolicyError) {
        return .success(try GatewayConfiguration(file: folder.appending(path: "gateway.yaml").path))
      } catch {
        return .failure(error)
      }
    }
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
    (("authentication: scram-sha-256", "authentication: none"), 9, "none is none of scram-sha-256, password"),
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
    (("state: .", "state: .\nsocket: gateway.sock"), 4, "decisions need approvals"),
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
    try #require(Self.good.contains(change.0))
    switch try read(Self.good.replacing(change.0, with: change.1)) {
    case .success: Issue.record("\(change.1) was taken")
    case .failure(let error):
      #expect(error.description.contains(says), "\(error)")
      #expect(error.line == line, "\(error)")
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
