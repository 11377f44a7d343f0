import Foundation
import Model
import TestKit
import Testing

@testable import Reports

struct HTMLPromptTests {
  private func section(_ html: String, _ from: String, _ until: String) throws -> String {
    let start = try #require(html.range(of: "<section id=\"\(from)\""))
    let end = try #require(html.range(of: "<section id=\"\(until)\""))
    return String(html[start.lowerBound..<end.lowerBound])
  }

  @Test
  func `prompts are told with what came of them, unapproved changes first`() throws {
    let story = PromptCase()
    let all = readable(try section(try page(story.reading, story.verdict), "prompts", "sessions"))
    let begin = try #require(all.range(of: "Prompt by prompt"))
    let text = all[begin.upperBound...]
    let card = try #require(text.range(of: PromptCase.card))
    let pool = try #require(text.range(of: PromptCase.pool, range: card.upperBound..<text.endIndex))
    let told = text[card.upperBound..<pool.lowerBound]
    // Three statements of the migration, one that failed, and the index by the sub-agent; the read of its columns.
    #expect(told.contains("1 read (500 rows), 1 write, 4 schema changes, 1 ambiguous"))
    #expect(told.contains("1 failed"))
    #expect(told.contains("data of public.customers"))
    #expect(told.contains("1 task to sub-agents"))
    #expect(told.contains("prompt 2 of 3"))
    #expect(told.contains("/home/ci/shop"))
    #expect(text[..<card.lowerBound].contains("4 not approved"))
    #expect(!text.contains("Run the migration typed"), "a task that an agent passed on is no prompt of its own")
  }

  @Test
  func `changes that no transcript explains are told, and only these`() throws {
    let story = PromptCase()
    let text = readable(try section(try page(story.reading, story.verdict), "prompts", "sessions"))
    let start = try #require(text.range(of: "Changes that no transcript explains"))
    let end = try #require(text.range(of: "Calls that claim what the wire does not show"))
    let told = text[start.upperBound..<end.lowerBound]
    #expect(told.contains("17 of 22 changes are not from any known prompt"))
    #expect(told.contains("GRANT SELECT ON customers TO reporting"))
    #expect(told.contains("DROP TABLE audit_log"))
    #expect(!told.contains("ADD COLUMN"))
    // What nobody approved stands before the application's orders, which the policy allows.
    let grant = try #require(told.range(of: "GRANT SELECT"))
    let order = try #require(told.range(of: "INSERT INTO orders"))
    #expect(grant.lowerBound < order.lowerBound)
  }

  @Test
  func `calls that the captures do not bear out are told with their prompt at the root`() throws {
    let story = PromptCase()
    let text = readable(try section(try page(story.reading, story.verdict), "prompts", "sessions"))
    let start = try #require(text.range(of: "Calls that claim what the wire does not show"))
    let told = text[start.upperBound...]
    #expect(told.contains("2 of 4 tool calls"))
    let other = "something else was seen 1 on its connection that it does not tell: CREATE INDEX \(PromptCase.card)"
    #expect(told.contains(other))
    #expect(told.contains(try Regex("not seen UPDATE prices \(PromptCase.pool)")))
  }

