import Model
import TestKit
import Testing

@testable import Replay

/// What an export writes of a session.
func exported(_ id: String, _ session: String, of story: MemoryCase) throws -> String {
  let export = try #require(ExportCatalog.export(id))
  var text = ""
  try export.export(try #require(story.session(id: session)), from: story) { text += $0 }
  return text
}

struct TranscriptCallTests {
  private func lines(_ session: String) throws -> [String] {
    try exported("text", session, of: HTTPStory().story).split(separator: "\n").map(String.init)
  }

  @Test func `a request says its host, its status and how long it took`() throws {
    let lines = try lines(HTTPStory.agent)
    #expect(lines.contains("02:14:05.000 ◆ POST https://shop.internal/orders"))
    #expect(lines.contains("02:14:05.012   201 Created  12.345 ms (first byte after 4.115 ms)"))
    #expect(lines.contains("               Location: /orders/8"))
    #expect(lines.contains("02:14:14.012 ✗ 403 Forbidden  12.345 ms (first byte after 4.115 ms)"))
    #expect(lines.contains("               (as agent-7-elevated)"))
    #expect(lines.contains { $0.contains("decrypted with a key log") })
    #expect(lines.contains("02:15:00.000   no response was captured"))
  }

  @Test func `the user agent stands at the first request only, and other fields on demand`() throws {
    let story = HTTPStory().story
    let session = try #require(story.session(id: HTTPStory.agent))
    let timeline = try Timeline(of: session, from: story)
    func text(_ showsAllFields: Bool) throws -> String {
      let transcript = Transcript(
        timeline, from: story, options: Transcript.Options(showsAllFields: showsAllFields))
      return try timeline.events.indices.map { try transcript.text(of: $0) }.joined()
    }
    #expect(try text(false).split(separator: "User-Agent").count == 2)
    #expect(try !text(false).contains("Authorization"))
    #expect(try text(true).split(separator: "User-Agent").count > 5)
    #expect(try text(true).contains("Authorization: Bearer [redacted]"))
  }

  @Test func `a key shows all fields, and hides them again`() throws {
    let story = HTTPStory().story
    let timeline = try Timeline(of: try #require(story.session(id: HTTPStory.agent)), from: story)
    var player = Player(timeline, from: story, options: Player.Options(), size: WindowSize(columns: 100, rows: 60))
    func text(_ player: inout Player) throws -> String { try player.frame().lines.map(\.plain).joined(separator: "\n") }
    player.seek(to: .event(1))
    #expect(try !text(&player).contains("Authorization"))
    try player.press(.character("a"))
    #expect(try text(&player).contains("Authorization: Bearer [redacted]"))
    try player.press(.character("a"))
    #expect(try !text(&player).contains("Authorization"))
    // A request and its response are one step, a message is another.
    player.seek(to: .event(timeline.events.count - 1))
    #expect(try text(&player).contains("session ends"))
  }

  @Test func `messages stand at their times with the sign of their direction`() throws {
    let lines = try lines(HTTPStory.agent)
    let wanted = [
      "02:14:40.000   GET https://shop.internal/live",
      "02:14:40.005   101 Switching Protocols  10.0 s (first byte after 5.000 ms)",
      "02:14:41.000   → {", "02:14:42.000   ← hello", "02:14:44.000   ← ping", "02:14:49.000   ← close 1011  broken",
    ]
    #expect(lines.filter { wanted.contains($0) } == wanted)
    #expect(lines.contains("02:14:25.000   ← event: order"))
    #expect(lines.contains("                 3: {  (a message, as far as its bytes tell)"))
  }

  @Test func `a terminal is drawn by lines, as it was seen`() throws {
    let lines = try lines(HTTPStory.cluster)
    let start = try #require(lines.firstIndex { $0.hasSuffix("→ resized  80x24") })
    #expect(
      lines[start...].prefix(8).map { String($0.dropFirst(15)) } == [
        "→ resized  80x24", "│ $", "typed│ ls⏎", "│ $ ls", "│ app     data", "│ 100%", "err│ ls: cannot open 'x'",
        "← ended  2",
      ])
  }

  @Test func `messages are played at their own pace`() throws {
    let story = HTTPStory().story
    let timeline = try Timeline(of: try #require(story.session(id: HTTPStory.cluster)), from: story)
    let times = timeline.events.filter { $0.kind == .message }.map(\.at)
    #expect(times.count == 7)
    #expect(times == times.sorted())
    #expect(timeline.events.map(\.at) == timeline.events.map(\.at).sorted())
  }

  @Test func `hostile text reaches no terminal as it is`() throws {
    for session in [HTTPStory.agent, HTTPStory.cluster, HTTPStory.hostile] {
      let text = try exported("text", session, of: HTTPStory().story)
      let raw = text.unicodeScalars.filter { $0 != "\n" && TerminalText.isHidden($0) }
      #expect(raw.isEmpty, "\(raw.map(\.value))")
    }
  }

  @Test func `no line is wider than the terminal`() throws {
    let story = HTTPStory().story
    for session in [HTTPStory.agent, HTTPStory.cluster, HTTPStory.hostile] {
      let timeline = try Timeline(of: try #require(story.session(id: session)), from: story)
      for width in [40, 80, 132] {
        let transcript = Transcript(timeline, from: story, options: Transcript.Options(width: width))
        for index in timeline.events.indices {
          for line in try transcript.lines(of: index) { #expect(line.width <= width) }
        }
      }
    }
  }

  @Test func `SQL scripts count what is no SQL`() throws {
    let script = try exported("sql", HTTPStory.agent, of: HTTPStory().story)
    #expect(script.contains("-- 12 actions of this session are no SQL: --as har, --as curl and --as text have them\n"))
    #expect(script.contains("-- 0 requests written, 0 left out\n"))
  }

  @Test func `JSON has an object for each request, message and response`() throws {
    let text = try exported("json", HTTPStory.agent, of: HTTPStory().story)
    #expect(text.split(separator: "\n").count { $0.contains("\"event\":\"request\"") } == 12)
    #expect(text.split(separator: "\n").count { $0.contains("\"event\":\"message\"") } == 11)
    #expect(text.contains(#""event":"request""#) && text.contains(#""method":"POST""#))
  }
}
