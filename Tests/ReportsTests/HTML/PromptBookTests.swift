import Model
import TestKit
import Testing

@testable import Reports

struct PromptBookTests {
  private func action(_ index: Int, _ effect: Effect = .read, status: Action.Status = .ok) -> Action {
    Action(
      id: "s.\(index)", sessionID: "s", sequence: index, startedAt: DemoCase.at(Double(index)), kind: "sql",
      verb: "X", text: "\n  statement \(index)", resources: [Resource("read", "table", "t\(index % 9)")],
      effect: effect, status: status, rowCount: 3)
  }

  private func decision(_ outcome: Decision.Outcome) -> Decision {
    Decision(actionID: "", outcome: outcome, rule: "r", reason: "")
  }

  private func reading(_ marks: [String: [AttributionMark]], prompts: Int = 1) -> MemoryCase {
    let reading = MemoryCase("book")
    for index in 0..<prompts {
      reading.storedPrompts.append(
        PromptCase.prompt("prm-\(index)", "Prompt \(index)", at: Double(index), conversation: "c"))
    }
    reading.storedCalls = [PromptCase.call("call", "x", of: "prm-0", at: 0, witness: .silent)]
    reading.marks = marks
    return reading
  }

  @Test
  func `an unapproved change has room before any number of reads`() throws {
    let marks = Dictionary(uniqueKeysWithValues: (1...200).map { ("s.\($0)", [PromptCase.mark("prm-0", "call")]) })
    var book = try PromptBook(reading(marks))
    for index in 1...200 {
      let isLast = index == 200
      book.take(action(index, isLast ? .schema : .read), isLast ? decision(.unapproved) : nil, session: nil, nil)
    }
    book.close(limits: HTMLReport.Limits())
    let entry = try #require(book.entries.first)
    #expect(entry.deeds.count == PromptEntry.deedsKept)
    #expect(entry.deeds.contains { $0.actionID == "s.200" })
    #expect(entry.effects.counts == [.read: 199, .schema: 1] && entry.effects.rowCount == 597)
    #expect(entry.readNames.count == 5 && entry.hasMoreNames)
    #expect(entry.deeds.first?.text == "statement 1")
  }

  @Test
  func `an ambiguous action counts for each of its prompts, once, and for none as its own`() throws {
    let marks = [
      "s.1": [
        PromptCase.mark("prm-0", "call", .time, 0.5, isAmbiguous: true),
        PromptCase.mark("prm-1", "call", .time, 0.3, isAmbiguous: true),
        PromptCase.mark("prm-1", nil, .time, 0.2, isAmbiguous: true), PromptCase.mark(nil, nil, isAmbiguous: true),
      ]
    ]
    var book = try PromptBook(reading(marks, prompts: 3))
    book.take(action(1, .write), decision(.unapproved), session: nil, nil)
    book.close(limits: HTMLReport.Limits())
    #expect(book.entries.map(\.effects.ambiguousCount) == [1, 1, 0])
    #expect(book.entries.allSatisfy { $0.effects.counts.isEmpty && $0.refused == 0 })
    #expect(book.attributed == 1 && book.ambiguous == 1 && book.unexplained.count == 0)
  }

  @Test
  func `a mark of a prompt that the case does not have counts as attributed and names none`() throws {
    var book = try PromptBook(reading(["s.1": [PromptCase.mark("prm-gone", "gone")]]))
    book.take(action(1, .write), nil, session: nil, nil)
    book.close(limits: HTMLReport.Limits())
    #expect(book.attributed == 1 && book.unexplained.count == 0)
    #expect(book.prompt(of: "s.1") == nil && book.marks(of: "s.1").count == 1)
  }

  @Test
  func `prompts with unapproved changes come first, then those with changes, then by time`() throws {
    let marks = [
      "s.1": [PromptCase.mark("prm-2")], "s.2": [PromptCase.mark("prm-3")], "s.3": [PromptCase.mark("prm-1")],
    ]
    var book = try PromptBook(reading(marks, prompts: 5))
    book.take(action(1, .write), decision(.allowed), session: nil, nil)
    book.take(action(2, .write), decision(.denied), session: nil, nil)
    book.take(action(3, .read), nil, session: nil, nil)
    var limits = HTMLReport.Limits()
    limits.prompts = 4
    book.close(limits: limits)
    #expect(book.ranked == [3, 2, 0, 1])
    #expect(book.listed == [0, 1, 2, 3] && book.omittedCount == 1)
    #expect(book.turn(of: 3) == 4 && book.turn(of: 4) == 0)
  }

  @Test
  func `times at the ends of time stay in order and in range`() throws {
    let reading = reading([:], prompts: 0)
    for (index, at) in [Int64.min, -1, 0, .max].enumerated() {
      var prompt = PromptCase.prompt("prm-\(index)", "x", at: 0, conversation: "c")
      prompt.at = Timestamp(nanoseconds: at)
      prompt.seenAt = Timestamp(nanoseconds: at)
      reading.storedPrompts.append(prompt)
    }
    for offset in [Int64.min, -5, .max] {
      var conversation = StoredConversation(id: "c", startedAt: DemoCase.at(0))
      conversation.clockOffset = offset
      conversation.sourceID = "src"
      reading.storedConversations = [conversation]
      let html = try page(reading, verdict(reading))
      let isTold = html.contains("id=\"p-prm-0\"") && html.contains("id=\"p-prm-3\"")
      #expect(isTold, "\(offset)")
    }
  }
}
