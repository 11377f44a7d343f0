import Foundation
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// Pushes of git over SSH, judged before the target's `git-receive-pack` hears of them.
@Suite(.serialized, .enabled(if: ScratchSSHD.isPresent, Comment(rawValue: ScratchSSHD.absence))) struct ShellPushTests {
  fileprivate static let policy = """
    version: 1
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
      - { id: no-release, when: { resource: "*refs/heads/release*" }, then: deny }
      - { id: topics, when: { resource: "write ref *refs/heads/topic/*" }, then: allow }
    default: require-approval
    approvals: { signers: allowed_signers, namespace: test }
    """

  /// A repository at the target, and a clone with a commit.
  private static let begin = """
    set -e; cd $HERE; export GIT_SSH_COMMAND="$SSH" GIT_CONFIG_GLOBAL=/dev/null
    git init -q --bare -b main repo.git; git init -q -b main w; cd w
    git config user.email ada@shop.example; git config user.name Ada; git remote add origin ssh://$WHO$HERE/repo.git
    printf 'one\\ntwo\\n' > f; git add f; git commit -qm 'first of all'; git push -q ../repo.git main
    printf 'one\\n2\\n' > f; git commit -qam 'second thoughts'

    """

  private func with(
    limits: String = "hold: 60s", _ body: (ShellGateway, Signer) throws -> Void
  ) throws -> (CaseFile, ShellGateway) {
    try TemporaryFolder.with { folder in
      let signer = try Signer("carol", in: folder)
      let server = try ScratchSSHD()
      let shell = try ShellGateway(
        server, policy: Self.policy, limits: limits, approvals: true, files: ["allowed_signers": try signer.line])
      try ScratchPostgres.check(try shell.bash(Self.begin))
      try body(shell, signer)
      try shell.gateway.stop()
      return (try shell.gateway.ingest(), shell)
    }
  }

  private func tip(_ shell: ShellGateway, _ name: String) throws -> String {
    try shell.bash("git -C $HERE/repo.git rev-parse -q --verify $0 || true".replacing("$0", with: name)).text
  }

  private static let enter = "cd $HERE/w; export GIT_SSH_COMMAND=\"$SSH\" GIT_CONFIG_GLOBAL=/dev/null;"

  @Test func `git tells the reason of a push that is denied, whatever it can do, and nothing comes of it`() throws {
    let (found, shell) = try with { shell, _ in
      let said = try shell.bash(
        """
        \(Self.enter)
        git push origin main:release; echo "status $?"
        head -c 3000000 /dev/urandom > big; git add big; git commit -qm big
        git push origin main:release/2 main:topic/x; echo "status $?"
        git push origin :refs/heads/release/old; echo "status $?"
        git push --atomic -q origin main:topic/y; echo "status $?"
        git fetch -q origin; git ls-remote origin | wc -l
        """)
      #expect(said.text.contains("status 1\nstatus 1\nstatus"), "\(said)")
      #expect(said.text.hasSuffix("status 0\n3\n"), "\(said)")
      #expect(said.errors.contains("remote: exhibit: refused by policy: "), "\(said.errors)")
      #expect(said.errors.contains("! [remote rejected] main -> release (refused by policy: "), "\(said.errors)")
      #expect(said.errors.contains("! [remote rejected] main -> topic/x (refused by policy: "), "\(said.errors)")
      #expect(said.errors.contains("(rule: no-release)"))
      for name in ["release", "release/2", "topic/x"] { #expect(try tip(shell, "refs/heads/\(name)").isEmpty) }
      #expect(try !tip(shell, "refs/heads/topic/y").isEmpty)
    }
    let all = try shell.verdicts()
    #expect(all.filter { $0.hasPrefix("denied no-release git push ") }.count == 3, "\(all)")
    #expect(all.contains { $0.hasPrefix("allowed topics git push ") && $0.hasSuffix("refs/heads/topic/y") }, "\(all)")
    var outcomes: [String] = []
    for session in try found.sessions() {
      try found.forEachAction(session: session.id) { action in
        if action.verb == "git push" { outcomes.append(action.status.rawValue) }
      }
    }
    #expect(outcomes.filter { $0 == "ok" }.count == 1 && outcomes.count == 4, "\(outcomes)")
  }

  @Test func `people see references, commits and differences before a push goes on`() throws {
    let (_, shell) = try with { shell, signer in
      let more = "printf 'one\\n2\\n3\\n' > f; git commit -qam 'and more';"
      try shell.start("push", "\(Self.enter) \(more) git push origin main")
      let held = try #require(shell.waiting().first)
      let shown = try #require(held.difference)
      #expect(shown.contains("refs/heads/main from ") && shown.contains("second thoughts"), "\(shown)")
      #expect(shown.contains("\n 2\n+3\n") && shown.contains("ada@shop.example"), "\(shown)")
      // What the first of its commits changes only the target can tell.
      #expect(shown.contains("\n one\n-two\n+2\n") && !shown.contains("not at hand"), "\(shown)")
      let parameters = try #require(held.parts.first?.action.parameters)
      #expect(parameters.contains("refs/heads/main") && !parameters.contains("forced"), "\(parameters)")
      let before = try tip(shell, "refs/heads/main")
      try shell.decide(held, "approval@test", by: signer)
      let ended = shell.said("push")
      #expect(ended.status == "0\n" && ended.errors.contains("main -> main"), "\(ended)")
      #expect(try tip(shell, "refs/heads/main") != before)
      // History that is written anew is told, and a rejection is git's own.
      _ = try shell.bash("\(Self.enter) git commit -q --amend -m 'third try'")
      try shell.start("force", "\(Self.enter) git push -f origin main")
      let forced = try #require(shell.waiting().first)
      let rewritten = try #require(forced.difference)
      #expect(rewritten.contains("rewritten") && rewritten.contains("third try"), "\(rewritten)")
      #expect(forced.parts.first?.action.parameters?.contains("forced") == true)
      try shell.decide(forced, "rejection@test", by: signer, reason: "never rewrite main")
      let refused = shell.said("force")
      #expect(refused.status == "1\n" && refused.errors.contains("never rewrite main"), "\(refused)")
      try shell.start("delete", "\(Self.enter) git push -q origin HEAD:refs/tags/a; git push -q origin :refs/tags/a")
      let made = try #require(shell.waiting().first)
      try shell.decide(made, "approval@test", by: signer)
      #expect(shell.waiting(0).isEmpty)
      let deleted = try #require(shell.waiting().first)
      #expect(deleted.difference?.contains("refs/tags/a is deleted") == true, "\(deleted.difference ?? "")")
      try shell.decide(deleted, "rejection@test", by: signer, reason: "tags stay")
      #expect(shell.said("delete").status == "1\n")
    }
    let all = try shell.verdicts()
    #expect(all.contains { $0.hasPrefix("approved default git push ") && $0.hasSuffix("refs/heads/main") }, "\(all)")
    #expect(all.contains { $0.hasPrefix("denied default git push ") && $0.hasSuffix("refs/heads/main") }, "\(all)")
  }

  @Test func `what a new branch begins from is asked of the target, and where that gives nothing people are told`()
    throws
  {
    let (_, shell) = try with { shell, signer in
      try shell.start("branch", "\(Self.enter) git push -q origin main:fresh")
      let held = try #require(shell.waiting().first)
      #expect(held.difference?.contains("\n-two\n+2\n") == true, "\(held.difference ?? "")")
      try shell.decide(held, "approval@test", by: signer)
      #expect(shell.said("branch").status == "0\n")
      // What is there is longer than what is asked for.
      _ = try shell.bash(
        """
        git clone -q $HERE/repo.git $HERE/x; cd $HERE/x; git config user.email b@x; git config user.name b
        head -c 18000000 /dev/urandom > big; git add big; git commit -qm big; git push -q origin main
        cd $HERE/w; git pull -q --no-edit --no-rebase $HERE/x main; git rm -q big; git commit -qm 'without it'
        """)
      try shell.start("push", "\(Self.enter) git push -q origin main")
      let blind = try #require(shell.waiting().first)
      let shown = try #require(blind.difference)
      #expect(shown.contains("what the target has now is not known: what is there now is longer than"), "\(shown)")
      #expect(shown.contains("without it"), "\(shown)")
      try shell.decide(blind, "approval@test", by: signer)
      #expect(shell.said("push").status == "0\n")
    }
    #expect(try shell.verdicts().filter { $0.hasPrefix("approved default git push ") }.count == 2)
  }

  @Test func `a long push waits without its commits, and one that nobody answers is over`() throws {
    let (_, shell) = try with { shell, signer in
      _ = try shell.bash(
        "\(Self.enter) for i in 1 2 3; do head -c 9000000 /dev/urandom > big$i; done; git add .; git commit -qm long")
      try shell.start("push", "\(Self.enter) git push origin main")
      let held = try #require(shell.waiting().first)
      let shown = try #require(held.difference)
      #expect(shown.contains("its pack was not all there to be read") || shown.contains("long"), "\(shown)")
      try shell.decide(held, "approval@test", by: signer)
      let ended = shell.said("push")
      #expect(ended.status == "0\n", "\(ended)")
      #expect(
        try shell.bash("git -C $HERE/repo.git fsck --full && git -C $HERE/repo.git ls-tree main").text.contains("big3"))
    }
    #expect(try shell.verdicts().contains { $0.hasPrefix("approved default git push ") })
    let (_, other) = try with(limits: "hold: 2s") { shell, _ in
      let late = try shell.bash("\(Self.enter) git push origin main; echo $?")
      #expect(late.text == "1\n" && late.errors.contains("nobody approved it within 2 seconds"), "\(late)")
    }
    #expect(try other.verdicts().contains { $0.hasPrefix("expired default git push ") })
  }

  @Test func `commands that could be read in two ways go nowhere`() throws {
    let zero = String(repeating: "0", count: 40)
    let one = String(repeating: "1", count: 40)
    func packet(_ text: String) -> String {
      let digits = String(text.utf8.count + 4, radix: 16)
      return String(repeating: "0", count: 4 - digits.count) + digits + text
    }
    let good = packet("\(one) \(zero) refs/heads/topic/x\0report-status")
    let bad = [
      good + "0001", good + packet("\(one) \(zero) refs/heads/main\0 push-options") + "0000", good + "zzzz",
      good + packet("nonsense") + "0000",
      packet("push-cert\0report-status") + packet("\(one) \(zero) refs/heads/topic/x\n\(one) \(zero) refs/heads/main\n")
        + packet("push-cert-end\n") + "0000",
    ]
    let (_, shell) = try with(limits: "hold: 1s") { shell, _ in
      for text in bad {
        try Data(text.utf8).write(to: URL(filePath: shell.path("asked")))
        let answer = try shell.bash("(cat $HERE/asked; sleep 1) | $SSH $WHO \"git-receive-pack '$HERE/repo.git'\"")
        #expect(answer.errors.contains("exhibit: what the client sends cannot be read: "), "\(answer)")
      }
      // Another program than git's own is a command like any other.
      let other = try shell.ssh(["/tmp/git-receive-pack \(shell.path("repo.git"))"])
      #expect(other.status == 126 && other.errors.contains("nobody approved it"), "\(other)")
    }
    #expect(try shell.verdicts().filter { $0.hasPrefix("denied default") }.count >= bad.count)
  }
}
