import Model

/// Who is behind what: the chain from an action to a person, with how sure each step is.
extension ProvenanceExport {
  mutating func communications() throws {
    var document = document
    document.begin("wasInformedBy")
    for place in tree.nodes.indices {
      guard let above = tree.callAbove(place)?.id ?? tree.nodes[place].parent.map({ tree.nodes[$0].conversation.id })
      else { continue }
      try document.relation { informed in
        informed.set("prov:informed", name: ProvenanceNames.of(tree.nodes[place].conversation.id))
        informed.set("prov:informant", name: ProvenanceNames.of(above))
      }
    }
    // A relation may only name what is declared.
    var declared: Set<String> = []
    try reading.forEachToolCall { declared.insert($0.id) }
    try reading.forEachToolCall { call in
      guard let above = call.callAbove, declared.contains(above.id) else { return }
      try document.relation { informed in
        informed.set("prov:informed", name: ProvenanceNames.of(call.id))
        informed.set("prov:informant", name: ProvenanceNames.of(above.id))
      }
    }
    try forEachAction { action, _ in
      let marks = try reading.attributionMarks(of: action.id)
      for mark in marks {
        guard let call = mark.callID, declared.contains(call) else { continue }
        try document.relation { informed in
          informed.set("prov:informed", name: ProvenanceNames.of(action.id))
          informed.set("prov:informant", name: ProvenanceNames.of(call))
          Self.describe(mark, &informed)
        }
      }
      if let via = marks.first?.viaActionID {
        try document.relation { informed in
          informed.set("prov:informed", name: ProvenanceNames.of(action.id))
          informed.set("prov:informant", name: ProvenanceNames.of(via))
          informed.type("exhibit:Via")
        }
      }
    }
    document.end()
    self.document = document
  }

  /// Actions of which the prompt is known, and not which of its calls.
  mutating func influences() throws {
    var document = document
    document.begin("wasInfluencedBy")
    try forEachAction { action, _ in
      for mark in try reading.attributionMarks(of: action.id) {
        guard mark.callID == nil, let prompt = mark.promptID, prompts[prompt] != nil else { continue }
        try document.relation { influence in
          influence.set("prov:influencee", name: ProvenanceNames.of(action.id))
          influence.set("prov:influencer", name: ProvenanceNames.of(prompt))
          Self.describe(mark, &influence)
        }
      }
    }
    document.end()
    self.document = document
  }

  private static func describe(_ mark: AttributionMark, _ attributes: inout ProvenanceAttributes) {
    attributes.set("exhibit:method", mark.method.rawValue)
    attributes.set("exhibit:confidence", real: mark.confidence)
    attributes.set("exhibit:ambiguous", isTrue: mark.isAmbiguous)
    attributes.set("exhibit:reason", mark.reason)
  }

  mutating func associations() throws {
    var document = document
    document.begin("wasAssociatedWith")
    for (place, node) in tree.nodes.enumerated() {
      try document.relation { associated in
        associated.set("prov:activity", name: ProvenanceNames.of(node.conversation.id))
        associated.set("prov:agent", name: workerName(Worker(conversation: place, agentID: nil)))
      }
      guard let human = human(ofConversation: place) else { continue }
      try document.relation { associated in
        associated.set("prov:activity", name: ProvenanceNames.of(node.conversation.id))
        associated.set("prov:agent", name: Self.humanName(human))
        associated.set("prov:role", name: "exhibit:user")
      }
    }
    try reading.forEachToolCall { call in
      guard let worker = worker(of: call) else { return }
      try document.relation { associated in
        associated.set("prov:activity", name: ProvenanceNames.of(call.id))
        associated.set("prov:agent", name: workerName(worker))
      }
    }
    for session in sessions {
      guard let account = account(of: session) else { continue }
      try document.relation { associated in
        associated.set("prov:activity", name: ProvenanceNames.of(session.id))
        associated.set("prov:agent", name: accountName(account))
      }
    }
    try forEachAction { action, session in
      guard let account = account(of: action, in: session) else { return }
      try document.relation { associated in
        associated.set("prov:activity", name: ProvenanceNames.of(action.id))
        associated.set("prov:agent", name: accountName(account))
      }
    }
    document.end()
    self.document = document
  }

  mutating func delegations() throws {
    var document = document
    document.begin("actedOnBehalfOf")
    for (place, node) in tree.nodes.enumerated() {
      let responsible =
        node.parent.map { workerName(Worker(conversation: $0, agentID: nil)) }
        ?? human(ofConversation: place).map { Self.humanName($0) }
      guard let responsible else { continue }
      try document.relation { delegation in
        delegation.set("prov:delegate", name: workerName(Worker(conversation: place, agentID: nil)))
        delegation.set("prov:responsible", name: responsible)
        delegation.set("prov:activity", name: ProvenanceNames.of(node.conversation.id))
      }
    }
    for worker in workers {
      try document.relation { delegation in
        delegation.set("prov:delegate", name: workerName(worker))
        let own = Worker(conversation: worker.conversation, agentID: nil)
        delegation.set("prov:responsible", name: workerName(own))
        let conversation = tree.nodes[worker.conversation].conversation
        delegation.set("prov:activity", name: ProvenanceNames.of(conversation.id))
      }
    }
    try forEachAction { action, session in
      // Nothing is claimed of an agent where several remain.
      guard let account = account(of: action, in: session),
        let best = try reading.attributionMarks(of: action.id).first, !best.isAmbiguous,
        let place = best.conversationID.flatMap({ tree.place(of: $0) })
      else { return }
      try document.relation { delegation in
        delegation.set("prov:delegate", name: accountName(account))
        delegation.set("prov:responsible", name: workerName(Worker(conversation: place, agentID: nil)))
        delegation.set("prov:activity", name: ProvenanceNames.of(action.id))
        delegation.set("exhibit:confidence", real: best.confidence)
        delegation.set("exhibit:method", best.method.rawValue)
      }
    }
    document.end()
    self.document = document
  }

  /// Who gave a prompt: the person who typed it, or the agent that delegated.
  mutating func attributions() throws {
    var document = document
    document.begin("wasAttributedTo")
    try reading.forEachPrompt { prompt in
      guard let place = prompts[prompt.id] else { return }
      let above = tree.nodes[place].parent ?? place
      let agent =
        prompt.kind.isTyped
        ? (prompt.human ?? human(ofConversation: place)).map { Self.humanName($0) }
        : workerName(Worker(conversation: prompt.kind == .delegated ? above : place, agentID: nil))
      guard let agent else { return }
      try document.relation { attributed in
        attributed.set("prov:entity", name: ProvenanceNames.of(prompt.id))
        attributed.set("prov:agent", name: agent)
      }
    }
    document.end()
    self.document = document
  }
}
