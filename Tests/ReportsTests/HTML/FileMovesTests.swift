import Model
import TestKit
import Testing

@testable import Reports

struct FileMovesTests {
  private func action(_ verb: String, _ path: String, kind: String = "sftp", parameters: String? = nil) -> Action {
    Action(
      id: "s.1", sessionID: "s", sequence: 1, startedAt: .epoch, kind: kind, verb: verb, text: verb,
      parameters: parameters, resources: [Resource("write", "file", path)], effect: .write, status: .ok)
  }

  private func moves(_ actions: [Action], limit: Int = 100) -> FileMoves {
    var moves = FileMoves()
    for action in actions { moves.take(action, session: 0, of: "host", outcome: nil, limit: limit) }
    return moves
  }

  @Test func `a path of ten thousand folders is a tree of few`() {
    #expect(FileMoves.names(of: String(repeating: "a/", count: 10_000)).count <= 25)
    #expect(FileMoves.names(of: "/") == ["/"])
    #expect(FileMoves.names(of: "//srv//a/") == ["/", "srv", "a"])
    #expect(FileMoves.names(of: "a b/c") == ["a b", "c"])
    #expect(moves([action("put", String(repeating: "../", count: 5000))]).keptCount == 1)
  }

  @Test func `sizes, digests and rights are read from the parameters`() throws {
    let found = moves([
      action("put", "/a", parameters: #"["size 12","mode 644","written 9 bytes","sha256 ab","size x",null]"#)
    ])
    let move = try #require(found.hosts["host"]?.children["/"]?.children["a"]?.moves.first)
    #expect(move.size == 12 && move.sha256 == "ab" && move.rights == "mode 644")
  }

  @Test func `looks are counted, other kinds are not files, and the rest is omitted`() {
    let found = moves(
      [action("list", "/a"), action("put", "/a", kind: "git"), action("put", "/a"), action("put", "/b")], limit: 1)
    #expect(found.lookCount == 1 && found.keptCount == 1 && found.omittedCount == 1)
  }

  @Test(
    arguments: [
      (#"["confidence 0.95"]"#, 95), (#"["confidence 75%"]"#, 75), (#"["confidence 1"]"#, 100),
      (#"["confidence 7"]"#, nil),
      (#"["confidence x"]"#, nil), (nil, nil), (#"["confidence 0.9999999999999"]"#, 100),
    ] as [(String?, Int?)])
  func `how sure a reading is stands among its notes`(_ parameters: String?, _ percent: Int?) {
    var typed = action("rm", "", kind: "shell")
    typed.parameters = parameters
    #expect(TypedCommands.confidence(typed) == percent)
  }
}
