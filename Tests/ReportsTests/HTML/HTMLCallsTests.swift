import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Reports

struct HTMLCallsTests {
  private func storyPage() throws -> String {
    let story = HTTPStory()
    return try page(story.story, story.verdict)
  }

  @Test func `a request says its address, answer, effect and what it touched`() throws {
    let text = readable(try storyPage())
    for words in [
      "POST https://shop.internal/orders", "201 Created", "create path /orders/8", "403 Forbidden",
      "as agent-7-elevated",
      "not allowed for agent-7", "by GET https://shop.internal/api/v1/namespaces/shop/pods/web-1/exec",
      "101 Switching Protocols, exit status 2", "no response was captured", "first byte after",
    ] {
      #expect(text.contains(words), "\(words)")
    }
  }

  @Test func `heads, bodies, messages and terminals fold out`() throws {
    let text = readable(try storyPage())
    for words in [
      "Request head: ", "POST /orders HTTP/1.1", "Authorization: Bearer [redacted]", "Sent: JSON, 44 bytes",
      "\"price\": 0.10",
      "Sent: form, ", "password = [redacted]", "Sent: PNG image, 216 bytes", "Received: HTML, 32 bytes",
      "<html><body>Oh no</body></html>", "Stream: 6 messages", "← received close 1011", "→ sent JSON",
      "Terminal: as it was shown", "$ ls", "app data", "100%", "Typed: ", "ls⏎",
      "Sent: Kubernetes protobuf without its schema",
      "Sent: multipart, 2 parts",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(!text.contains("10%50%"))
  }

  @Test func `sessions say whether they were decrypted`() throws {
    let text = readable(try storyPage())
    #expect(text.contains("decrypted with a key log"))
    #expect(text.contains("encrypted (tls), 105,292 bytes not looked into"))
  }

  @Test func `responses count as data seen`() throws {
    let text = readable(try storyPage())
    #expect(text.contains("Read over HTTP, most bytes first"))
    #expect(text.contains("shop.Orders/Watch"))
  }

  @Test func `a server that failed may have done something`() {
    var action = Action(
      id: "s.1", sessionID: "s", sequence: 1, startedAt: .epoch, kind: "http", verb: "POST", text: "POST /x",
      effect: .write, status: .error, code: "500")
    #expect(!action.isWithoutEffect)
    action.code = "422"
    #expect(action.isWithoutEffect)
    action.kind = "exec"
    action.code = "1"
    #expect(!action.isWithoutEffect)
    action.kind = "sql"
    #expect(action.isWithoutEffect)
  }

  @Test func `hostile requests change no tag, and leave no hidden character`() throws {
    func tags(_ text: String) throws -> [String] {
      let html = try page(HostileCalls(text).story, HostileCalls(text).verdict)
      let hidden = html.unicodeScalars.filter {
        $0 != "\n" && ($0.value < 0x20 || $0.value >= 0x7F && VisibleText.isHidden($0))
      }
      #expect(hidden.isEmpty, "\(hidden.map(\.value))")
      let bare = html.replacing(/<(script|style)([^>]*)>[\s\S]*?<\/\1>/) { "<\($0.output.1)></\($0.output.1)>" }
      return bare.matches(of: /<([a-zA-Z!\/][a-zA-Z0-9]*)/).map { String($0.output.1) }
    }
    let hostile = try tags(HostileCase.hostile)
    #expect(try tags(HostileCase.harmless) == hostile)
    #expect(hostile.count > 200)
  }

  @Test func `the same story gives the same bytes`() throws { #expect(try storyPage() == storyPage()) }

  @Test func `previews stay within their budget`() throws {
    let story = HTTPStory()
    var limits = HTMLReport.Limits()
    limits.previewBytesInAll = 600
    limits.previewBytes = 200
    let small = try page(story.story, story.verdict, limits: limits)
    #expect(try small.utf8.count < storyPage().utf8.count - 8000)
  }

  @Test(.enabled(if: Browser.chromium != nil, "there is no headless Chromium here"))
  func `a browser opens it without a complaint, and shows a request whole`() throws {
    let folder = try Folder()
    let file = try folder.write(try storyPage(), "page.html")
    let output = try Browser.open(file, fragment: "#a-\(HTTPStory.agent).2")
    #expect(!output.err.contains(":CONSOLE"))
    #expect(output.out.contains("data-ready=\"1\""))
    guard Browser.node != nil else { return }
    let said = try BrowserDriver.run(
      file,
      [
        .evaluate("location.hash = '#a-\(HTTPStory.agent).9'"),
        .until(
          "document.querySelector('.detail') && document.querySelector('.detail').innerText.includes('close 1011')"),
        .evaluate("document.querySelector('.detail').innerText.includes('101 Switching Protocols')"),
        // What stands in a head, a message or an empty body is searched too.
        .evaluate("document.getElementById('query').focus()"), .type("sec-websocket-version"),
        .until("document.getElementById('found').innerText.startsWith('1 ')"),
      ])
    #expect(said.filter { $0 == "true" }.count == 3, "\(said)")
    #expect(said.last == "", "\(said)")
  }
}

/// A session of HTTP in which every string is the same given one.
struct HostileCalls {
  let story = MemoryCase("hostile")
  let verdict: Verdict

  init(_ text: String) {
    var script = SessionScript(
      story,
      Session(
        id: "s1", protocolName: "http", client: text, server: text, user: text, target: text, application: text,
        isEncrypted: true, isDecrypted: true, startedAt: DemoCase.at(0), endedAt: DemoCase.at(9)))
    let kinds: [StreamRecord.Kind] = [
      .text, .binary, .ping, .message, .event, .close, .input, .output, .errorOutput, .resize, .exit,
    ]
    for (index, kind) in ["http", "exec", "sql", text].enumerated() {
      // Few enough that their list is never cut, however long a dump is.
      let own = kinds.indices.filter { $0 % 4 == index }.map { kinds[$0] }
      var head = CallHead(version: text, method: text, target: text)
      head.authority = text
      head.scheme = text
      head.requestFields = [HeaderField(text, text), HeaderField("content-type", text)]
      head.status = [200, 302, 500, nil][index]
      head.reason = text
      head.responseFields = [HeaderField(text, text)]
      head.responseTrailers = [HeaderField(text, text)]
      script.call(
        DemoCase.at(Double(index)), head, .write, [Resource("read", text, text)], kind: kind, verb: text, text: text,
        code: text, message: text, identity: Identity(user: text, target: text, application: text),
        request: .text(text), response: .text(text),
        records: own.map { StreamRecord(at: DemoCase.at(1), direction: .fromServer, kind: $0, bytes: Array(text.utf8)) }
      )
    }
    var decisions: [String: Decision] = [:]
    for action in story.storedActions {
      decisions[action.id] = Decision(actionID: action.id, outcome: .unapproved, rule: text, reason: text)
    }
    verdict = Verdict(
      overall: .unapproved, policyName: text, policySHA256: text, decisions: decisions, findings: [], incompleteness: []
    )
  }
}
