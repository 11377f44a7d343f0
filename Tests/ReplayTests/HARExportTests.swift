import Foundation
import Model
import TestKit
import Testing

@testable import Replay

struct HARExportTests {
  private func entries(_ session: String = HTTPStory.agent) throws -> [[String: Any]] {
    let text = try exported("har", session, of: HTTPStory().story)
    let root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let log = try #require(root?["log"] as? [String: Any])
    #expect(log["version"] as? String == "1.2")
    return try #require(log["entries"] as? [[String: Any]])
  }

  @Test func `there is an entry a request, with its times`() throws {
    let entries = try entries()
    #expect(entries.count == 12)
    #expect(entries[0]["startedDateTime"] as? String == "2026-11-20T02:14:02.000000000Z")
    #expect(entries[0]["time"] as? Double == 12.345)
    let timings = try #require(entries[0]["timings"] as? [String: Double])
    #expect(timings == ["send": 0, "wait": 4.115, "receive": 8.23])
    #expect(
      entries.map { $0["_resourceType"] as? String ?? "" }.filter { $0 != "fetch" } == [
        "document", "eventsource", "websocket",
      ])
  }

  @Test func `queries, forms, parts and cookies are taken apart`() throws {
    let entries = try entries()
    func request(_ index: Int) -> [String: Any] { entries[index]["request"] as? [String: Any] ?? [:] }
    func pairs(_ value: Any?) -> [[String]] {
      (value as? [[String: Any]] ?? []).map { [$0["name"] as? String ?? "", $0["value"] as? String ?? ""] }
    }
    #expect(pairs(request(0)["queryString"]) == [["id", "7"], ["q", "café au lait"]])
    #expect(pairs(request(2)["cookies"]) == [["sid", "[redacted]"], ["theme", "dark"]])
    let form = request(2)["postData"] as? [String: Any]
    #expect(pairs(form?["params"]) == [["user", "ada@example.com"], ["password", "[redacted]"], ["remember", "on"]])
    let parts = (request(5)["postData"] as? [String: Any])?["params"] as? [[String: String]]
    #expect(
      parts == [
        ["name": "note", "value": "hello"],
        ["name": "file", "value": "{\"a\":[1,2]}", "fileName": "a.json", "contentType": "application/json"],
      ])
    let cookies = (entries[2]["response"] as? [String: Any])?["cookies"] as? [[String: Any]]
    #expect(cookies?.first?["expires"] as? String == "2026-10-21T07:28:00Z")
    #expect(cookies?.first?["httpOnly"] as? Bool == true)
  }

  @Test func `content that is no text is in base 64`() throws {
    let request = try entries()[3]["request"] as? [String: Any]
    let post = try #require(request?["postData"] as? [String: Any])
    #expect(post["encoding"] as? String == "base64")
    #expect((post["text"] as? String).flatMap { Data(base64Encoded: $0) } == Data(HTTPStory.png))
  }

  @Test func `messages of a WebSocket are as Chrome writes them`() throws {
    let messages = try #require(try entries()[8]["_webSocketMessages"] as? [[String: Any]])
    #expect(messages.map { $0["opcode"] as? Int ?? 0 } == [1, 1, 2, 9, 10, 8])
    #expect(messages[0]["type"] as? String == "send")
    #expect(messages[1]["data"] as? String == "hello")
    #expect(messages[2]["data"] as? String == "AAEC/w==")
    let events = try #require(try entries()[6]["response"] as? [String: Any])
    let text = (events["content"] as? [String: Any])?["text"] as? String
    #expect(text?.hasPrefix("event: order\ndata: {\"id\":0}\n\nevent: order") == true)
  }

  @Test func `a batch of operations is one request`() throws {
    let http = HTTPStory()
    let head = http.head("POST", "/graphql", 200, "OK")
    for sequence in 70...72 {
      // The third is a request of its own, sent in the same packet.
      let isOwn = sequence != 71
      http.story.add(
        Action(
          id: "\(HTTPStory.agent).\(sequence)", sessionID: HTTPStory.agent, sequence: sequence,
          startedAt: HTTPStory.at(80), kind: "http", verb: "MUTATION", text: "mutation a\(sequence)", effect: .write,
          status: .ok, bytesIn: isOwn ? 90 : 0, bytesOut: isOwn ? 90 : 0, packet: 9), head: head)
    }
    for (id, wanted) in [("har", "/graphql\",\"httpVersion"), ("curl", "--url 'https://shop.internal/graphql'")] {
      let text = try exported(id, HTTPStory.agent, of: http.story)
      #expect(text.split(separator: wanted, omittingEmptySubsequences: false).count == 3, "\(id)")
    }
  }

  @Test func `the same session gives the same bytes`() throws {
    for session in [HTTPStory.agent, HTTPStory.hostile] {
      let first = try exported("har", session, of: HTTPStory().story)
      #expect(try exported("har", session, of: HTTPStory().story) == first)
    }
  }

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
  func `a schema of others accepts it`() throws {
    let schemas = try #require(Corpus.root).appending(path: "schemas/har")
    let check = """
      import json, pathlib, sys
      try:
          import jsonschema
          from referencing import Registry, Resource
          from referencing.jsonschema import DRAFT6
      except ImportError:
          print("not installed"); sys.exit(0)
      registry = Registry()
      for file in pathlib.Path(sys.argv[1]).glob("*.json"):
          content = json.loads(file.read_text())
          resource = Resource.from_contents(content, default_specification=DRAFT6)
          registry = registry.with_resource(file.name, resource).with_resource(content["$id"], resource)
      schema = json.loads((pathlib.Path(sys.argv[1]) / "har.json").read_text())
      validator = jsonschema.Draft6Validator(schema, registry=registry)
      for path in sys.argv[2:]:
          for error in validator.iter_errors(json.load(open(path))): print(path, list(error.path), error.message[:200])
      """
    try TemporaryFolder.with { folder in
      var files: [String] = []
      for session in [HTTPStory.agent, HTTPStory.cluster, HTTPStory.hostile, HTTPStory.opaque] {
        let file = folder.appending(path: "\(session).har")
        try Data(try exported("har", session, of: HTTPStory().story).utf8).write(to: file)
        files.append(file.path)
      }
      let python = Process()
      let output = Pipe()
      python.executableURL = URL(filePath: "/usr/bin/env")
      python.arguments = ["python3", "-c", check, schemas.path] + files
      python.standardOutput = output
      try python.run()
      let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      python.waitUntilExit()
      #expect(python.terminationStatus == 0)
      #expect(said.isEmpty || said == "not installed\n", "\(said)")
    }
  }

  @Test(arguments: [
    ("Wed, 21 Oct 2026 07:28:00 GMT", "2026-10-21T07:28:00Z"),
    ("Wed, 21-Oct-2026 07:28:00 GMT", "2026-10-21T07:28:00Z"),
    ("0", nil), ("Wed, 99 Oct 2026 07:28:00 GMT", nil),
  ])
  func `a date of a cookie`(_ text: String, _ iso: String?) { #expect(HTTPDate.isoText(text) == iso) }

  @Test
  func `a byte is the same in base 64 as elsewhere`() {
    for count in 0..<40 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 89 + count) }
      #expect(bytes.base64 == Data(bytes).base64EncodedString())
    }
  }
}
