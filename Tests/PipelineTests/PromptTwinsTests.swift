import Model
import Testing

@testable import Pipeline

@Suite struct PromptTwinsTests {
  private func place(_ id: String, native: String? = nil) -> ConversationPlace {
    ConversationPlace(id: id, nativeID: native, parentID: nil, parentCallID: nil, clock: .utc)
  }

  @Test func `what a transcript and its spans tell is one prompt, the one with the calls`() throws {
    var store = FakeCorrelationStore()
    let session = "c2a0a8a5-77d3-477d-857a-d95e94ed9ca5"
    store.allConversations = [place("spans", native: session), place("file", native: session), place("other")]
    store.allPrompts = [
      store.prompt("1", 0, conversation: "spans", source: 1, text: "Look"),
      store.prompt("2", 0, conversation: "file", source: 2, text: "Look"),
      store.prompt("3", 5, conversation: "spans", source: 1, text: "Look"),
      store.prompt("4", 5, conversation: "file", source: 2, text: "Look"),
      store.prompt("5", 6, conversation: "file", source: 2, text: "Only here"),
      store.prompt("6", 6, conversation: "other", source: 3, text: "Look"),
    ]
    store.call("toolu_0123456789abcdef", 1) { $0.promptID = "2" }
    #expect(try PromptTwins(store).same == [1: 2, 3: 4])
  }

  @Test func `traffic whose answers ask for a transcript's calls is the same conversation, from some moment on`() throws
  {
    var store = FakeCorrelationStore()
    store.allConversations = [place("file"), place("traffic")]
    store.shared = [("traffic", "file")]
    store.allPrompts = [
      store.prompt("1", 0, conversation: "file", source: 1, text: "go on"),
      store.prompt("2", 60, conversation: "file", source: 1, text: "go on"),
      store.prompt("3", 60.2, conversation: "traffic", source: 2, text: "go on"),
    ]
    store.call("toolu_0123456789abcdef", 1) { $0.promptID = "1" }
    #expect(try PromptTwins(store).same == [3: 2])
  }

  @Test func `equal words in conversations that nothing ties together stay apart, as do those of one source`() throws {
    var store = FakeCorrelationStore()
    store.allConversations = [place("a", native: "one"), place("b", native: "one")]
    store.allPrompts = [
      store.prompt("1", 0, conversation: "a", source: 1, text: "Look"),
      store.prompt("2", 0, conversation: "b", source: 2, text: "Look"),
      store.prompt("3", 9, conversation: "a", source: 1, text: "Look"),
    ]
    #expect(try PromptTwins(store).same.isEmpty)
  }
}
