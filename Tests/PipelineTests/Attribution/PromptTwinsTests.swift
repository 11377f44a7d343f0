import Model
import Testing

@testable import Pipeline

/// Prompts that several sources tell.
@Suite struct PromptTwinsTests {
  private let session = "c2a0a8a5-77d3-477d-857a-d95e94ed9ca5"

  @Test func `what a transcript and its spans tell is one prompt, the one with the calls`() throws {
    let store = MemoryCorrelation()
    store.conversation("spans", native: session)
    store.conversation("file", native: session)
    store.conversation("other")
    let first = store.prompt("p1", in: "spans", at: 0, source: 1, text: "Look")
    let second = store.prompt("p2", in: "file", at: 0, source: 2, text: "Look")
    let third = store.prompt("p3", in: "spans", at: 5, source: 1, text: "Look")
    let fourth = store.prompt("p4", in: "file", at: 5, source: 2, text: "Look")
    store.prompt("p5", in: "file", at: 6, source: 2, text: "Only here")
    store.prompt("p6", in: "other", at: 6, source: 3, text: "Look")
    store.add(MemoryCorrelation.call("toolu_1", in: "file", of: "p2", at: 1, through: 2, ["command": "true"]))
    #expect(try PromptTwins(store).same == [first: second, third: fourth])
  }

  @Test func `traffic whose answers ask for a transcript's calls is its conversation, from some moment on`() throws {
    let store = MemoryCorrelation()
    store.conversation("file")
    store.conversation("traffic")
    store.shared = [("traffic", "file")]
    store.prompt("p1", in: "file", at: 0, source: 1, text: "go on")
    let second = store.prompt("p2", in: "file", at: 60, source: 1, text: "go on")
    let seen = store.prompt("p3", in: "traffic", at: 60.2, source: 2, text: "go on")
    store.add(MemoryCorrelation.call("toolu_1", in: "file", of: "p1", at: 1, through: 2, ["command": "true"]))
    #expect(try PromptTwins(store).same == [seen: second])
  }

  @Test func `equal words in conversations that nothing ties together stay apart, as do those of one source`() throws {
    let store = MemoryCorrelation()
    store.conversation("a", native: "one")
    store.conversation("b", native: "one")
    store.prompt("p1", in: "a", at: 0, source: 1, text: "Look")
    store.prompt("p2", in: "b", at: 0, source: 2, text: "Look")
    store.prompt("p3", in: "a", at: 9, source: 1, text: "Look")
    #expect(try PromptTwins(store).same.isEmpty)
  }
}
