import Bytes
import Model
import Sessions
import Testing

@testable import Pipeline

@Suite struct CallReaderTests {
  @Test func `a call whose result is lost ends when its agent goes on, and calls of one answer wait for each other`()
    throws
  {
    var store = FakeCorrelationStore()
    store.call("a", 0, agent: nil)
    store.call("b", 0.3, agent: nil)
    store.call("c", 9, agent: nil)
    store.call("d", 2, agent: "sub")
    store.call("e", 1, agent: nil, conversation: "another")
    let calls = try store.read()
    #expect(calls.map { $0.endedAt.map(FakeCorrelationStore.seconds) } == [9, 9, nil, nil, nil])
  }

  @Test func `a call that goes on in the background, or that has its end, keeps it`() throws {
    var store = FakeCorrelationStore()
    store.call("a", 0, ended: 0.5)
    store.call("b", 1) { $0.isBackground = true }
    store.call("c", 9)
    let calls = try store.read()
    #expect(calls.map { $0.endedAt.map(FakeCorrelationStore.seconds) } == [0.5, nil, nil])
    #expect(calls[1].isOpenEnded)
  }

  @Test func `a call goes back to the prompt that was typed before its agent began, not to the last one`() throws {
    var store = FakeCorrelationStore()
    store.allPrompts = [
      store.prompt("p1", 0, conversation: "parent"), store.prompt("p2", 100, conversation: "parent"),
      store.prompt("told", 10, conversation: "child", kind: .delegated),
    ]
    store.allConversations = [
      ConversationPlace(id: "parent", nativeID: nil, parentID: nil, parentCallID: nil, clock: .utc),
      ConversationPlace(id: "child", nativeID: nil, parentID: "parent", parentCallID: nil, clock: .utc),
    ]
    // The sub-agent still works when the next prompt was typed.
    store.call("a", 20, conversation: "child") { $0.promptID = "told" }
    store.call("b", 120, conversation: "child") { $0.promptID = "told" }
    #expect(try store.read().map(\.prompt) == [1, 1])
  }

  @Test func `spans of a call are ids of it, and their trace one of its turn`() throws {
    var store = FakeCorrelationStore()
    store.call("toolu_0123456789abcdef", 0) {
      $0.spans = ["4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", "nothing"]
    }
    let ids = try #require(store.read().first).ids
    #expect(ids.contains(CarriedID(.call, "00f067aa0ba902b7")))
    #expect(ids.contains(CarriedID(.turn, "4bf92f3577b34da6a3ce929d0e0e4736")))
    #expect(ids.count == 3)
  }
}
