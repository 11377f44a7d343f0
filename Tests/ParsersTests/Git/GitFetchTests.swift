import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Parsers

/// Fetches that ask for less than everything, and other questions.
@Suite(.enabled(if: GitLab.isPossible, "no git or no python3 here")) struct GitFetchTests {
  private func only(_ lab: GitLab) throws -> RepositoryExchange {
    let conversations = try lab.conversations()
    #expect(conversations.count == 1)
    let events = try #require(conversations.first).events()
    #expect(events.strange == [])
    #expect(events.repositories.count == 1)
    return try #require(events.repositories.first)
  }

  @Test(arguments: [0, 2])
  func `shallow and partial clones, later fetches, lists and archives`(version: Int) throws {
    try TemporaryFolder.with { folder in
      let lab = try GitLab(folder)
      let speak = ["-c", "protocol.version=\(version)"]
      try GitLiveTests.makeRichRepository(lab, "origin")
      try lab.git("config", "uploadpack.allowFilter", "true", in: "origin")

      try lab.git(speak + ["clone", "-q", "--depth", "1", lab.address("origin"), "shallow"])
      let shallow = try only(lab)
      #expect(shallow.arguments.contains("deepen 1"))
      #expect(shallow.commits.count == 1)
      #expect(shallow.commits.first?.changes == nil)
      #expect(shallow.commits.first?.changesNote?.contains("is not at hand") == true)

      try lab.git(speak + ["clone", "-q", "--no-checkout", "--filter=blob:none", lab.address("origin"), "partial"])
      let partial = try only(lab)
      #expect(partial.arguments.contains("filter blob:none"))
      #expect(partial.pack?.blobCount == 0)
      let names = try GitLiveTests.changes(lab, ["main", "side", "v1"], in: "origin")
      #expect(GitLiveTests.changes(partial) == names)
      #expect(partial.notes.contains { $0.contains("changed files is not at hand") })

      try lab.git(speak + ["clone", "-q", lab.address("origin"), "copy"])
      _ = try lab.conversations()
      try lab.write("news\n", to: "origin/news.txt")
      try lab.commit("News", in: "origin", minute: 40)
      try lab.git(speak + ["fetch", "-q"], in: "copy")
      let fetched = try only(lab)
      #expect(fetched.operation == .fetch)
      #expect(fetched.haveCount > 0)
      #expect(fetched.commits.map(\.subject) == ["News"])
      #expect(fetched.pack?.isIntact == true)

      try lab.git(speak + ["ls-remote", "-q", lab.address("origin")])
      let list = try only(lab)
      #expect(list.operation == .list)
      #expect(list.referenceCount == 4)
      #expect(list.head == "refs/heads/main")

      let archive = try lab.git(speak + ["archive", "--remote=\(lab.address("origin"))", "main", "src"])
      let sent = try only(lab)
      #expect(sent.operation == .archive)
      #expect(sent.archiveByteCount == UInt64(archive.count))
      #expect(sent.arguments.contains("argument main"))
    }
  }

  @Test func `a thousand commits are told as git tells them`() throws {
    try TemporaryFolder.with { folder in
      let lab = try GitLab(folder)
      try lab.git("init", "-q", "--bare", "-b", "main", "origin.git")
      var stream = ""
      var generator = SeededGenerator(seed: 20)
      var files: [[String]] = (0..<12).map { file in (0..<60).map { "file \(file) line \($0)" } }
      for number in 0..<1000 {
        let message = "Commit \(number)\n\nwith a body\n"
        stream += "commit refs/heads/main\ncommitter Lab <lab@example.com> \(1_700_000_000 + number) +0000\n"
        stream += "data \(message.utf8.count)\n\(message)\n"
        for _ in 0...Int(generator.next() % 3) {
          let file = Int(generator.next() % 12)
          for _ in 0..<4 {
            let at = Int(generator.next() % UInt64(files[file].count + 1))
            switch generator.next() % 3 {
            case 0: files[file].insert(["", "  {", "}", "shared \(number % 7)"][Int(generator.next() % 4)], at: at)
            case 1: if at < files[file].count { files[file].remove(at: at) }
            default: if at < files[file].count { files[file][at] = "changed \(generator.next() % 9)" }
            }
          }
          let text = files[file].joined(separator: "\n") + "\n"
          stream += "M 100644 inline dir\(file % 3)/file\(file)\ndata \(text.utf8.count)\n\(text)\n"
        }
      }
      try lab.git(["fast-import", "--quiet"], in: "origin.git", input: stream)
      try lab.git("clone", "-q", lab.address("origin.git"), "copy")
      let exchange = try only(lab)
      #expect(exchange.commits.count == 1000)
      #expect(exchange.notes == [])
      let theirs = try GitLiveTests.log(lab, ["main"], in: "origin.git")
      #expect(GitLiveTests.difference(exchange.history?.bytes ?? [], theirs) == nil)
      #expect(try GitLiveTests.changes(exchange) == GitLiveTests.changes(lab, ["main"], in: "origin.git"))
    }
  }
}
