import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Parsers

/// All objects of a repository, in memory.
struct MemoryObjects: ObjectSource {
  private var objects: [String: RepositoryObject] = [:]

  init(_ lab: GitLab, _ place: String) throws {
    let bytes = try lab.git("cat-file", "--batch-all-objects", "--batch", in: place)
    var index = 0
    while let end = bytes.span.firstIndex(of: 0x0a, from: index) {
      let head = String(decoding: bytes[index..<end], as: UTF8.self).split(separator: " ")
      let size = try #require(Int(head[2]))
      let kind = try #require(RepositoryObject.Kind(rawValue: String(head[1])))
      objects[String(head[0])] = RepositoryObject(kind, Array(bytes[(end + 1)..<(end + 1 + size)]))
      index = end + size + 2
    }
  }

  func object(_ id: String) -> RepositoryObject? { objects[id] }
}

/// Pushes of real git to a repository with hooks.
@Suite(.enabled(if: GitLab.isPossible, "no git or no python3 here")) struct GitPushTests {
  private func makeHub(_ lab: GitLab, _ format: String = "sha1") throws {
    try lab.git("init", "-q", "--bare", "-b", "main", "--object-format=\(format)", "hub.git")
    try lab.git("config", "receive.advertisePushOptions", "true", in: "hub.git")
    try lab.write(
      "#!/bin/sh\necho \"hook saw $1\"\nif [ \"$1\" = refs/heads/protected ]; then echo not here >&2; exit 1; fi\n",
      to: "hub.git/hooks/update")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: lab.folder.appending(path: "hub.git/hooks/update").path)
    try GitLiveTests.makeRichRepository(lab, "work", format: format)
    try lab.git("remote", "add", "hub", lab.address("hub.git"), in: "work")
  }

  private func pushed(_ lab: GitLab, source: (any ObjectSource)? = nil) throws -> RepositoryExchange {
    let conversations = try lab.conversations()
    #expect(conversations.count == 1)
    let events = try #require(conversations.first).events(source: source)
    #expect(events.strange == [])
    #expect(events.repositories.count == 1)
    let exchange = try #require(events.repositories.first)
    #expect(exchange.operation == .push)
    #expect(exchange.repository.hasSuffix("/hub.git"))
    return exchange
  }

  private func id(_ lab: GitLab, _ name: String) throws -> String {
    try lab.git("rev-parse", name, in: "work").lineText
  }

  @Test(arguments: ["sha1", "sha256"])
  func `what was pushed is what git has, with and without a clone`(format: String) throws {
    try TemporaryFolder.with { folder in
      let lab = try GitLab(folder)
      try makeHub(lab, format)
      try lab.git("push", "-q", "hub", "main", in: "work")
      let first = try pushed(lab)
      let main = try id(lab, "main")
      #expect(first.updates.map(\.name) == ["refs/heads/main"])
      #expect(first.updates.first?.old == nil)
      #expect(first.updates.first?.new == main)
      #expect(first.updates.first?.outcome == .ok)
      #expect(first.unpackStatus == "ok")
      #expect(first.messages?.bytes.span.string.contains("hook saw refs/heads/main") == true)
      #expect(first.pack?.isIntact == true)
      let whole = try GitLiveTests.log(lab, ["main"], in: "work")
      #expect(GitLiveTests.difference(first.history?.bytes ?? [], whole) == nil)

      let before = try MemoryObjects(lab, "hub.git")
      let long = try lab.git("show", "HEAD:src/deep/er/long.txt", in: "work")
      try lab.write(long + Array("one more\n".utf8), to: "work/src/deep/er/long.txt")
      try lab.commit("More", in: "work", minute: 10)
      try lab.write(Array(long.dropFirst(40)), to: "work/src/deep/er/long.txt")
      try lab.commit("Less", in: "work", minute: 11)
      try lab.git("push", "-q", "hub", "main", in: "work")
      let conversation = try #require(lab.conversations().first)
      let alone = try #require(conversation.events().repositories.first)
      #expect(alone.updates.first?.old == main)
      #expect(alone.updates.first?.isForced == false)
      #expect(alone.commits.map(\.subject) == ["Less", "More"])
      #expect((alone.pack?.missingBaseCount ?? 0) > 0)
      #expect(alone.commits.last?.changes == nil)
      #expect(alone.commits.last?.changesNote?.contains(main) == true)
      let helped = try #require(conversation.events(source: before).repositories.first)
      #expect(helped.pack?.unresolvedCount == 0)
      let range = ["\(main)..main"]
      let theirs = try GitLiveTests.log(lab, range, in: "work")
      #expect(GitLiveTests.difference(helped.history?.bytes ?? [], theirs) == nil)
      #expect(try GitLiveTests.changes(helped) == GitLiveTests.changes(lab, range, in: "work"))
    }
  }

  @Test func `force, deletion, refusal, options and atomicity are told`() throws {
    try TemporaryFolder.with { folder in
      let lab = try GitLab(folder)
      try makeHub(lab)
      try lab.git("push", "-q", "hub", "main", in: "work")
      _ = try lab.conversations()
      let old = try id(lab, "main")

      // Forced: the server has nothing but main, so its tip cannot lie behind the new one.
      try lab.git("reset", "-q", "--hard", "HEAD~1", in: "work")
      try lab.commit("Instead", in: "work", minute: 20)
      try lab.git("push", "-q", "--force", "hub", "main", in: "work")
      let forced = try pushed(lab)
      #expect(forced.updates.first?.old == old)
      #expect(forced.updates.first?.isForced == true)
      #expect(forced.updates.first?.outcome == .ok)

      // Back to a commit that the server has: no object moves.
      try lab.git("push", "-q", "--force", "hub", "HEAD~1:main", in: "work")
      let back = try pushed(lab)
      #expect(back.updates.first?.isForced == true)
      #expect(back.commits.isEmpty)

      try lab.git(
        "push", "-q", "-o", "ticket=OPS-17", "-o", "why not", "hub", "main:refs/heads/other", "v1", in: "work")
      let optioned = try pushed(lab)
      #expect(optioned.pushOptions == ["ticket=OPS-17", "why not"])
      #expect(optioned.updates.map(\.name) == ["refs/heads/other", "refs/tags/v1"])
      #expect(optioned.pack?.tagCount == 1)

      try lab.git(
        "push", "-q", "--atomic", "hub", "main:refs/heads/fine", "main:refs/heads/protected", in: "work", fails: true)
      let refused = try pushed(lab)
      #expect(refused.isAtomic)
      #expect(refused.updates.map(\.outcome).allSatisfy { if case .refused = $0 { true } else { false } })
      #expect(refused.messages?.bytes.span.string.contains("not here") == true)

      try lab.git("push", "-q", "hub", "main:refs/heads/good", "main:refs/heads/protected", in: "work", fails: true)
      let half = try pushed(lab)
      #expect(half.updates.map(\.outcome) == [.ok, .refused("hook declined")])

      try lab.git("push", "-q", "hub", "--delete", "other", in: "work")
      let deleted = try pushed(lab)
      #expect(deleted.updates.map(\.new) == [nil])
      #expect(deleted.updates.first?.outcome == .ok)
      #expect(deleted.pack == nil)

      try lab.git("config", "receive.denyNonFastForwards", "true", in: "hub.git")
      try lab.git("push", "-q", "--force", "hub", "side:good", in: "work", fails: true)
      let denied = try pushed(lab)
      #expect(denied.updates.map(\.outcome) == [.refused("non-fast-forward")])
    }
  }

  @Test func `a signed push keeps its certificate`() throws {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen") else { return }
    try TemporaryFolder.with { folder in
      let lab = try GitLab(folder)
      try makeHub(lab)
      try lab.git("config", "receive.certNonceSeed", "seed", in: "hub.git")
      let key = folder.appending(path: "key").path
      let keygen = Process()
      keygen.setUnblocked("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key])
      try keygen.run()
      keygen.waitUntilExit()
      for (name, value) in [("gpg.format", "ssh"), ("user.signingKey", key), ("commit.gpgSign", "true")] {
        try lab.git("config", name, value, in: "work")
      }
      try lab.commit("Signed", in: "work", minute: 30)
      try lab.git("push", "-q", "--signed", "hub", "main", in: "work")
      let exchange = try pushed(lab)
      #expect(exchange.certificate?.contains("pusher ") == true)
      #expect(exchange.certificate?.contains("BEGIN SSH SIGNATURE") == true)
      #expect(exchange.updates.map(\.name) == ["refs/heads/main"])
      #expect(exchange.updates.first?.outcome == .ok)
      #expect(exchange.commits.first?.signature == "ssh")
      #expect(exchange.commits.dropFirst().allSatisfy { $0.signature == nil })
      let theirs = try GitLiveTests.log(lab, ["main"], in: "work")
      #expect(GitLiveTests.difference(exchange.history?.bytes ?? [], theirs) == nil)
    }
  }
}
