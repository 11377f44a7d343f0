import Evidence
import Foundation
import Policy
import TestKit
import Testing

@testable import Gateway

/// What a configuration of a listener for SSH may say, and what it may not.
@Suite struct ShellConfigurationTests {
  private static let good = """
    version: 1
    policy: policy.yaml
    state: .
    recording: { directory: recording, key: log.key }
    listeners:
      - name: build
        protocol: ssh
        listen: 0.0.0.0:2222
        authentication: [public-key, certificate, password]
        host-keys: [host]
        certificates: { authorities: other.pub, revoked: revoked }
        target:
          name: build
          server: build.internal:22
          host-keys: ["@KEY@", other.pub]
          user: deploy
          key: key
    tokens:
      - { name: agent, human: alice, ssh-keys: ["@KEY@"], ssh-principals: [ops] }
    """

  private func written(_ text: String, policy: String = WebGateway.open) throws -> WrittenConfiguration {
    try TemporaryFolder.with { folder in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      for name in ["host", "key", "other"] { try ScratchSSHD.makeKey(path(name)) }
      try ScratchPostgres.check(
        try ScratchPostgres.run("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-f", path("locked")]))
      func content(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
      let key = try content("other.pub").split(separator: " ").prefix(2).joined(separator: " ")
      var files = ["policy.yaml": policy, "revoked": "", "password": "p\n", "open.txt": try content("key")]
      for name in ["host", "key", "locked", "other.pub"] { files[name] = try content(name) }
      return WrittenConfiguration(text: text.replacing("@KEY@", with: key), files: files)
    }
  }

  private func read(_ text: String, policy: String = WebGateway.open) throws -> Result<
    GatewayConfiguration, PolicyError
  > { try written(text, policy: policy).read() }

  @Test func `a good one is read`() throws {
    let configuration = try read(Self.good).get()
    let listener = try #require(configuration.listeners.first)
    guard case .ssh(let rules) = listener.service else {
      Issue.record("no listener for SSH")
      return
    }
    #expect(listener.leadsTo == "build" && rules.means == [.publicKey, .certificate, .password])
    #expect(rules.lines == .judged)
    #expect(rules.authorities.count == 1 && rules.target.hostKeys.count == 2 && rules.target.user == "deploy")
    #expect(rules.target.hostKeyAlgorithms == "ssh-ed25519" && rules.target.host == "build.internal")
    let token = try #require(configuration.tokens["agent"])
    #expect(token.sshKeys == rules.authorities && token.sshPrincipals == ["ops"])
    let password = Self.good.replacing("key: key", with: "password-file: password")
    guard case .ssh(let other) = try read(password).get().listeners.first?.service,
      case .password = other.target.credential
    else {
      Issue.record("no password")
      return
    }
  }

  @Test func `a key of somebody who approves is not another person's token`() throws {
    let policy = """
      version: 1
      rules: []
      default: require-approval
      approvals: { signers: allowed_signers }
      """
    for (people, isTaken) in [("omar", false), ("Alice", true), ("alice,ali", true), ("omar,kim", false)] {
      var configuration = try written(Self.good, policy: policy)
      let key = try #require(configuration.files["other.pub"])
      configuration.files["allowed_signers"] = "\(people) \(key)"
      switch try configuration.read() {
      case .success: #expect(isTaken, "\(people)")
      case .failure(let error):
        #expect(!isTaken && error.description.contains("could approve what he asks for"), "\(error)")
        #expect(error.line == 19, "\(error)")
      }
    }
  }

  static let bad: [(change: (String, String), line: Int, says: String)] = [
    (("[public-key, certificate, password]", "[hostbased]"), 9, "hostbased is none of"),
    (("[public-key, certificate, password]", "[]"), 9, "takes public-key"),
    (("host-keys: [host]", "host-keys: [host]\n    unmasked: [shell]"), 11, "shell is none of"),
    (("host-keys: [host]", "host-keys: [host]\n    lines: some"), 11, "some is none of recorded, judged, strict"),
    (("[public-key, certificate, password]", "[password]"), 11, "nobody is asked for a certificate"),
    (("[public-key, certificate, password]\n    host", "scram-sha-256\n    host"), 9, "is none of"),
    (("host-keys: [host]", "host-keys: []"), 10, "needs a host key"),
    (("host-keys: [host]", "host-keys: [open.txt]"), 10, "can be read by others"),
    (("host-keys: [host]", "host-keys: [locked]"), 10, "without a passphrase"),
    (("host-keys: [host]", "host-keys: [revoked]"), 10, "no private key"),
    (("host-keys: [host]", "host-keys: [host]\n    tls: { certificate: a }"), 11, "unknown key \"tls\""),
    (("    certificates: { authorities: other.pub, revoked: revoked }\n", ""), 9, "certificates take certificates"),
    (("authorities: other.pub", "authorities: revoked"), 11, "no key would be the right one"),
    (("authorities: other.pub", "authorities: password"), 11, "no public key"),
    (("build.internal:22", "build.internal"), 14, "takes host:port"),
    (("      host-keys: [\"@KEY@\", other.pub]\n", ""), 13, "host-keys is missing"),
    (("host-keys: [\"@KEY@\", other.pub]", "host-keys: [ssh-ed25519 AAAA]"), 15, "no public key"),
    (("      key: key", "      key: locked"), 17, "without a passphrase"),
    (("      key: key", "      key: key\n      password-file: password"), 17, "give key or a password"),
    (("      key: key\n", ""), 13, "takes key: FILE"),
    ((", ssh-principals: [ops]", ", ssh-key: [ops]"), 19, "unknown key \"ssh-key\""),
    (("ssh-keys: [\"@KEY@\"], ssh-principals: [ops]", "run: a"), 19, "for SSH neither ssh-keys nor ssh-principals"),
    (("ssh-keys: [\"@KEY@\"], ssh-principals: [ops]", "scram: x"), 19, "takes what exhibit gateway token prints"),
  ]

  @Test(arguments: bad.indices) func `what is not safe or not understood is refused with its line`(index: Int) throws {
    let (change, line, says) = Self.bad[index]
    let plain = try written(Self.good)
    let key = try #require(plain.text.split(separator: "\"").first { $0.hasPrefix("ssh-ed25519 ") })
    func filled(_ text: String) -> String { text.replacing("@KEY@", with: key) }
    try plain.expectRefusal(filled(change.0), filled(change.1), line: line, says: says)
  }

  @Test func `a listener that no token can use is refused, and what goes by unmasked is said`() throws {
    let keys = Self.good.replacing("[public-key, certificate, password]", with: "password").replacing(
      "    certificates: { authorities: other.pub, revoked: revoked }\n", with: "")
    guard case .failure(let unused) = try read(keys) else {
      Issue.record("nobody could log in")
      return
    }
    #expect(unused.description.contains("no token can be used here: none of listener build has sha256"), "\(unused)")
    let masking = WebGateway.open + "\nmasking: [{ detect: [email], action: redact }]"
    guard case .ssh(let rules) = try read(Self.good, policy: masking).get().listeners.first?.service,
      case .ssh(let other) = try read(
        Self.good.replacing("host-keys: [host]", with: "host-keys: [host]\n    unmasked: [sftp, binary]"),
        policy: masking
      ).get().listeners.first?.service
    else {
      Issue.record("no listener for SSH")
      return
    }
    #expect(rules.unmasked.isEmpty && other.unmasked == [.sftp, .binary])
  }
}
