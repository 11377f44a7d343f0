import Foundation
import SSHKeys
import TestKit
import Testing

@testable import Pipeline

@Suite struct AgentSocketTests {
  private static let message = Array("approve: DELETE FROM orders\n".utf8)

  private func code(_ path: String, secondsLimit: Int = 5) -> AgentError.Code? {
    do {
      _ = try AgentSocket(path: path, secondsLimit: secondsLimit).identities()
      return nil
    } catch {
      return error.code
    }
  }

  private func with<Result>(_ answers: String? = nil, _ body: (AgentLab) throws -> Result) throws -> Result {
    try TemporaryFolder.with { folder in
      let lab = try AgentLab(folder, answers: answers)
      defer { lab.end() }
      return try body(lab)
    }
  }

  @Test func `no agent is an error that names the path`() {
    let path = "/nonexistent/agent.sock"
    do {
      _ = try AgentSocket(path: path).identities()
      Issue.record("something answered")
    } catch {
      #expect(error.code == .unreachable)
      #expect(error.detail.contains(path))
    }
    #expect(code("") == .unreachable)
    #expect(code(String(repeating: "x", count: 200)) == .unreachable)
    #expect(code("/dev/null") == .unreachable)
  }

  @Test(.enabled(if: AgentLab.isPossible, AgentLab.absence))
  func `keys that ssh-agent holds sign as ssh-keygen expects`() throws {
    try with { lab in
      try Data(Self.message).write(to: lab.folder.appending(path: "message"))
      let names = ["ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa-2048"]
      try #require(lab.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", "ca"]).code == 0)
      for name in names {
        let parts = name.split(separator: "-").map(String.init)
        let size = parts.count > 1 ? ["-b", parts[1]] : []
        let arguments = ["-q", "-t", parts[0]] + size + ["-N", "", "-C", name, "-f", name]
        try #require(lab.run("ssh-keygen", arguments).code == 0)
        let signing = ["-q", "-s", "ca", "-I", name, "-n", "alice", "\(name).pub"]
        try #require(lab.run("ssh-keygen", signing).code == 0)
        try #require(lab.run("ssh-add", ["-q", name]).code == 0)
      }
      let authority = try String(contentsOf: lab.folder.appending(path: "ca.pub"), encoding: .utf8)
      let agent = try AgentSocket(path: lab.socket, secondsLimit: 20)
      let identities = try agent.identities()
      #expect(identities.count == 2 * names.count)
      #expect(Set(identities.map(\.comment)) == Set(names))
      #expect(identities.filter { $0.key.isCertificate }.count == names.count)
      var signers = "alice cert-authority \(authority)"
      for identity in identities where !identity.key.isCertificate { signers += "alice \(identity.key)\n" }
      try Data(signers.utf8).write(to: lab.folder.appending(path: "allowed"))
      let verifier = SignatureVerifier(allowedSigners: try AllowedSigners(Array(signers.utf8)))
      for identity in identities {
        let request = try SigningRequest(Self.message, namespace: "file", key: identity.key)
        let signature = try agent.sign(request)
        #expect(signature.key == identity.key)
        let verdict = verifier.verify(
          Self.message, signature: Array(signature.armored.utf8), principal: "alice", namespace: "file",
          at: 1_748_779_200)
        #expect(verdict.isValid, "\(identity.comment): \(verdict)")
        try Data(signature.armored.utf8).write(to: lab.folder.appending(path: "signature"))
        let check = try lab.run(
          "ssh-keygen", ["-Y", "verify", "-f", "allowed", "-I", "alice", "-n", "file", "-s", "signature"],
          input: lab.path("message"))
        #expect(check.code == 0, "\(identity.comment)")
      }
      let first = try #require(identities.first)
      try #require(lab.run("ssh-add", ["-q", "-D"]).code == 0)
      #expect(try agent.identities().isEmpty)
      let request = try SigningRequest(Self.message, namespace: "file", key: first.key)
      #expect { try agent.sign(request) } throws: { ($0 as? AgentError)?.code == .refused }
    }
  }

  @Test(
    .enabled(if: AgentLab.isPossible, AgentLab.absence),
    arguments: [
      ("c.close()", AgentError.Code.disconnected), ("c.sendall(b'\\0\\0'); c.close()", .disconnected),
      ("c.sendall(b'\\0\\0\\0\\5\\x0c\\0'); c.close()", .disconnected), ("time.sleep(30)", .timedOut),
      ("c.sendall(b'\\0\\0\\0\\5\\x0c\\0'); time.sleep(30)", .timedOut),
      ("c.sendall(b'\\xff\\xff\\xff\\xff'); time.sleep(30)", .malformed),
      ("c.sendall(b'\\0\\0\\0\\0'); time.sleep(30)", .malformed),
      ("c.sendall(b'\\0\\0\\0\\1\\x2a'); time.sleep(30)", .malformed),
      ("c.sendall(b'\\0\\0\\0\\1\\5'); time.sleep(30)", .refused),
      ("c.sendall(b'\\0\\0\\0\\5\\x0e\\0\\0\\0\\0'); time.sleep(30)", .malformed),
      ("c.sendall(b'\\0\\0\\0\\5\\x0c\\xff\\xff\\xff\\xff'); time.sleep(30)", .malformed),
      ("c.sendall(b'\\0\\0\\0\\6\\x0c\\0\\0\\0\\0\\0'); time.sleep(30)", .malformed),
    ]) func `what is no agent`(_ answers: String, _ expected: AgentError.Code) throws
  {
    try with(answers) { #expect(code($0.socket, secondsLimit: 2) == expected, "\(answers)") }
  }

  @Test(.enabled(if: AgentLab.isPossible, AgentLab.absence)) func `an answer may come byte by byte`() throws {
    let answers =
      "for b in b'\\0\\0\\0\\5\\x0c\\0\\0\\0\\0':\n  c.sendall(bytes([b]))\n  time.sleep(0.02)\ntime.sleep(30)"
    try with(answers) { lab in
      let identities = try AgentSocket(path: lab.socket, secondsLimit: 5).identities()
      #expect(identities.isEmpty)
    }
  }
}
