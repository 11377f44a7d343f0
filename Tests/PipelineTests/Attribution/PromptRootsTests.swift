import Model
import Testing

@testable import Pipeline

/// Up from a call to the prompt that a person typed.
@Suite struct PromptRootsTests {
  private func call(_ native: String, in conversation: String, of prompt: String?) -> ToolCall {
    MemoryCorrelation.call(native, in: conversation, of: prompt, at: 1, through: 2, ["command": "true"])
  }

  @Test func `a call of a typed prompt goes back to that one`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    store.prompt("prm-1", in: "cnv-a")
    store.prompt("prm-2", in: "cnv-a", .queued)
    let roots = try PromptRoots(store, PromptTwins(store))
    #expect(roots.root(of: call("toolu_1", in: "cnv-a", of: "prm-1"))?.id == "prm-1")
    #expect(roots.root(of: call("toolu_2", in: "cnv-a", of: "prm-2"))?.id == "prm-2")
  }

  @Test func `a sub-agent's call goes back to the prompt behind the call that started it, through several of them`()
    throws
  {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    store.conversation("cnv-b", parent: "cnv-a", startedBy: "toolu_task")
    store.conversation("cnv-c", parent: "cnv-b", startedBy: "toolu_inner")
    store.prompt("prm-old", in: "cnv-a")
    store.prompt("prm-asked", in: "cnv-a")
    store.prompt("prm-later", in: "cnv-a")
    store.prompt("prm-task", in: "cnv-b", .delegated)
    store.prompt("prm-inner", in: "cnv-c", .delegated)
    store.add(call("toolu_task", in: "cnv-a", of: "prm-asked"))
    store.add(call("toolu_inner", in: "cnv-b", of: "prm-task"))
    let roots = try PromptRoots(store, PromptTwins(store))
    #expect(roots.root(of: call("toolu_1", in: "cnv-b", of: "prm-task"))?.id == "prm-asked")
    #expect(roots.root(of: call("toolu_2", in: "cnv-c", of: "prm-inner"))?.id == "prm-asked")
    // The call itself may name the one that started its agent.
    var named = call("toolu_3", in: "cnv-unknown", of: "prm-task")
    named.parentCallID = "toolu_task"
    #expect(roots.root(of: named)?.id == "prm-asked")
  }

  @Test func `what the program reports within a turn belongs to the prompt that was typed before it`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    store.prompt("prm-1", in: "cnv-a")
    store.prompt("prm-done", in: "cnv-a", .notification)
    store.prompt("prm-2", in: "cnv-a")
    store.prompt("prm-done-too", in: "cnv-a", .notification)
    let roots = try PromptRoots(store, PromptTwins(store))
    #expect(roots.root(of: call("toolu_1", in: "cnv-a", of: "prm-done"))?.id == "prm-1")
    #expect(roots.root(of: call("toolu_2", in: "cnv-a", of: "prm-done-too"))?.id == "prm-2")
  }

  @Test func `behind a summary the last prompt before it is meant`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    store.conversation("cnv-b", parent: "cnv-a")
    store.prompt("prm-1", in: "cnv-a")
    store.prompt("prm-2", in: "cnv-a")
    store.prompt("prm-sum", in: "cnv-b", .summary)
    store.prompt("prm-3", in: "cnv-b")
    let roots = try PromptRoots(store, PromptTwins(store))
    #expect(roots.root(of: call("toolu_1", in: "cnv-b", of: "prm-sum"))?.id == "prm-2")
    #expect(roots.root(of: call("toolu_2", in: "cnv-b", of: "prm-3"))?.id == "prm-3")
  }

  @Test func `where nothing names the call that started an agent, the prompt typed before it began is meant`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    store.conversation("cnv-b", parent: "cnv-a")
    store.prompt("prm-1", in: "cnv-a", at: 0)
    store.prompt("prm-2", in: "cnv-a", at: 100)
    store.prompt("prm-task", in: "cnv-b", .delegated, at: 10)
    let roots = try PromptRoots(store, PromptTwins(store))
    // The sub-agent still works when the next prompt was typed.
    var late = call("toolu_1", in: "cnv-b", of: "prm-task")
    late.at = MemoryCorrelation.time(120)
    #expect(roots.root(of: late)?.id == "prm-1")
  }

  @Test func `what two sources tell is one prompt`() throws {
    let store = MemoryCorrelation()
    let session = "c2a0a8a5-77d3-477d-857a-d95e94ed9ca5"
    store.conversation("cnv-spans", native: session)
    store.conversation("cnv-file", native: session)
    store.prompt("prm-1", in: "cnv-spans", at: 0, source: 1, text: "Look")
    store.prompt("prm-2", in: "cnv-file", at: 0, source: 2, text: "Look")
    store.add(call("toolu_1", in: "cnv-file", of: "prm-2"))
    let roots = try PromptRoots(store, PromptTwins(store))
    #expect(roots.root(of: call("toolu_2", in: "cnv-spans", of: "prm-1"))?.id == "prm-2")
  }

  @Test func `agents that started each other do not keep it going in circles`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-a", startedBy: "toolu_b")
    store.conversation("cnv-b", startedBy: "toolu_a")
    store.prompt("prm-a", in: "cnv-a", .delegated)
    store.prompt("prm-b", in: "cnv-b", .delegated)
    store.add(call("toolu_a", in: "cnv-a", of: "prm-a"))
    store.add(call("toolu_b", in: "cnv-b", of: "prm-b"))
    let roots = try PromptRoots(store, PromptTwins(store))
    #expect(roots.root(of: call("toolu_1", in: "cnv-a", of: "prm-a"))?.kind == .delegated)
    #expect(roots.all().count <= 2)
  }

  @Test func `each prompt that goes back to another is written down with that one`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-main")
    store.conversation("cnv-b", startedBy: "toolu_task")
    store.conversation("cnv-c", startedBy: "toolu_inner")
    store.conversation("cnv-d", parent: "cnv-main")
    store.conversation("cnv-lost", startedBy: "toolu_elsewhere")
    let main = store.prompt("prm-main", in: "cnv-main")
    let event = store.prompt("prm-event", in: "cnv-main", .notification)
    let task = store.prompt("prm-task", in: "cnv-b", .delegated)
    let inner = store.prompt("prm-inner", in: "cnv-c", .delegated)
    let goesOn = store.prompt("prm-on", in: "cnv-d", .notification)
    store.prompt("prm-lost", in: "cnv-lost", .delegated)
    store.add(call("toolu_task", in: "cnv-main", of: "prm-main"))
    store.add(call("toolu_inner", in: "cnv-b", of: "prm-task"))
    _ = try Attributor.run(store)
    #expect(store.roots == [event: main, task: main, inner: main, goesOn: main])
  }

  @Test func `what another source tells again is written down once`() throws {
    let store = MemoryCorrelation()
    let session = "c2a0a8a5-77d3-477d-857a-d95e94ed9ca5"
    store.conversation("cnv-spans", native: session)
    store.conversation("cnv-file", native: session)
    store.prompt("prm-1", in: "cnv-spans", at: 0, source: 1, text: "Look")
    let stays = store.prompt("prm-2", in: "cnv-file", at: 0, source: 2, text: "Look")
    let event = store.prompt("prm-3", in: "cnv-file", .notification, at: 1, source: 2)
    store.add(call("toolu_1", in: "cnv-file", of: "prm-2"))
    _ = try Attributor.run(store)
    #expect(store.roots == [event: stays])
  }

  @Test func `where no prompt is known there is none`() throws {
    let store = MemoryCorrelation()
    store.conversation("cnv-a")
    let roots = try PromptRoots(store, PromptTwins(store))
    #expect(roots.root(of: call("toolu_1", in: "cnv-a", of: nil)) == nil)
    #expect(roots.root(of: call("toolu_1", in: "cnv-a", of: "prm-elsewhere")) == nil)
    #expect(roots.conversation("cnv-a") != nil)
    #expect(roots.prompt("prm-elsewhere") == nil)
  }
}
