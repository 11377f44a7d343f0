import Bytes
import Model

/// Finds prompts that several sources tell: the transcript, its spans, the traffic with the model.
///
/// Conversations are one where they bear the same id, or where the answers of one ask for calls that the other tells. In
/// them, prompts of the same words are one. Of each, the prompt that most calls refer to stays.
struct PromptTwins {
  /// Shorter ids name no conversation.
  private static let shortestID = 12

  /// The prompt that stays, by the one that does not.
  private(set) var same: [Int64: Int64] = [:]

  init(_ store: some CorrelationStore) throws {
    let prompts = try store.prompts()
    guard Set(prompts.map(\.source)).count > 1 else { return }
    var groups = Groups()
    for conversation in try store.conversations() {
      guard let id = conversation.nativeID, id.utf8.count >= Self.shortestID else { continue }
      groups.join("conversation " + conversation.id, "native " + id)
    }
    for (left, right) in try store.sharedCalls() { groups.join("conversation " + left, "conversation " + right) }
    var alike: [String: [PromptPlace]] = [:]
    for prompt in prompts where prompt.kind.isTyped || prompt.kind == .delegated {
      guard let digest = prompt.digest else { continue }
      alike["\(groups.root("conversation " + prompt.conversation)) \(digest)", default: []].append(prompt)
    }
    let several = alike.filter { Set($0.value.map(\.source)).count > 1 }
    // The calls are many, and mostly no prompt has a twin.
    guard !several.isEmpty else { return }
    let callCounts = try store.callCounts()
    for (_, prompts) in several.sorted(by: { $0.key < $1.key }) { settle(prompts, callCounts) }
  }

  /// Pairs the prompts of equal words, those of each source in order.
  private mutating func settle(_ prompts: [PromptPlace], _ callCounts: [String: Int]) {
    let bySource = Dictionary(grouping: prompts, by: \.source)
    func weight(_ source: Int64) -> Int { bySource[source]?.reduce(0) { $0 + (callCounts[$1.id] ?? 0) } ?? 0 }
    let order = bySource.keys.sorted { (-weight($0), $0) < (-weight($1), $1) }
    guard let first = order.first, let stays = bySource[first]?.sorted(by: Self.isEarlier) else { return }
    for source in order.dropFirst() {
      let others = (bySource[source] ?? []).sorted(by: Self.isEarlier)
      // What one of them lacks is taken to be at the beginning: traffic is recorded from some moment on.
      let skipped = max(0, stays.count - others.count)
      for (place, prompt) in others.enumerated() where place + skipped < stays.count {
        same[prompt.number] = stays[place + skipped].number
      }
    }
  }

  private static func isEarlier(_ left: PromptPlace, _ right: PromptPlace) -> Bool {
    (left.at?.nanoseconds ?? .min, left.number) < (right.at?.nanoseconds ?? .min, right.number)
  }
}

/// Names that are one with others, each group by its least (union-find).
private struct Groups {
  private var parents: [String: String] = [:]

  mutating func root(_ name: String) -> String {
    var root = name
    while let parent = parents[root] { root = parent }
    var current = name
    while let parent = parents[current], parent != root { (parents[current], current) = (root, parent) }
    return root
  }

  mutating func join(_ left: String, _ right: String) {
    let (left, right) = (root(left), root(right))
    guard left != right else { return }
    parents[max(left, right)] = min(left, right)
  }
}
