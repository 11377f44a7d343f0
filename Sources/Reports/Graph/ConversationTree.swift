import Model

/// The conversations of a case and what hangs below what; whatever the evidence says, there are no circles.
struct ConversationTree {
  /// How far up a conversation's parents are followed.
  static let depthLimit = 1_000

  struct Node {
    var conversation: StoredConversation
    /// The place of its parent, where the case has that.
    var parent: Int?
    /// The place of the one at the top.
    var root: Int
    /// What a reader groups it by: the source's own id, or Exhibit's where another conversation has that one already.
    var name: String
  }

  private(set) var nodes: [Node] = []
  private var places: [String: Int] = [:]

  init(_ conversations: [StoredConversation]) {
    var taken: Set<String> = []
    for conversation in conversations where places[conversation.id] == nil {
      places[conversation.id] = nodes.count
      nodes.append(Node(conversation: conversation, parent: nil, root: nodes.count, name: conversation.id))
    }
    // Those at the top choose first.
    for isTop in [true, false] {
      for index in nodes.indices where (nodes[index].conversation.parentID == nil) == isTop {
        guard let native = nodes[index].conversation.nativeID, !native.isEmpty, taken.insert(native).inserted
        else { continue }
        nodes[index].name = native
      }
    }
    var isSettled = Array(repeating: false, count: nodes.count)
    for index in nodes.indices { settle(index, &isSettled) }
  }

  /// Follows the parents up to one whose root is known; a step back into the same line is cut.
  private mutating func settle(_ start: Int, _ isSettled: inout [Bool]) {
    var line: [Int] = []
    var members: Set<Int> = []
    var current = start
    while !isSettled[current] {
      line.append(current)
      members.insert(current)
      guard line.count < Self.depthLimit, let parentID = nodes[current].conversation.parentID,
        let parent = places[parentID], !members.contains(parent)
      else { break }
      nodes[current].parent = parent
      current = parent
    }
    for index in line.reversed() {
      nodes[index].root = nodes[index].parent.map { nodes[$0].root } ?? index
      isSettled[index] = true
    }
  }

  /// The place of a conversation.
  func place(of id: String) -> Int? { places[id] }

  func root(of id: String) -> StoredConversation? { places[id].map { nodes[nodes[$0].root].conversation } }

  /// The call below which a conversation stands: one of its parent's own.
  func callAbove(_ place: Int) -> CallPlace? {
    let node = nodes[place]
    guard let call = node.conversation.parentCall, let parent = node.parent,
      call.conversation == nodes[parent].conversation.id
    else { return nil }
    return call
  }

  /// Whether one conversation is another or stands above it.
  func isAbove(_ upper: Int, _ lower: Int) -> Bool {
    var current: Int? = lower
    while let place = current {
      if place == upper { return true }
      current = nodes[place].parent
    }
    return false
  }
}

extension StoredToolCall {
  /// When it was made, or when the evidence shows it first.
  var startedAt: Timestamp { at ?? seenAt ?? .epoch }

  /// The call of the same conversation whose agent made this one; earlier than it, so that there are no circles.
  var callAbove: CallPlace? {
    guard let parent = parentCall, parent.conversation == conversation, (parent.at, parent.id) < (startedAt, id)
    else { return nil }
    return parent
  }
}
