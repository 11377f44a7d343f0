import Bytes
import Model

/// Entities, activities and agents: each once.
extension ProvenanceExport {
  mutating func entities() throws {
    var (document, texts, resources, accounts) = (document, texts, resources, accounts)
    document.begin("entity")
    for source in sources {
      try document.element(ProvenanceNames.of(source.id)) { entity in
        entity.type("exhibit:Evidence")
        entity.set("prov:label", source.path)
        entity.set("exhibit:sha256", source.sha256)
        entity.set("exhibit:kind", source.kind)
        entity.set("exhibit:bytes", source.byteCount)
        entity.set("exhibit:integrity", source.integrity)
        entity.set("exhibit:complete", isTrue: source.isComplete)
        entity.set("exhibit:note", source.note)
      }
    }
    try reading.forEachPrompt { prompt in
      try document.element(ProvenanceNames.of(prompt.id)) { entity in
        entity.type("provagent:Prompt")
        entity.set("prov:value", prompt.text)
        entity.set("exhibit:sha256", SHA256.digest(of: prompt.text).hex)
        entity.set("exhibit:kind", prompt.kind.rawValue)
        entity.set("exhibit:nativeId", prompt.nativeID)
        entity.set("exhibit:context", prompt.context)
        entity.set("exhibit:at", prompt.at ?? prompt.seenAt)
        if prompt.isCut { entity.set("exhibit:cut", isTrue: true) }
      }
    }
    try forEachAction { action, session in
      if let account = account(of: action, in: session) { accounts.insert(account) }
      let digest = SHA256.digest(of: action.text)
      if texts.declares(digest) {
        try document.element(texts.name("txt", digest, use: action.id)) { entity in
          entity.type("exhibit:Text")
          entity.set("prov:value", action.text)
          entity.set("exhibit:sha256", digest.hex)
          entity.set("exhibit:fingerprint", action.fingerprint)
        }
      }
      for use in ResourceUse.all(of: action, in: session) {
        if resources.declares(use.digest) {
          let name = resources.name("res", use.digest, use: "\(action.id)-\(use.number)")
          try document.element(name) { entity in
            entity.type("exhibit:Resource")
            entity.set("prov:label", "\(use.resource.kind) \(use.resource.name)")
            entity.set("exhibit:server", session.server)
            entity.set("exhibit:target", action.identity.target ?? session.target)
          }
        }
        guard use.change == .generated else { continue }
        try document.element(use.version(by: action)) { entity in
          entity.type("exhibit:State")
          entity.set("prov:label", use.resource.description)
          entity.set("exhibit:transaction", action.transaction?.rawValue)
        }
      }
    }
    for session in sessions { if let account = account(of: session) { accounts.insert(account) } }
    // What was there before the evidence begins is seen only by its end.
    try forEachChange { action, use, before in
      guard use.change == .invalidated, before == nil else { return }
      try document.element(use.version(by: action)) { entity in
        entity.type("exhibit:State")
        entity.set("prov:label", "\(use.resource.kind) \(use.resource.name)")
      }
    }
    document.end()
    (self.document, self.texts, self.resources, self.accounts) = (document, texts, resources, accounts)
  }

  func account(of session: Session) -> Account? { session.user.map { Account(server: session.server, user: $0) } }

  mutating func activities() throws {
    var document = document
    document.begin("activity")
    for node in tree.nodes {
      let conversation = node.conversation
      try document.element(ProvenanceNames.of(conversation.id)) { activity in
        activity.set("prov:startTime", conversation.startedAt)
        activity.type("exhibit:Conversation")
        activity.set("exhibit:nativeId", conversation.nativeID)
        activity.set("exhibit:link", conversation.link?.rawValue)
        activity.set("exhibit:clock", conversation.clock.rawValue)
        activity.set("exhibit:clockOffset", conversation.clockOffset)
      }
    }
    try reading.forEachToolCall { call in
      try document.element(ProvenanceNames.of(call.id)) { activity in
        activity.set("prov:startTime", call.startedAt)
        activity.set("prov:endTime", call.endedAt.map { max($0, call.startedAt) })
        activity.type("provagent:AgentTool")
        activity.set("prov:label", call.tool)
        activity.set("exhibit:nativeId", call.nativeID)
        activity.set("exhibit:command", call.command)
        activity.set("exhibit:status", call.status.rawValue)
        activity.set("exhibit:exitCode", call.exitCode)
        activity.set("exhibit:witness", call.witness?.rawValue)
        activity.set(
          "exhibit:conversation",
          name: tree.place(of: call.conversation).map { _ in
            ProvenanceNames.of(call.conversation)
          })
      }
    }
    for session in sessions {
      try document.element(ProvenanceNames.of(session.id)) { activity in
        activity.set("prov:startTime", session.startedAt)
        activity.set("prov:endTime", max(session.endedAt, session.startedAt))
        activity.type("exhibit:Session")
        activity.set("exhibit:protocol", session.protocolName)
        activity.set("exhibit:client", session.client)
        activity.set("exhibit:server", session.server)
        activity.set("exhibit:target", session.target)
        activity.set("exhibit:application", session.application)
        activity.set("exhibit:complete", isTrue: session.isComplete)
        activity.set("exhibit:incompleteReason", session.reason)
      }
    }
    let decisions = verdict.decisions
    try forEachAction { action, session in
      try document.element(ProvenanceNames.of(action.id)) { activity in
        activity.set("prov:startTime", action.startedAt)
        activity.set("prov:endTime", action.endedAt.map { max($0, action.startedAt) })
        activity.type("exhibit:Action")
        activity.set("prov:label", action.verb)
        activity.set("exhibit:kind", action.kind)
        activity.set("exhibit:effect", action.effect.rawValue)
        activity.set("exhibit:status", action.status.rawValue)
        activity.set("exhibit:code", action.code)
        activity.set("exhibit:transaction", action.transaction?.rawValue)
        activity.set("exhibit:rows", action.rowCount)
        if action.isInferred { activity.set("exhibit:inferred", isTrue: true) }
        activity.set("exhibit:session", name: ProvenanceNames.of(session.id))
        activity.set("exhibit:decision", decisions[action.id]?.outcome.rawValue)
        activity.set("exhibit:rule", decisions[action.id]?.rule)
      }
    }
    document.end()
    self.document = document
  }

  mutating func agents() throws {
    document.begin("agent")
    for human in humans {
      try document.element(Self.humanName(human)) { agent in
        agent.type("prov:Person")
        agent.set("prov:label", human)
      }
    }
    let all = tree.nodes.indices.map { Worker(conversation: $0, agentID: nil) } + workers
    for worker in all {
      let conversation = tree.nodes[worker.conversation].conversation
      try document.element(workerName(worker)) { agent in
        agent.type("prov:SoftwareAgent")
        agent.type("provagent:AIAgent")
        agent.set("prov:label", conversation.agent)
        agent.set("exhibit:agentId", worker.agentID ?? conversation.agentID)
        agent.set("exhibit:version", conversation.agentVersion)
        agent.set("exhibit:model", conversation.model)
      }
    }
    for account in accounts.sorted(by: { ($0.server, $0.user) < ($1.server, $1.user) }) {
      try document.element(accountName(account)) { agent in
        agent.type("exhibit:Account")
        agent.set("prov:label", account.user)
        agent.set("exhibit:server", account.server)
      }
    }
    document.end()
  }
}
