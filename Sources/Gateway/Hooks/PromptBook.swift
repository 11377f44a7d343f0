import Model
import Synchronization

/// The last that agents' hooks told, for those who decide over what the agents send: which prompt a request may come from.
final class PromptBook: Sendable {
  /// Conversations, and calls, that are remembered.
  static let limit = 512

  /// What an agent was asked and what it set out to do, by its own word.
  struct Told: Sendable {
    var agent: String
    var conversation: String
    var prompt: String?
    var tool: String?
    var call: String?
  }

  private struct Shelf<Value: Sendable> {
    private var values: [String: Value] = [:]
    private var order: [String] = []

    subscript(key: String) -> Value? { values[key] }

    mutating func put(_ value: Value, _ key: String) {
      if values.updateValue(value, forKey: key) == nil { order.append(key) }
      if order.count > PromptBook.limit { values[order.removeFirst()] = nil }
    }
  }

  private struct State {
    var prompts = Shelf<String>()
    /// By the call's id, and by what the hook gave the command to say.
    var calls = Shelf<Told>()
  }

  private let state = Mutex(State())

  func add(_ event: AgentEvent) {
    let conversation = "\(event.agent) \(event.conversation)"
    state.withLock { state in
      switch event.kind {
      case .prompt:
        guard let text = event.text else { return }
        state.prompts.put(text, conversation)
        // Commands that say of which conversation they are, and no more.
        let marks = WireMarks(agent: event.agent, conversation: event.conversation, call: nil)
        let told = Told(agent: event.agent, conversation: event.conversation, prompt: text)
        for key in [event.conversation, marks.traceparent] { state.calls.put(told, key) }
      case .call:
        let told = Told(
          agent: event.agent, conversation: event.conversation, prompt: state.prompts[conversation], tool: event.tool,
          call: event.text)
        for key in [event.call, event.traceparent] { if let key { state.calls.put(told, key) } }
      case .result: break
      }
    }
  }

  /// What is known of a request by what its connection says of itself.
  func told(_ context: [(name: String, value: String)]) -> Told? {
    state.withLock { state in
      for part in context { if let told = state.calls[part.value] { return told } }
      return nil
    }
  }
}
