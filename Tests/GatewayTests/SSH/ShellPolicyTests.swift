import Bytes
import Foundation
import GRDB
import Model
import NIOCore
import Store
import TestKit
import Testing

@testable import Gateway

/// What the policy refuses and holds before the target hears of it.
@Suite(.serialized, .enabled(if: ScratchSSHD.isPresent, Comment(rawValue: ScratchSSHD.absence))) struct ShellPolicyTests
{
  private static let policy = """
    version: 1
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
      - { id: no-keys, when: { resource: "*authorized_keys*" }, then: deny }
      - { id: no-shells, when: { kind: shell }, then: deny }
    default: require-approval
    approvals: { signers: allowed_signers, namespace: test }
    """

  private func with(
    limits: String = "hold: 90s", _ body: (ShellGateway, Signer) throws -> Void
  ) throws -> (CaseFile, ShellGateway) {
    try TemporaryFolder.with { folder in
      let signer = try Signer("carol", in: folder)
      let server = try ScratchSSHD()
      let shell = try ShellGateway(
        server, policy: Self.policy, limits: limits, approvals: true, files: ["allowed_signers": try signer.line])
      try body(shell, signer)
      try shell.gateway.stop()
      return (try shell.gateway.ingest(), shell)
    }
  }

  @Test func `what a rule forbids is told on standard error and never reaches the target`() throws {
    let (_, shell) = try with { shell, _ in
      let file = shell.path("authorized_keys")
      let denied = try shell.ssh(["echo key >> \(file)"])
      #expect(denied.status == 126 && denied.text.isEmpty)
      #expect(denied.errors.contains("exhibit: refused by policy: ") && denied.errors.contains("rule: no-keys"))
      #expect(!FileManager.default.fileExists(atPath: file))
      let interactive = try shell.bash("$SSH -tt $WHO < /dev/null 2>&1; echo $?")
      #expect(interactive.text.contains("rule: no-shells") && interactive.text.hasSuffix("126\n"))
      let read = try shell.ssh(["cat /etc/hostname"])
      #expect(read.status == 0)
    }
    let all = try shell.verdicts()
    #expect(all.count == 2, "\(all)")
    #expect(all[0].hasPrefix("denied no-keys echo key >> ") && all[1].hasPrefix("denied no-shells shell on "), "\(all)")
  }

  @Test func `a command waits and runs when it is approved, and other channels do not wait for it`() throws {
    let (_, shell) = try with { shell, signer in
      let control = "-o ControlPath=\(shell.path("control"))"
      _ = try shell.bash("$SSH -M -N -f \(control) -o ServerAliveInterval=1 -o ServerAliveCountMax=2 $WHO")
      let file = shell.path("made")
      try shell.start("held", "echo content | $SSH \(control) $WHO 'cat > \(file); echo done'")
      let held = try #require(shell.waiting().first)
      #expect(held.text == "cat > \(file); echo done" && held.type == "SSH" && held.identity == "coder")
      #expect(String(buffer: held.message) == held.text && held.session.protocolName == "ssh")
      #expect(try shell.bash("$SSH \(control) $WHO echo meanwhile").text == "meanwhile\n")
      Thread.sleep(forTimeInterval: 3)
      #expect(!FileManager.default.fileExists(atPath: file))
      let core = shell.gateway.gateway.core
      let posted = try #require(held.posted)
      let desk = try #require(core.approvals)
      let armored = try signer.sign(posted.text, as: "approval@test")
      _ = try desk.take(Array(armored.utf8), reason: "", under: posted, at: core.now())
      core.lookAtApprovals()
      let ended = shell.said("held")
      #expect(ended.status == "0\n" && ended.text == "done\n", "\(ended)")
      #expect(ended.errors.contains("exhibit: waits for an approval (rule: default)"))
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "content\n")
      // The approval is used up.
      try shell.start("again", "echo other | $SSH \(control) $WHO 'cat > \(file); echo done'")
      let second = try #require(shell.waiting().first?.posted)
      let no = try signer.sign(second.text, as: "rejection@test")
      _ = try desk.take(Array(no.utf8), reason: "not twice", under: second, at: core.now())
      core.lookAtApprovals()
      let refused = shell.said("again")
      #expect(refused.status == "126\n" && refused.errors.contains("not twice"), "\(refused)")
      _ = try shell.bash("$SSH \(control) -O exit $WHO")
    }
    let all = try shell.verdicts().map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
    #expect(all.filter { $0 == "held default" }.count == 2 && all.contains("approved default"), "\(all)")
    #expect(all.contains("denied default"))
  }

  @Test func `nobody answers, and a client that goes away ends the wait`() throws {
    let (_, shell) = try with(limits: "hold: 2s") { shell, _ in
      let late = try shell.ssh(["touch \(shell.path("late"))"])
      #expect(late.status == 126 && late.errors.contains("nobody approved it within 2 seconds"))
      #expect(!FileManager.default.fileExists(atPath: shell.path("late")))
    }
    #expect(try shell.verdicts().contains { $0.hasPrefix("expired default touch ") })
    _ = try with { shell, _ in
      try shell.start("gone", "timeout 4 $SSH $WHO touch \(shell.path("late"))")
      #expect(shell.waiting().count == 1)
      #expect(shell.waiting(0).isEmpty)
      let core = shell.gateway.gateway.core
      let deadline = Date().addingTimeInterval(10)
      while core.sessionCount > 0, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
      #expect(core.sessionCount == 0 && !FileManager.default.fileExists(atPath: shell.path("late")))
    }
  }

  @Test func `channels that are not looked into are refused where no rule allows them`() throws {
    _ = try with(limits: "hold: 1s") { shell, _ in
      let files = try shell.bash(
        "cd $HERE; echo x > x; /usr/bin/sftp -q -b - -P $PORT ${SSH#* -p $PORT } $WHO <<< 'put x \(shell.path("put"))'")
      #expect(files.status != 0 && files.errors.contains("exhibit: "), "\(files.errors)")
      #expect(!FileManager.default.fileExists(atPath: shell.path("put")))
      for command in [
        "scp -t \(shell.path("put"))", "git-receive-pack --quiet \(shell.path("repo"))",
        "rsync --server . \(shell.path("put"))",
      ] {
        let answer = try shell.ssh([command])
        #expect(answer.status == 126 && answer.errors.contains("exhibit: "), "\(command): \(answer)")
      }
    }
  }
}
