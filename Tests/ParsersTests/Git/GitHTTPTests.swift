import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Parsers

/// git's own program for HTTP behind a small server; each call is read by itself, as it has no state.
@Suite(.enabled(if: GitLab.isPossible, "no git or no python3 here")) struct GitHTTPTests {
  private func withServer<Result>(_ lab: GitLab, _ body: (String) throws -> Result) throws -> Result {
    let server = Process()
    let folder = lab.folder.path
    server.setUnblocked("/usr/bin/python3", ["\(folder)/http-relay.py", folder, "\(folder)/relay.log"])
    let output = Pipe()
    server.standardOutput = output
    server.standardError = FileHandle.nullDevice
    server.standardInput = FileHandle.nullDevice
    var environment = ProcessInfo.processInfo.environment
    environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
    server.environment = environment
    try server.run()
    defer {
      server.terminate()
      server.waitUntilExit()
    }
    let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).filter(\.isNumber)
    return try body("http://127.0.0.1:\(port)")
  }

  private struct Call: Decodable {
    var method: String
    var path: String
    var query: String
    var request: String
    var response: String
    var `protocol`: String
  }

  /// What each call says, with its method.
  private func exchanges(_ lab: GitLab) throws -> [RepositoryExchange] {
    var found: [RepositoryExchange] = []
    for recorded in try lab.conversations() {
      let call = try JSONDecoder().decode(Call.self, from: Data(recorded.opening.utf8))
      let options = GitLab.Conversation.options()
      guard
        var reader = GitCallReader(
          method: call.method, path: call.path, query: call.query,
          requestType: call.request.isEmpty ? nil : call.request,
          responseType: call.response.isEmpty ? nil : call.response, protocolHeader: call.protocol, options: options)
      else {
        Issue.record("\(call.path) is not recognised")
        continue
      }
      var events: [ParserEvent] = []
      for piece in recorded.pieces {
        reader.receive(
          piece.bytes.span, from: piece.direction, at: StreamPosition(time: .epoch, origin: .unknown), into: &events)
      }
      #expect(events.strange == [])
      if let exchange = reader.finish() { found.append(exchange) }
    }
    return found
  }

  @Test(arguments: [0, 2])
  func `a clone and a push over HTTP tell what git tells`(version: Int) throws {
    try TemporaryFolder.with { folder in
      let lab = try GitLab(folder)
      try GitLiveTests.makeRichRepository(lab, "origin")
      try lab.git("config", "http.receivepack", "true", in: "origin")
      try lab.git("config", "receive.denyCurrentBranch", "ignore", in: "origin")
      try withServer(lab) { address in
        let speak = ["-c", "protocol.version=\(version)"]
        try lab.git(speak + ["clone", "-q", "\(address)/origin/.git", "copy"])
        let cloned = try exchanges(lab)
        #expect(cloned.allSatisfy { $0.repository == "/origin/.git" })
        #expect(cloned.first?.operation == .list)
        let references = cloned.compactMap(\.referenceCount)
        #expect(references == [4])
        let fetched = try #require(cloned.last)
        #expect(fetched.operation == .fetch)
        #expect(fetched.version == version)
        #expect(fetched.pack?.isIntact == true)
        let theirs = try GitLiveTests.log(lab, ["main", "side", "v1"], in: "origin")
        #expect(GitLiveTests.difference(fetched.history?.bytes ?? [], theirs) == nil)

        let old = try lab.git("rev-parse", "main", in: "copy").lineText
        try lab.write("by HTTP\n", to: "copy/http.txt")
        try lab.commit("By HTTP", in: "copy", minute: 50)
        try lab.git(speak + ["push", "-q", "origin", "main"], in: "copy")
        let pushed = try #require(try exchanges(lab).last)
        #expect(pushed.operation == .push)
        #expect(pushed.updates.map(\.old) == [old])
        #expect(pushed.updates.map(\.outcome) == [.ok])
        #expect(pushed.updates.map(\.isForced) == [false])
        #expect(pushed.commits.map(\.subject) == ["By HTTP"])
      }
    }
  }

  @Test func `what is no call of git is left alone`() {
    func reader(_ method: String, _ path: String, _ query: String = "", request: String? = nil, response: String? = nil)
      -> GitCallReader?
    {
      GitCallReader(
        method: method, path: path, query: query, requestType: request, responseType: response, protocolHeader: nil,
        options: GitLab.Conversation.options())
    }
    #expect(reader("GET", "/r.git/info/refs") == nil)
    #expect(reader("GET", "/r.git/info/refs", "service=git-upload-pack") != nil)
    #expect(reader("GET", "/r.git/info/refs", "service=git-upload-pack", response: "text/html") == nil)
    #expect(reader("GET", "/r.git/git-upload-pack") == nil)
    #expect(reader("POST", "/r.git/git-upload-pack", request: "application/json") == nil)
    #expect(reader("POST", "/r.git/git-receive-pack", request: "application/x-git-receive-pack-request") != nil)
  }
}
