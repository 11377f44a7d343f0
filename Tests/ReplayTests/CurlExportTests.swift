import Foundation
import Model
import TestKit
import Testing

@testable import Replay

struct CurlExportTests {
  /// What the server saw of a request.
  private struct Arrival: Decodable {
    var method: String
    var path: String
    var fields: [[String]]
    var body: String
  }

  /// Answers every request, and writes down what came.
  private static let server = #"""
    import base64, http.server, json, sys
    log = open(sys.argv[1], "w")
    class Answer(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def __getattr__(self, name):
            if name.startswith("do_"): return self.answer
            raise AttributeError(name)
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            log.write(json.dumps({"method": self.command, "path": self.path, "fields": [[n, v.encode("latin-1").decode()] for n, v in self.headers.items()],
                "body": base64.b64encode(body).decode()}) + "\n")
            log.flush()
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
        def log_message(self, *arguments): pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    with open(sys.argv[2] + ".new", "w") as file: file.write(str(server.server_address[1]))
    import os; os.rename(sys.argv[2] + ".new", sys.argv[2])
    server.serve_forever()
    """#

  private static let secrets = [
    "AUTHORIZATION": "s3 cr'et\"$x", "QUERY_TOKEN": "tok%20en", "COOKIE_SID": "c00kie", "BODY_PASSWORD": "p&w d",
  ]

  private static var own: Set<String> {
    ["connection", "te", "upgrade", "content-length", "host", "transfer-encoding", "keep-alive"]
  }

  /// Runs a script while a server listens, and gives what came to it.
  private func arrivals(_ folder: URL, _ script: (Int) throws -> String) throws -> [Arrival] {
    let (program, log, port) = (
      folder.appending(path: "server.py"), folder.appending(path: "log"), folder.appending(path: "port")
    )
    try Data(Self.server.utf8).write(to: program)
    let server = Process()
    server.setUnblocked("/usr/bin/python3", [program.path, log.path, port.path])
    try server.run()
    defer {
      server.terminate()
      server.waitUntilExit()
    }
    while server.isRunning, !FileManager.default.fileExists(atPath: port.path) { usleep(5000) }
    let number = try #require(Int(try String(contentsOf: port, encoding: .utf8)))
    let file = folder.appending(path: "session.sh")
    try Data(try script(number).utf8).write(to: file)
    let bash = Process()
    bash.setUnblocked("/bin/bash", [file.path])
    bash.environment = ProcessInfo.processInfo.environment.merging(Self.secrets) { $1 }
    bash.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    bash.standardError = errors
    try bash.run()
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    bash.waitUntilExit()
    #expect(bash.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
    let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
    return try lines.map { try JSONDecoder().decode(Arrival.self, from: Data($0.utf8)) }
  }

  private func revealed(_ text: String) -> String {
    var text = text
    for (mark, name) in [
      ("Bearer [redacted]", "AUTHORIZATION"), ("token=[redacted]", "QUERY_TOKEN"), ("sid=[redacted]", "COOKIE_SID"),
      ("password=[redacted]", "BODY_PASSWORD"),
    ] {
      text = text.replacing(mark, with: mark.replacing("[redacted]", with: Self.secrets[name] ?? ""))
    }
    return text
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/curl"), "curl is not here"))
  func `what curl sends is what was sent`() throws {
    try TemporaryFolder.with { folder in
      var sent: [(Action, CallHead, [UInt8])] = []
      let arrived = try arrivals(folder) { port in
        let story = Self.story("127.0.0.1:\(port)")
        let script = try exported("curl", HTTPStory.agent, of: story)
        try story.forEachCall(of: HTTPStory.agent) { action, head in
          guard script.contains("# \(action.id)  "), action.status != .incomplete, head.status != 101,
            head.version != "2"
          else { return }
          sent.append((action, head, story.requestPayload(of: action.id)?.bytes ?? []))
        }
        #expect(script.contains("# \(sent.count) requests written, 3 left out"), "\(script.suffix(200))")
        return script
      }
      #expect(arrived.count == sent.count)
      for (arrival, (action, head, body)) in zip(arrived, sent) {
        #expect(arrival.method == head.method)
        #expect(arrival.path == revealed(head.target), "\(action.id)")
        let fields = head.requestFields.filter { !Self.own.contains($0.name.lowercased()) }
        let came = arrival.fields.filter { !Self.own.contains($0[0].lowercased()) }
        #expect(came == fields.map { [$0.name, revealed($0.value)] }, "\(action.id)")
        let bytes = [UInt8](Data(base64Encoded: arrival.body) ?? Data())
        let text = String(validating: body, as: UTF8.self)
        #expect(bytes == (text.map { Array(revealed($0).utf8) } ?? body), "\(action.id)")
      }
    }
  }

  /// The story, and what quoting could get wrong.
  private static func story(_ server: String) -> MemoryCase {
    let http = HTTPStory(server: server, scheme: "http")
    let story = http.story
    let bodies: [StoredPayload] =
      Hostile.statements.map { .text($0) } + [
        .text("@/etc/passwd"), .text("\r\n\r\n"), .text("$(id) `id` $HOME \"$x\" \\ ! 'quoted'"), .text("END\nEND"),
        .text(String(repeating: "long 'text' \n", count: 9000)), .bytes((0...255).map { UInt8($0) }), .text(" "),
      ]
    for (index, body) in bodies.enumerated() {
      let head = http.head(
        ["POST", "PATCH", "PURGE"][index % 3], "/quoting/\(index)?a='b'&c=%00$(id)`id`#x", 200, "OK",
        fields: [
          ("X-Quoted", "it's \"quoted\" $HOME `id` \\n @x; é"), ("x-twice", "1"), ("X-Twice", "2"),
          ("Content-Type", "text/plain; charset=utf-8"),
        ])
      story.add(
        Action(
          id: "\(HTTPStory.agent).\(100 + index)", sessionID: HTTPStory.agent, sequence: 100 + index,
          startedAt: HTTPStory.at(70 + Double(index)), kind: "http", verb: head.method, text: head.url, effect: .write,
          status: .ok), request: body, head: head)
    }
    return story
  }

  @Test func `what cannot be sent again is a comment with its reason`() throws {
    let story = HTTPStory().story
    let script = try exported("curl", HTTPStory.agent, of: story)
    #expect(script.contains("# left out: its content is a stream of messages\n"))
    #expect(script.contains("# left out: the connection became another protocol, which curl does not speak\n"))
    #expect(script.contains("# left out: the capture ended before the response\n"))
  }

  @Test func `hostile text leaves no line that a shell could run`() throws {
    let script = try exported("curl", HTTPStory.hostile, of: HTTPStory().story)
    let lines = script.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines == ["set -u", "read -r -a options <<<\"${CURL_OPTIONS:-}\""])
    #expect(script.unicodeScalars.allSatisfy { $0 == "\n" || !TerminalText.isHidden($0) })
  }

  @Test func `a body of which the end is gone is left out`() throws {
    let story = HTTPStory()
    let head = story.head("POST", "/x", 200, fields: [("Content-Type", "text/plain")])
    story.story.add(
      Action(
        id: "\(HTTPStory.agent).90", sessionID: HTTPStory.agent, sequence: 90, startedAt: HTTPStory.at(90),
        kind: "http", verb: "POST", text: "POST /x", effect: .write, status: .ok),
      request: StoredPayload.text("0123456789").cut(after: 4), head: head)
    let script = try exported("curl", HTTPStory.agent, of: story.story)
    #expect(script.contains("# left out: of its content the first 4 of 10 bytes were kept\n"))
  }

  @Test func `a redacted body counts as whole where its form is`() {
    var json = StoredPayload.text(#"{"password":"[redacted]","n":1}"#)
    json.byteCount = 99
    #expect(json.isWhole("application/json"))
    #expect(!json.cut(after: 20).isWhole("application/json"))
    var text = StoredPayload.text("hello")
    text.byteCount = 9
    #expect(!text.isWhole("text/plain"))
  }
}
