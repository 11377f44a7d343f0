import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Parsers

/// Real git on both ends; what we tell is held against what git itself tells of the same repository.
@Suite(.enabled(if: GitLab.isPossible, "no git or no python3 here")) struct GitLiveTests {
  /// What git tells of `commits`, in the words that `history` claims to use.
  static func log(_ lab: GitLab, _ revisions: [String], in place: String) throws -> [UInt8] {
    try lab.git(
      [
        "-c", "core.quotePath=true", "log", "-p", "--format=raw", "--full-index", "--no-renames",
        "--diff-merges=first-parent", "--no-ext-diff", "--no-decorate", "--no-color",
      ] + revisions, in: place)
  }

  /// The first line in which two texts differ, for a person.
  static func difference(_ ours: [UInt8], _ theirs: [UInt8]) -> String? {
    guard ours != theirs else { return nil }
    let left = ours.split(separator: 0x0a, omittingEmptySubsequences: false)
    let right = theirs.split(separator: 0x0a, omittingEmptySubsequences: false)
    let index = zip(left, right).enumerated().first { $1.0 != $1.1 }?.offset ?? min(left.count, right.count)
    func shown(_ lines: [ArraySlice<UInt8>]) -> String {
      lines[max(0, index - 6)..<min(lines.count, index + 6)].map { String(decoding: $0, as: UTF8.self) }
        .joined(separator: "\n")
    }
    return "line \(index + 1) of \(left.count)/\(right.count):\nours:\n\(shown(left))\ngit's:\n\(shown(right))"
  }

  /// `id`, then a status and a path a line, for each commit.
  static func changes(_ lab: GitLab, _ revisions: [String], in place: String) throws -> [String] {
    let text = try lab.git(
      [
        "-c", "core.quotePath=false", "log", "--format=%H", "--name-status", "--no-renames", "-z",
        "--diff-merges=first-parent", "--no-color",
      ] + revisions, in: place)
    // With -z the fields are parted by NUL; an id may stand behind a line feed.
    return text.span.string.split(whereSeparator: { $0 == "\0" || $0 == "\n" }).map(String.init)
  }

  static func changes(_ exchange: RepositoryExchange) -> [String] {
    exchange.commits.flatMap { commit in
      [commit.id] + (commit.changes ?? []).flatMap { [$0.kind.rawValue, $0.path] }
    }
  }

  /// A repository with all that a commit can do.
  static func makeRichRepository(_ lab: GitLab, _ place: String, format: String = "sha1") throws {
    try lab.git("init", "-q", "-b", "main", "--object-format=\(format)", place)
    try lab.git("config", "user.name", "Lab", in: place)
    try lab.git("config", "user.email", "lab@example.com", in: place)
    func text(_ seed: Int, _ count: Int) -> String {
      (0..<count).map { "line \($0) \(($0 * 7919 + seed) % 97)\n" }.joined()
    }
    try lab.write("int main(void)\n{\n\treturn 0;\n}\n", to: "\(place)/main.c")
    try lab.write(text(1, 400), to: "\(place)/src/deep/er/long.txt")
    try lab.write("", to: "\(place)/empty")
    try lab.write("a name with spaces\n", to: "\(place)/a b.txt")
    try lab.write("ü\n", to: "\(place)/grün \"x\".txt")
    try lab.write([0, 1, 2, 3, 0xff], to: "\(place)/binary.bin")
    try lab.commit("First", in: place, minute: 0)
    try lab.write(text(1, 200) + "inserted\n" + text(2, 300), to: "\(place)/src/deep/er/long.txt")
    try lab.write(
      "int helper(int x)\n{\n\treturn x + 1;\n}\n\nint main(void)\n{\n\treturn helper(0);\n}", to: "\(place)/main.c")
    try lab.commit(
      "Second\n\nA body.  \n\n\n  indented\n\nCo-authored-by: Bob <b@x.org>\nAgent-Session: 42", in: place, minute: 1)
    try lab.git("mv", "a b.txt", "moved.txt", in: place)
    try lab.git("update-index", "--chmod=+x", "main.c", in: place)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: lab.folder.appending(path: "\(place)/main.c").path)
    try FileManager.default.createSymbolicLink(
      atPath: lab.folder.appending(path: "\(place)/link").path, withDestinationPath: "main.c")
    try lab.write([0, 1, 2, 3, 0xfe, 0xff], to: "\(place)/binary.bin")
    try lab.commit("Moves, modes, links", in: place, minute: 2)
    try FileManager.default.removeItem(at: lab.folder.appending(path: "\(place)/empty"))
    try FileManager.default.removeItem(at: lab.folder.appending(path: "\(place)/moved.txt"))
    try FileManager.default.createSymbolicLink(
      atPath: lab.folder.appending(path: "\(place)/moved.txt").path, withDestinationPath: "nowhere")
    let id = String(repeating: "1", count: format == "sha1" ? 40 : 64)
    try lab.git("update-index", "--add", "--cacheinfo", "160000,\(id),module", in: place)
    try FileManager.default.createDirectory(
      at: lab.folder.appending(path: "\(place)/module"), withIntermediateDirectories: true)
    try lab.write("x\n", to: "\(place)/empty/now-a-folder")
    try lab.commit("Types change", in: place, minute: 3)
    try lab.git("checkout", "-q", "-b", "side", "HEAD~2", in: place)
    try lab.write(text(1, 150) + text(5, 100) + text(1, 150), to: "\(place)/src/deep/er/long.txt")
    try lab.write("side\n", to: "\(place)/src/side.txt")
    try lab.commit("On the side", in: place, minute: 4)
    try lab.git("checkout", "-q", "main", in: place)
    try lab.git("merge", "-q", "-X", "ours", "-m", "Merge side\n\nwith words", "side", in: place)
    try lab.git("tag", "-a", "v1", "-m", "Version one", in: place)
    try lab.commit("", in: place, minute: 5, isEmptyMessage: true)
  }

  @Test(arguments: [0, 1, 2], ["sha1", "sha256"])
  func `a clone tells the history that git tells`(version: Int, format: String) throws {
    try TemporaryFolder.with { folder in
      let lab = try GitLab(folder)
      try Self.makeRichRepository(lab, "origin", format: format)
      try lab.git("-c", "protocol.version=\(version)", "clone", "-q", lab.address("origin"), "copy")
      let conversations = try lab.conversations()
      #expect(conversations.count == 1)
      let events = try #require(conversations.first).events()
      #expect(events.strange == [])
      let exchange = try #require(events.repositories.first)
      #expect(events.repositories.count == 1)
      #expect(exchange.operation == .fetch)
      #expect(exchange.version == version)
      #expect(exchange.objectFormat == format)
      #expect(exchange.head == "refs/heads/main")
      #expect(exchange.pack?.isIntact == true)
      #expect(exchange.pack?.unresolvedCount == 0)
      #expect(exchange.pack?.tagCount == 1)
      #expect(exchange.wants.contains { $0.hasSuffix(" refs/heads/main") })
      #expect(exchange.clientAgent?.hasPrefix("git/") == true)
      #expect(exchange.serverAgent?.hasPrefix("git/") == true)
      let revisions = ["main", "side", "v1"]
      let theirs = try Self.log(lab, revisions, in: "origin")
      #expect(Self.difference(exchange.history?.bytes ?? [], theirs) == nil)
      #expect(try Self.changes(exchange) == Self.changes(lab, revisions, in: "origin"))
      let second = try #require(exchange.commits.first { $0.subject == "Second" })
      #expect(second.trailers.map(\.name) == ["Co-authored-by", "Agent-Session"])
      #expect(second.author == "Ada Łukasz <ada@example.com>")
      #expect(second.authorZone == "+0130")
    }
  }
}

extension GitLab {
  func commit(_ message: String, in place: String, minute: Int, isEmptyMessage: Bool) throws {
    try write("\(minute)\n", to: "\(place)/more.txt")
    try git("add", "-A", in: place)
    try git("commit", "-q", "--allow-empty-message", "-m", message, in: place)
  }
}
