import Foundation
import Model
import TestKit
import Testing

@testable import Reports

struct PushLogTests {
  private func log(_ text: String, limit: Int = 1 << 20) -> PushLog { PushLog(.text(text), byteLimit: limit) }

  @Test func `commits, people, messages, trailers and changes are read`() throws {
    let log = log(SSHStory.history)
    #expect(log.commits.count == 2)
    let commit = try #require(log.commits.first)
    #expect(
      commit.author.name == "Ada Byron" && commit.author.mail == "ada@example.com" && commit.author.zone == "+0100")
    #expect(commit.author.at == Timestamp(nanoseconds: 1_795_140_843_000_000_000))
    #expect(commit.subject == "Refund orders in the currency they were paid in")
    #expect(commit.body == "Amounts were converted twice.")
    #expect(commit.trailers.map(\.name) == ["Co-authored-by", "Agent-Session"])
    #expect(commit.trailers.map(\.isAttribution) == [true, true])
    #expect(commit.changes.map(\.kind) == [.modified, .deleted])
    #expect(commit.changes.map(\.path) == ["src/refund.py", "docs/old.md"])
    #expect(commit.changes.map(\.addedCount) == [1, 0] && commit.changes.map(\.deletedCount) == [1, 2])
    #expect(log.commits.last?.changes.last?.notes == ["binary"])
    #expect(!log.isCut)
  }

  @Test func `removed lines that look like heads stay in their hunk`() throws {
    let log = log(
      """
      commit \(String(repeating: "a", count: 40))
      author A <a@b> 1 +0000

          Subject

      diff --git a/x b/x
      --- a/x
      +++ b/x
      @@ -1,3 +1,3 @@
      --- a/fake
      +++ b/fake
      -diff --git a/evil b/evil
      +commit \(String(repeating: "b", count: 40))
       same
      """)
    let change = try #require(log.commits.first?.changes.first)
    #expect(log.commits.count == 1 && log.commits[0].changes.count == 1)
    #expect(change.path == "x")
    #expect(change.addedCount == 2 && change.deletedCount == 2 && change.lines.count == 6)
  }

  @Test(arguments: [
    ("a/x b/x", "x"), ("a/a b c b/a b c", "a b c"), (#""a/\303\251\t\"q\"" "b/\303\251\t\"q\"""#, "é\t\"q\""),
    ("a/x b/y", "a/x b/y"), ("", ""), ("\"", "\""),
  ])
  func `paths are read as git quotes them`(_ text: String, _ path: String) {
    #expect(GitPath.common(in: text) == path)
  }

  @Test func `any beginning and any mutation is read without harm`() {
    let bytes = Array(SSHStory.history.utf8)
    for count in stride(from: 0, through: bytes.count, by: 7) {
      _ = PushLog(.bytes(Array(bytes.prefix(count))), byteLimit: 1000)
    }
    var generator = SystemRandomNumberGenerator()
    let seed = generator.next()
    var state = seed
    for _ in 0..<500 {
      var mutated = bytes
      for _ in 0..<8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        mutated[Int(state >> 33) % mutated.count] = UInt8(truncatingIfNeeded: state >> 24)
      }
      let log = PushLog(.bytes(mutated), byteLimit: 4000)
      #expect(log.commits.count <= 3, "seed \(seed)")
      for commit in log.commits { _ = (commit.subject, commit.body, commit.trailers) }
    }
  }

  @Test func `a push without room is named and not shown`() {
    let log = log(SSHStory.history, limit: 0)
    #expect(log.isCut && log.commits.count == 2)
    #expect(log.commits.flatMap(\.changes).flatMap(\.lines).isEmpty)
    let many = (0..<3000).map { "commit \(String(repeating: "0", count: 36))\(1000 + $0)\n\n    s\n" }.joined(
      separator: "\n")
    #expect(self.log(many).commits.count == 1000 && self.log(many).omittedCount == 2000)
    #expect(self.log(many, limit: 0).commits.count == 10)
  }

  @Test func `a moved reference descends, a rewritten one does not`() {
    let none = String(repeating: "0", count: 40)
    let (old, new) = ("1a410efbd13591db07496601ebc7a059dd55cfe9", "9fceb02d0ae598e95dc970b74767f19372d61af8")
    func fate(_ from: String, _ to: String, _ suffix: String = "") -> RefUpdate.Fate? {
      let action = Action(
        id: "s.1", sessionID: "s", sequence: 1, startedAt: .epoch, kind: "git", verb: "git push", text: "",
        parameters: "[\"\(from) \(to) refs/heads/a b\(suffix)\"]", effect: .write, status: .ok)
      return RefUpdate.all(of: action, log(SSHStory.history)).first?.fate
    }
    #expect(fate(none, new) == .created)
    #expect(fate(old, none) == .deleted)
    #expect(fate(old, new) == .moved)
    #expect(fate(old, new, " forced") == .forced)
    #expect(fate(String(repeating: "c", count: 40), new) == .forced)
    #expect(fate(old, String(repeating: "c", count: 40)) == .unknown)
    #expect(fate("x", new) == nil)
  }
}