  @Test
  func `an exception shows the prompt that asked for it, or that none did`() throws {
    let story = PromptCase()
    let html = try page(story.reading, story.verdict)
    let text = readable(try section(html, "exceptions", "timeline"))
    #expect(
      text.contains(
        "prompt 2 of 3 to claude-code, claude-opus-4-6, 14.3 s earlier · tool call Bash psql -f migrations/0042.sql · "
          + "nearly certain (99.1 %), by the exact text: the same statement; from the agent's host"))
    #expect(text.contains("Not from any known prompt : no tool call of the transcripts explains it."))
    #expect(text.contains("Person dana"))
  }

  @Test
  func `every action of a transcript names its prompt, its candidates, or that there is none`() throws {
    let story = PromptCase()
    let html = try page(story.reading, story.verdict)
    for action in story.reading.storedActions where action.effect != .session {
      let start = try #require(html.range(of: "<tr id=\"a-\(action.id)\""))
      let end = try #require(html.range(of: "</tr>", range: start.upperBound..<html.endIndex))
      let row = readable(String(html[start.lowerBound..<end.lowerBound]))
      switch story.reading.marks[action.id]?.count {
      case nil: #expect(row.contains("not from any known prompt"), "\(row)")
      case 1: #expect(row.contains(PromptCase.card) && row.contains("certain") != row.contains("very likely"), "\(row)")
      default:
        #expect(row.contains("one of 2 prompts, which the evidence does not tell apart"))
        #expect(row.contains("\(PromptCase.pool) 52.0 %") && row.contains("\(PromptCase.card) 45.0 %"))
      }
    }
    let columns = readable(try section(html, "columns", "data"))
    #expect(columns.contains(try Regex("public.customers.card_pan .*\(PromptCase.card)")))
  }

  @Test
  func `times of prompts are moved to the clock of the captures, and the page says so`() throws {
    let story = PromptCase()
    let html = try page(story.reading, story.verdict)
    #expect(readable(html).contains("c41f.jsonl runs 2 s ahead."))
    // Given at 02:15:35 by the transcript.
    #expect(html.contains("<time datetime=\"2026-11-20T02:15:33.000000000Z\">02:15:33"))
  }

  @Test
  func `without transcripts nothing is said of prompts but one line`() throws {
    let demo = DemoCase()
    let html = try page(demo.reading, demo.verdict)
    let mentions = readable(html).components(separatedBy: "rompt").count - 1
    #expect(mentions == 1)
    let line = "No transcripts of agents were given: this report does not say which prompt asked for what."
    let says = readable(html).contains(line)
    #expect(says)
    for sign in ["class=\"speech", "id=\"by-prompt\"", "class=\"by", "id=\"prompt", "\"prompts\":"] {
      let isThere = html.contains(sign)
      #expect(!isThere, "\(sign)")
    }
  }

  @Test
  func `the picture has a speech mark for each prompt within it, and a table of all`() throws {
    let story = PromptCase()
    let html = try page(story.reading, story.verdict)
    let timeline = try section(html, "timeline", "prompts")
    let marks = timeline.matches(of: /<a href="#(p-[^"]*)" tabindex="-1"><title>/).map { String($0.output.1) }
    #expect(marks == ["p-prm-pool", "p-prm-card"], "the thanks came hours later")
    #expect(timeline.contains("1 at other times"))
    #expect(timeline.contains("The prompts as a table"))
    for id in ["prm-pool", "prm-card", "prm-late"] { #expect(timeline.contains("href=\"#p-\(id)\"")) }
  }

  @Test
  func `a case with prompts gives the same bytes again`() throws {
    let (one, two) = (PromptCase(), PromptCase())
    #expect(try page(one.reading, one.verdict) == page(two.reading, two.verdict))
  }

  @Test
  func `every link within the page leads somewhere`() throws {
    let story = PromptCase()
    let html = try page(story.reading, story.verdict)
    let ids = Set(html.matches(of: /\ id="([^"]+)"/).map { String($0.output.1) })
    for link in html.matches(of: /\ href="#(p-[^"]+)"/) {
      #expect(ids.contains(String(link.output.1)), "\(link.output.1)")
    }
    let prompts = html.matches(of: /\ id="(p-[^"]+)"/).map { String($0.output.1) }
    #expect(Set(prompts).count == prompts.count && prompts.count == 3)
  }

  @Test
  func `any number of prompts makes a page of bounded size that says what it left out`() throws {
    let story = PromptCase()
    let extra = (0..<20_000).map {
      PromptCase.prompt(
        "prm-\($0)", "Look at order \($0)\n" + String(repeating: "and tell me all of it ", count: 40),
        at: Double($0) / 40,
        conversation: "cnv-c41f")
    }
    let before = try page(story.reading, story.verdict).utf8.count
    story.reading.storedPrompts += extra
    let html = try page(story.reading, story.verdict)
    #expect(html.utf8.count - before < 8_000_000, "\(html.utf8.count) bytes")
    let says = readable(html).contains("17,003 prompts that changed the least are not listed here")
    #expect(says)
    let isTold = html.contains("id=\"p-prm-card\"")
    #expect(isTold, "what changed something is told first")
    let marks = html.matches(of: /class="speech(?: bad)?"/).count
    #expect(marks < 60, "\(marks) speech marks")
  }

  @Test
  func `a prompt that is long is cut in the open and folds out`() throws {
    let story = PromptCase()
    story.reading.storedPrompts[1].text = (1...3000).map { "Line \($0) of what I want.\n" }.joined()
    let html = try page(story.reading, story.verdict)
    let start = try #require(html.range(of: "<article class=\"ask\" id=\"p-prm-card\""))
    let card = html[start.lowerBound...].prefix(40_000)
    let opening = card.prefix { $0 != "…" }
    let opens = opening.hasSuffix("Line 6 of what I want.") && !opening.contains("Line 7 of")
    #expect(opens)
    let folds = card.contains("<summary>The first 16,384 of 76,893 bytes</summary>")
    let tells = card.contains("exhibit show prm-card --case shop-2026-11-20.exhibit")
    #expect(folds && tells)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, -1, 2])
  func `a confidence that is no probability has words too`(_ confidence: Double) throws {
    let story = PromptCase()
    story.reading.marks["pg-mig1.4"] = [PromptCase.mark("prm-card", "psql", .content, confidence)]
    let html = try page(story.reading, story.verdict)
    let hasWords = html.contains("99.9 %") || html.contains("0.0 %")
    #expect(hasWords)
  }
}
