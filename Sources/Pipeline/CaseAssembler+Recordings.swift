import Model
import Sessions

/// What a gateway told of a connection: who is behind it, what was decided and masked.
extension CaseAssembler {
  mutating func learn(_ event: RecordedEvent, _ flow: FlowID, _ origin: Origin) {
    guard let assembly = open[flow] else { return }
    switch event.event {
    case .opening(let opening): learn(opening, assembly)
    case .closing(let closing):
      var facts = SessionFacts()
      facts.parameters["gateway.closed"] = closing.reason
      assembly.builder.add(facts)
    case .decision, .approval, .mask:
      guard let offset = event.event.requestOffset else { return }
      let told: GatewayTrail.Told = (offset, event, origin)
      var trail = assembly.gateway ?? GatewayTrail()
      let sequence = trail.sequence(of: told)
      assembly.gateway = trail
      if let sequence { write(told, sequence, assembly) }
    // What the requests themselves say is read of them again.
    case .context, .agent, .heartbeat, .lost, .other: return
    }
  }

  private func learn(_ opening: SessionOpening, _ assembly: Assembly) {
    if assembly.gateway == nil {
      var trail = GatewayTrail()
      if !assembly.builder.flow.sawHandshake { trail.base = opening.offset }
      assembly.gateway = trail
    }
    var facts = SessionFacts()
    facts.agent = opening.agent
    facts.human = opening.human
    facts.upstream = opening.upstream
    facts.gateway = opening.gateway.description
    let known: [(String, String?)] = [
      ("target", opening.target), ("upstream", opening.upstream), ("source", opening.source),
      ("process", opening.process), ("user", opening.user), ("database", opening.database), ("run", opening.run),
      ("authentication", opening.authentication),
      ("certificate", opening.certificate), ("token", opening.token),
      ("policy", opening.policy), ("traceparent", opening.traceparent),
      ("application", opening.application),
      ("prompts", opening.prompts.isEmpty ? nil : opening.prompts.joined(separator: " ")),
    ]
    for (name, value) in known { facts.parameters["gateway.\(name)"] = value }
    assembly.builder.add(facts)
  }

  /// Gives an action what was told of its request.
  mutating func join(_ exchange: Exchange, _ sequence: Int, _ assembly: Assembly, isShared: Bool = false) {
    guard let told = assembly.gateway?.add(request: exchange, sequence: sequence, isShared: isShared) else { return }
    for one in told { write(one, sequence, assembly) }
  }

  /// Gives a line that was typed what was told of it.
  mutating func join(typed text: String, _ at: Timestamp, _ sequence: Int, _ assembly: Assembly) {
    guard let told = assembly.gateway?.take(typed: text, since: at) else { return }
    for one in told { write(one, sequence, assembly) }
  }

  /// Writes what was told of requests that nobody saw.
  mutating func settle(_ assembly: Assembly) {
    guard let rest = assembly.gateway?.finish() else { return }
    for told in rest { write(told, nil, assembly) }
  }

  private mutating func write(_ told: GatewayTrail.Told, _ sequence: Int?, _ assembly: Assembly) {
    if case .mask(let mask) = told.event.event {
      var record = MaskRecord(rule: mask.rule, dataClass: mask.dataClass, method: mask.method, count: mask.count)
      (record.session, record.sequence) = (assembly.number, sequence)
      (record.location, record.isInline) = (mask.location, true)
      writes.append(.masked(record))
      return
    }
    writes.append(
      .verdict(
        RecordedVerdict(
          session: assembly.number, sequence: sequence, at: told.event.at, event: told.event.event,
          origin: told.origin)))
  }
}
