import Foundation
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// Who is let in, as what, and where to.
@Suite(.serialized, .enabled(if: ScratchSSHD.isPresent, Comment(rawValue: ScratchSSHD.absence))) struct ShellLoginTests
{
  /// A gateway that believes certificates of an authority, for `ops`, and whoever signs such.
  private final class Certified {
    let folder = URL(filePath: "/tmp/exhibit-ca-\(UUID().uuidString.prefix(8))")
    let server = try? ScratchSSHD()
    let shell: ShellGateway

    init(limits: String = "hold: 20s") throws {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      for name in ["ca", "other-ca", "lost"] { try ScratchSSHD.makeKey(folder.appending(path: name).path) }
      let server = try #require(server)
      shell = try ShellGateway(
        server, authentication: "[certificate, password]", limits: limits,
        listener:
          "certificates: { authorities: \(folder.path)/ca.pub, revoked: \(folder.path)/lost.pub }",
        tokens: ["{ name: ops, human: eve@example.com, agent: codex, ssh-principals: [ops, deploy] }"])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// What the client is told, with a certificate that was made with these words.
    func ask(
      _ words: [String], by authority: String = "ca", key: String = "client", _ command: [String] = ["echo in"],
      options: [String] = []
    ) throws -> ScratchPostgres.Output {
      let pair = key == "client" ? shell.path(key) : folder.appending(path: key).path
      try ScratchPostgres.check(
        try ScratchPostgres.run(
          "/usr/bin/ssh-keygen",
          ["-q", "-s", folder.appending(path: authority).path, "-I", "id"] + words + [pair + ".pub"]))
      return try shell.ssh(
        command, as: "ops",
        options: options + ["-o", "CertificateFile=\(pair)-cert.pub"] + (key == "client" ? [] : ["-i", pair]))
    }
  }

  @Test func `a certificate lets in whom it names, as long as it holds, from where it may be used`() throws {
    let one = try Certified()
    #expect(try one.ask(["-n", "ops"]).text == "in\n")
    #expect(try one.ask(["-n", "x,deploy", "-V", "-1h:+1h", "-O", "source-address=127.0.0.0/8"]).text == "in\n")
    let refused: [(words: [String], authority: String, key: String)] = [
      (["-n", "somebody"], "ca", "client"), (["-n", "ops"], "other-ca", "client"), ([], "ca", "client"),
      (["-n", "ops", "-V", "-2h:-1h"], "ca", "client"), (["-n", "ops", "-V", "+1h:+2h"], "ca", "client"),
      (["-n", "ops", "-h"], "ca", "client"), (["-n", "ops"], "ca", "lost"),
      (["-n", "ops", "-O", "source-address=10.0.0.0/8"], "ca", "client"),
      (["-n", "ops", "-O", "critical:unheard-of@example.com=1"], "ca", "client"),
    ]
    for (words, authority, key) in refused {
      let answer = try one.ask(words, by: authority, key: key)
      #expect(answer.status == 255 && answer.text.isEmpty, "\(words) \(authority) \(key)")
      #expect(answer.errors.contains("Permission denied"), "\(answer.errors)")
    }
    // The plain key is nobody's here.
    #expect(try one.shell.ssh(["echo in"]).status == 255)
    try one.shell.gateway.stop()
    let sessions = try one.shell.gateway.ingest().sessions()
    #expect(sessions.contains { $0.human == "eve@example.com" && $0.user == "ops" })
  }

  @Test func `what a certificate forces and leaves out holds`() throws {
    let one = try Certified()
    let forced = try one.ask(
      ["-n", "ops", "-O", "force-command=echo forced: $SSH_ORIGINAL_COMMAND"], ["echo asked for"])
    #expect(forced.text == "forced: echo asked for\n", "\(forced.errors)")
    let shell = try one.ask(["-n", "ops", "-O", "force-command=echo forced"], [])
    #expect(shell.text == "forced\n", "\(shell.errors)")
    let plain = try one.ask(["-n", "ops", "-O", "clear"], ["echo in"], options: ["-tt"])
    #expect(plain.status == 255 && plain.text.isEmpty && plain.errors.contains("PTY allocation request failed"))
    let closed = try one.ask(["-n", "ops", "-O", "clear"], [], options: ["-W", "127.0.0.1:\(one.shell.port)"])
    #expect(closed.status == 255 && closed.errors.contains("forwarding failed"), "\(closed.errors)")
    let open = try one.ask(
      ["-n", "ops"], [], options: ["-o", "ConnectTimeout=5", "-W", "127.0.0.1:\(try #require(one.server).port)"])
    #expect(open.text.hasPrefix("SSH-2.0-OpenSSH"))
    try one.shell.gateway.stop()
  }

  @Test func `a session ends with its certificate`() throws {
    let one = try Certified()
    let began = Date()
    let answer = try one.ask(["-n", "ops", "-V", "-1h:+6s"], ["echo in; sleep 600; echo late"])
    #expect(answer.text == "in\n" && answer.status == 255)
    #expect(Date().timeIntervalSince(began) < 40)
    try one.shell.gateway.stop()
    #expect(one.shell.gateway.log.all.contains("the certificate is over"))
  }

  @Test func `a token is a password, and no secret is recorded`() throws {
    let server = try ScratchSSHD()
    let shell = try ShellGateway(server, authentication: "[public-key, password]")
    func ask(_ user: String, _ secret: String) throws -> ScratchPostgres.Output {
      try shell.bash(
        """
        printf '#!/bin/sh\\nprintf %s "$SECRET"\\n' > $HERE/ask; chmod 700 $HERE/ask
        ${SSH/BatchMode=yes/BatchMode=no} -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 $USER_NAME@127.0.0.1 'echo in'
        """,
        ["USER_NAME": user, "SECRET": secret, "SSH_ASKPASS": shell.path("ask"), "SSH_ASKPASS_REQUIRE": "force"])
    }
    let secret = shell.gateway.token.secret
    #expect(try ask("agent", secret).text == "in\n")
    for (user, secret) in [("agent", "wrong"), ("agent", ""), ("nobody", secret), ("coder", secret)] {
      let answer = try ask(user, secret)
      #expect(answer.status == 255 && answer.errors.contains("Permission denied"), "\(user) \(answer.errors)")
    }
    let stranger = try shell.ssh(["echo in"], as: "agent")
    #expect(stranger.status == 255)
    try shell.gateway.stop()
    let key = try server.text("key").split(separator: "\n").dropFirst().first.map(String.init) ?? ""
    for text in [secret, key] {
      #expect(try shell.gateway.recordedBytes().range(of: Data(text.utf8)) == nil, "\(text) is recorded")
      #expect(!shell.gateway.log.all.contains(text))
    }
  }

  @Test func `a target that is another, or none, or goes away is told of, and a session of a key that was taken ends`()
    throws
  {
    let server = try ScratchSSHD()
    let other = try ScratchSSHD()
    let wrong = try ShellGateway(
      server, target: server.target.replacing("\(server.folder.path)/host.pub", with: "\(other.folder.path)/host.pub"))
    let first = try wrong.ssh(["echo in"])
    #expect(first.status == 255 && first.text.isEmpty && first.errors.contains("exhibit: build cannot be reached"))
    #expect(wrong.gateway.log.all.contains("its host key is none of those that it may have"))
    try wrong.gateway.stop()

    let shell = try ShellGateway(server)
    try shell.start("long", "$SSH $WHO 'echo begun; sleep 600'")
    #expect(shell.said("long", "begun").text == "begun\n")
    let file = shell.gateway.folder.appending(path: "gateway.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    let kept = text.split(separator: "\n").filter { !$0.contains("name: coder") }.joined(separator: "\n")
    let changed = kept.replacing("authentication: public-key", with: "authentication: [public-key, password]")
    try changed.write(to: file, atomically: false, encoding: .utf8)
    shell.gateway.gateway.reload(try GatewayConfiguration(file: file.path))
    #expect(shell.said("long").status == "255\n")
    #expect(try shell.ssh(["echo in"]).status == 255)
    try shell.gateway.stop()
  }
}
