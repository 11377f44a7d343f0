import Model

/// The tool calls that wait for their result, in the order in which they were asked for, in bounded memory.
struct PendingCalls: Sendable {
  /// Calls that wait; of more, the oldest is told without a result.
  static let countLimit = 4_096
  /// Bytes of their arguments.
  static let byteLimit = 64 << 20

  private var calls: [String: ToolCall] = [:]
  private var order: [String] = []
  /// Keys by conversation and tool, for results that carry no id.
  private var names: [String: [String]] = [:]
  private var byteCount = 0
  private var namelessCount = 0

  /// Adds a call; gives those that are forgotten for it.
  mutating func insert(_ call: ToolCall, key: String) -> [ToolCall] {
    if call.nativeID == nil { namelessCount += 1 }
    if let before = calls.updateValue(call, forKey: key) {
      if before.nativeID == nil { namelessCount -= 1 }
      byteCount += Self.weight(call) - Self.weight(before)
      return []
    }
    order.append(key)
    names[Self.name(call.tool, call.conversationID), default: []].append(key)
    byteCount += Self.weight(call)
    if order.count > Self.countLimit * 2 { order.removeAll { calls[$0] == nil } }
    guard calls.count > Self.countLimit || byteCount > Self.byteLimit else { return [] }
    var forgotten: [ToolCall] = []
    var count = 0
    // A quarter at once, so that one more call does not walk all of them again.
    while calls.count > Self.countLimit / 4 * 3 || byteCount > Self.byteLimit / 4 * 3, count < order.count {
      if let call = remove(order[count]) { forgotten.append(call) }
      count += 1
    }
    order.removeFirst(count)
    return forgotten
  }

  /// The call of that key.
  func call(_ key: String) -> ToolCall? { calls[key] }

  func contains(_ key: String) -> Bool { calls[key] != nil }

  /// Changes the call of that key where it waits; nothing when there is none.
  mutating func update(_ key: String, _ change: (inout ToolCall) -> Void) {
    guard var call = calls[key] else { return }
    byteCount -= Self.weight(call)
    change(&call)
    byteCount += Self.weight(call)
    calls[key] = call
  }

  /// Takes the call of that key out.
  mutating func remove(_ key: String) -> ToolCall? {
    guard let call = calls.removeValue(forKey: key) else { return nil }
    byteCount -= Self.weight(call)
    if call.nativeID == nil { namelessCount -= 1 }
    let name = Self.name(call.tool, call.conversationID)
    if names[name]?.first == key { names[name]?.removeFirst() } else { names[name]?.removeAll { $0 == key } }
    if names[name]?.isEmpty == true { names[name] = nil }
    return call
  }

  /// Takes out the first call of that tool which waits in that conversation: results of some services carry no ids.
  mutating func removeFirst(of tool: String?, in conversation: String) -> ToolCall? {
    guard let tool, let key = names[Self.name(tool, conversation)]?.first else { return nil }
    return remove(key)
  }

  /// The key of the first call that waits and has no native id, in that conversation or in any.
  func firstNameless(in conversation: String?) -> String? {
    guard namelessCount > 0 else { return nil }
    return order.first { key in
      guard let call = calls[key], call.nativeID == nil else { return false }
      return conversation.map { $0 == call.conversationID } ?? true
    }
  }

  /// Takes out all that wait.
  mutating func removeAll() -> [ToolCall] {
    let all = order.compactMap { calls.removeValue(forKey: $0) }
    self = PendingCalls()
    return all
  }

  private static func name(_ tool: String, _ conversation: String) -> String { "\(conversation)\n\(tool)" }

  private static func weight(_ call: ToolCall) -> Int { call.arguments.utf8.count + call.command.utf8.count + 1_024 }
}
