import Foundation
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// Pushes of git over HTTP, judged before the target's `git-receive-pack` hears of them.
@Suite(.serialized, .enabled(if: GitSetting.isPresent)) struct WebPushTests {
  private static let policy = """
    version: 1
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
      - { id: no-release, when: { resource: "*refs/heads/release*" }, then: deny }
      - { id: topics, when: { resource: "write ref *refs/heads/topic/*" }, then: allow }
      - { id: topics-gone, when: { resource: "drop ref *refs/heads/topic/*" }, then: allow }
    default: require-approval
    approvals: { signers: allowed_signers, namespace: test }
    """

  /// A repository at the target, and a clone with a commit that is not there.
  private static let begin = """
    set -e; cd $HERE; git init -q --bare -b main repo.git; git -C repo.git config http.receivepack true
    git -C repo.git config receive.certNonceSeed seed
    git init -q -b main w; cd w; git config user.email ada@shop.example; git config user.name Ada
    git remote add origin $URL
    printf 'one\\ntwo\\n' > f; git add f; git commit -qm 'first of all'; git push -q ../repo.git main
    printf 'one\\n2\\n' > f; git commit -qam 'second thoughts'

    """
  private static let enter = "cd $HERE/w;"

  private func with(
    _ way: GitSetting.Way, limits: String = "hold: 60s", _ body: (GitSetting, Signer) throws -> Void
  ) throws -> (CaseFile, GitSetting) {
    try TemporaryFolder.with { folder in
      let signer = try Signer("carol", in: folder)
      let setting = try GitSetting(
        way, in: folder, policy: Self.policy, limits: limits, files: ["allowed_signers": try signer.line])
      try ScratchPostgres.check(try setting.bash(Self.begin))
      try body(setting, signer)
      try setting.gateway.stop()
      return (try setting.gateway.ingest(), setting)
    }
  }

  @Test(arguments: GitSetting.Way.allCases)
  func `git tells the reason of a push that is denied, and nothing comes of it`(_ way: GitSetting.Way) throws {
    let (found, setting) = try with(way) { setting, _ in
      let said = try setting.bash(
        """
        \(Self.enter)
        git push origin main:release; echo "status $?"
        git push origin main:release/2 main:topic/x; echo "status $?"
        git push origin :refs/heads/release/old; echo "status $?"
        git push --atomic -q origin main:topic/y; echo "status $?"
        git fetch -q origin; git ls-remote origin | wc -l
        """)
      #expect(said.text.hasPrefix("status 1\nstatus 1\nstatus "), "\(said)")
      #expect(said.text.hasSuffix("status 0\n3\n"), "\(said)")
      #expect(said.errors.contains("remote: exhibit: refused by policy: "), "\(said.errors)")
      #expect(said.errors.contains("remote: exhibit: A policy forbids it."), "\(said.errors)")
      #expect(said.errors.contains("! [remote rejected] main -> release (refused by policy: "), "\(said.errors)")
      #expect(said.errors.contains("! [remote rejected] main -> topic/x (refused by policy: "), "\(said.errors)")
      for name in ["release", "release/2", "topic/x"] { #expect(try setting.tip("refs/heads/\(name)").isEmpty) }
      #expect(try !setting.tip("refs/heads/topic/y").isEmpty)
    }
    let all = try setting.gateway.verdicts()
    #expect(all.filter { $0.hasPrefix("denied no-release git push ") }.count >= 2, "\(all)")
    #expect(all.contains { $0.hasPrefix("allowed topics git push ") && $0.hasSuffix("refs/heads/topic/y") }, "\(all)")
    var pushes: [(status: String, parameters: String)] = []
    for session in try found.sessions() {
      try found.forEachAction(session: session.id) { action in
        if action.verb == "git push" { pushes.append((action.status.rawValue, action.parameters ?? "")) }
      }
    }
    #expect(pushes.filter { $0.status == "ok" }.count == 1, "\(pushes)")
    #expect(pushes.contains { $0.status != "ok" && $0.parameters.contains("refs/heads/release") }, "\(pushes)")
  }

  @Test(arguments: GitSetting.Way.allCases)
  func `people see references, commits and differences before a push goes on`(_ way: GitSetting.Way) throws {
    let (_, setting) = try with(way) { setting, signer in
      let more = "printf 'one\\n2\\n3\\n' > f; git commit -qam 'and more';"
      try setting.start("push", "\(Self.enter) \(more) git push origin main")
      let held = try #require(setting.gateway.waiting().first)
      let shown = try #require(held.difference)
      #expect(shown.contains("refs/heads/main from ") && shown.contains("second thoughts"), "\(shown)")
      #expect(shown.contains("\n 2\n+3\n") && shown.contains("ada@shop.example"), "\(shown)")
      // What the first of its commits changes only the target can tell.
      #expect(!shown.contains("is not known") && shown.contains("\n-two\n+2\n"), "\(shown)")
      let before = try setting.tip("refs/heads/main")
      try setting.gateway.decide(held, "approval@test", by: signer)
      let ended = setting.said("push")
      #expect(ended.status == "0\n" && ended.errors.contains("main -> main"), "\(ended)")
      #expect(try setting.tip("refs/heads/main") != before)
      _ = try setting.bash("\(Self.enter) git commit -q --amend -m 'third try'")
      try setting.start("force", "\(Self.enter) git push -f origin main")
      let forced = try #require(setting.gateway.waiting().first)
      let rewritten = try #require(forced.difference)
      #expect(rewritten.contains("rewritten") && rewritten.contains("third try"), "\(rewritten)")
      try setting.gateway.decide(forced, "rejection@test", by: signer, reason: "never rewrite main")
      let refused = setting.said("force")
      #expect(refused.status == "1\n" && refused.errors.contains("never rewrite main"), "\(refused)")
    }
    let all = try setting.gateway.verdicts()
    #expect(all.contains { $0.hasPrefix("approved default git push ") && $0.hasSuffix("refs/heads/main") }, "\(all)")
    #expect(all.contains { $0.hasPrefix("denied default git push ") && $0.hasSuffix("refs/heads/main") }, "\(all)")
  }

  /// Over the bytes that are held, git asks first whether it is let in, and sends the push in chunks.
  @Test(arguments: GitSetting.Way.allCases)
  func `a long push is allowed, denied and held as a short one`(_ way: GitSetting.Way) throws {
    let (_, setting) = try with(way) { setting, signer in
      let said = try setting.bash(
        """
        \(Self.enter) for i in 1 2 3; do head -c 9000000 /dev/urandom > big$i; done; git add .; git commit -qm long
        git push origin main:release; echo "status $?"; git push -q origin main:topic/long; echo "status $?"
        """)
      #expect(said.text == "status 1\nstatus 0\n", "\(said)")
      #expect(said.errors.contains("! [remote rejected] main -> release (refused by policy: "), "\(said.errors)")
      #expect(try setting.tip("refs/heads/release").isEmpty)
      _ = try setting.bash(
        "\(Self.enter) for i in 4 5; do head -c 9000000 /dev/urandom > big$i; done; git add .; git commit -qm longer")
      try setting.start("push", "\(Self.enter) git push origin main")
      let held = try #require(setting.gateway.waiting().first)
      let shown = try #require(held.difference)
      #expect(shown.contains("its pack was not all there to be read"), "\(shown)")
      try setting.gateway.decide(held, "approval@test", by: signer)
      let ended = setting.said("push")
      #expect(ended.status == "0\n", "\(ended)")
      let there = try setting.bash("git -C $HERE/repo.git fsck --full && git -C $HERE/repo.git ls-tree main")
      #expect(there.text.contains("big5"), "\(there)")
    }
    #expect(try setting.gateway.verdicts().contains { $0.hasPrefix("approved default git push ") })
  }

  /// A push is held all the same, and those who decide are told what they are not shown.
  @Test(arguments: GitSetting.Way.allCases)
  func `a target that does not tell what a push begins from`(_ way: GitSetting.Way) throws {
    let (found, setting) = try with(way) { setting, signer in
      _ = try setting.bash("git -C $HERE/repo.git config http.uploadpack false")
      try setting.start("push", "\(Self.enter) git push origin main")
      let held = try #require(setting.gateway.waiting().first)
      let shown = try #require(held.difference)
      #expect(shown.contains("what the target has now is not known: it answers with status 403"), "\(shown)")
      #expect(shown.contains("second thoughts") && !shown.contains("-two\n"), "\(shown)")
      try setting.gateway.decide(held, "approval@test", by: signer)
      let ended = setting.said("push")
      #expect(ended.status == "0\n", "\(ended)")
      // What is created begins from nothing that could be asked for.
      let other = "git checkout -q --orphan other; git commit -qm alone;"
      try setting.start("new", "\(Self.enter) \(other) git push origin other")
      let created = try #require(setting.gateway.waiting().first)
      let news = try #require(created.difference)
      #expect(news.contains("is created at ") && news.contains("alone") && !news.contains("not known"), "\(news)")
      try setting.gateway.decide(created, "rejection@test", by: signer, reason: "no")
      #expect(setting.said("new").status == "1\n")
    }
    #expect(try setting.gateway.verdicts().contains { $0.hasPrefix("approved default git push ") })
    // What the gateway asked for itself is nobody's action.
    for session in try found.sessions() {
      try found.forEachAction(session: session.id) { action in
        #expect(!(action.parameters ?? "").contains("git-upload-pack") && action.verb != "git fetch", "\(action)")
      }
    }
  }

  @Test func `a signed push is judged by its certificate, and one that nobody answers is over`() throws {
    let (found, setting) = try with(.reverse, limits: "hold: 2s") { setting, _ in
      let said = try setting.bash(
        """
        \(Self.enter) ssh-keygen -q -t ed25519 -N '' -f $HERE/signing; git config gpg.format ssh
        git config user.signingkey $HERE/signing
        git push --signed -q origin main:topic/signed; echo "status $?"
        git push --signed origin main:release; echo "status $?"; git push origin main; echo "status $?"
        """)
      #expect(said.text == "status 0\nstatus 1\nstatus 1\n", "\(said)")
      #expect(said.errors.contains("! [remote rejected] main -> release (refused by policy: "), "\(said.errors)")
      #expect(said.errors.contains("nobody approved it within 2 seconds"), "\(said.errors)")
    }
    #expect(try setting.gateway.verdicts().contains { $0.hasPrefix("expired default git push ") })
    #expect(try !found.sessions().isEmpty)
  }

  @Test func `what two servers could read in two ways goes nowhere`() throws {
    let zero = String(repeating: "0", count: 40)
    let one = String(repeating: "1", count: 40)
    func packet(_ text: String) -> String {
      let digits = String(text.utf8.count + 4, radix: 16)
      return String(repeating: "0", count: 4 - digits.count) + digits + text
    }
    let good = packet("\(one) \(zero) refs/heads/topic/x\0report-status") + "0000"
    let type = "application/x-git-receive-pack-request"
    let (_, setting) = try with(.reverse) { setting, _ in
      let asked = setting.gateway.folder.appending(path: "asked")
      func post(
        _ content: Data, _ type: String = type, path: String = "git-receive-pack", _ more: [String] = []
      ) throws -> String {
        try content.write(to: asked)
        return try setting.gateway.curl(
          "/repo.git/\(path)",
          ["-w", " %{http_code}", "-H", "Content-Type: \(type)", "--data-binary", "@\(asked.path)"] + more
        ).text
      }
      let plain = Data(good.utf8)
      #expect(try post(plain).hasSuffix(" 200"))
      #expect(try post(Data("0000".utf8)).hasSuffix(" 200"))
      let bad = [
        try post(plain, "text/plain"), try post(plain, path: "git-receive%2Dpack"),
        try post(plain, path: "git-receive-pack/"),
        try post(plain, type, path: "git-receive-pack", ["-H", "Content-Encoding: br"]),
        try post(plain, type, path: "git-receive-pack", ["-H", "Content-Encoding: gzip"]),
        try post(Data((good + "zzzz").utf8.dropLast(8))), try post(Data((packet("nonsense") + "0000").utf8)),
      ]
      for answer in bad { #expect(answer.hasSuffix(" 400") && answer.contains("urn:exhibit:malformed"), "\(answer)") }
      // The same, coded as git codes it.
      let coded = try ScratchPostgres.run(
        "/bin/bash", ["-c", "printf '%s' \"$1\" > \"$2\"; gzip -k \"$2\"", "-", "0000", asked.path + "2"])
      try ScratchPostgres.check(coded)
      let flush = try post(
        try Data(contentsOf: URL(filePath: asked.path + "2.gz")), type, path: "git-receive-pack",
        ["-H", "Content-Encoding: gzip"])
      #expect(flush.hasSuffix(" 200"), "\(flush)")
      // A client that is not told what became of its push is told as any other is.
      let silent = packet("\(one) \(zero) refs/heads/release\0 quiet") + "0000"
      #expect(try post(Data(silent.utf8)).hasSuffix(" 403"))
      let denied = packet("\(one) \(zero) refs/heads/release\0 report-status") + "0000"
      let source = URL(filePath: asked.path + "3")
      try Data(denied.utf8).write(to: source)
      try ScratchPostgres.check(try ScratchPostgres.run("/bin/gzip", [source.path]))
      let report = try post(
        try Data(contentsOf: URL(filePath: source.path + ".gz")), type, path: "git-receive-pack",
        ["-H", "Content-Encoding: gzip"])
      #expect(report.contains("ng refs/heads/release refused by policy: ") && report.hasSuffix("0000 200"), "\(report)")
    }
    let all = try setting.gateway.verdicts()
    #expect(all.filter { $0.hasPrefix("denied no-release git push ") }.count == 2, "\(all)")
  }
}
