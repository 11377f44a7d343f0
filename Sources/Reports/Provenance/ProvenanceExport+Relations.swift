import Model

/// What happened to what: usage, generation, invalidation, derivation.
extension ProvenanceExport {
  mutating func usages() throws {
    var document = document
    document.begin("used")
    try reading.forEachToolCall { call in
      guard let prompt = call.promptID, prompts[prompt] != nil else { return }
      try document.relation { used in
        used.set("prov:activity", name: ProvenanceNames.of(call.id))
        used.set("prov:entity", name: ProvenanceNames.of(prompt))
      }
    }
    try forEachAction { action, session in
      try document.relation { used in
        used.set("prov:activity", name: ProvenanceNames.of(action.id))
        used.set("prov:entity", name: textName(of: action))
        used.set("prov:time", action.startedAt)
        used.set("prov:role", name: "exhibit:text")
      }
      for use in ResourceUse.all(of: action, in: session) where use.change == .used {
        try document.relation { used in
          used.set("prov:activity", name: ProvenanceNames.of(action.id))
          used.set("prov:entity", name: name(of: use, in: action))
          used.set("exhibit:access", use.resource.access)
        }
      }
    }
    document.end()
    self.document = document
  }

  mutating func generations() throws {
    var document = document
    document.begin("wasGeneratedBy")
    try reading.forEachPrompt { prompt in
      guard prompt.kind == .delegated, let place = prompts[prompt.id], let call = tree.callAbove(place) else { return }
      try document.relation { generated in
        generated.set("prov:entity", name: ProvenanceNames.of(prompt.id))
        generated.set("prov:activity", name: ProvenanceNames.of(call.id))
      }
    }
    try forEachAction { action, session in
      for use in ResourceUse.all(of: action, in: session) where use.change == .generated {
        try document.relation { generated in
          generated.set("prov:entity", name: use.version(by: action))
          generated.set("prov:activity", name: ProvenanceNames.of(action.id))
          generated.set("prov:time", action.endedAt ?? action.startedAt)
          generated.set("exhibit:access", use.resource.access)
        }
      }
    }
    document.end()
    self.document = document
  }

  /// Calls `body` for the changes of resources in order of time, each with the state that it found, where that is known.
  func forEachChange(
    _ body: (_ action: Action, _ use: ResourceUse, _ before: String?) throws -> Void
  ) throws {
    var states: [ProvenanceNames.Key: String] = [:]
    try forEachAction { action, session in
      guard action.isChange else { return }
      for use in ResourceUse.all(of: action, in: session) where use.change != .used {
        let key = ProvenanceNames.Key(use.digest)
        try body(action, use, states[key])
        if use.change == .invalidated {
          states[key] = nil
        } else if states.count < ProvenanceNames.sharedLimit || states[key] != nil {
          states[key] = use.version(by: action)
        }
      }
    }
  }

  mutating func invalidations() throws {
    var document = document
    document.begin("wasInvalidatedBy")
    try forEachChange { action, use, before in
      guard use.change == .invalidated else { return }
      try document.relation { invalidated in
        // A resource that stood before the evidence begins has a state that only this tells of.
        invalidated.set("prov:entity", name: before ?? use.version(by: action))
        invalidated.set("prov:activity", name: ProvenanceNames.of(action.id))
        invalidated.set("prov:time", action.endedAt ?? action.startedAt)
        invalidated.set("exhibit:access", use.resource.access)
      }
    }
    document.end()
    self.document = document
  }

  mutating func derivations() throws {
    let known = Set(sources.map(\.id))
    var document = document
    document.begin("wasDerivedFrom")
    try reading.forEachPrompt { prompt in
      guard let source = prompt.sourceID, known.contains(source) else { return }
      try document.relation { derived in
        derived.set("prov:generatedEntity", name: ProvenanceNames.of(prompt.id))
        derived.set("prov:usedEntity", name: ProvenanceNames.of(source))
        derived.set("exhibit:record", prompt.packet)
      }
    }
    try forEachAction { action, session in
      guard let source = action.sourceID, known.contains(source) else { return }
      try document.relation { derived in
        derived.set("prov:generatedEntity", name: textName(of: action))
        derived.set("prov:usedEntity", name: ProvenanceNames.of(source))
        derived.set("exhibit:action", name: ProvenanceNames.of(action.id))
        derived.set("exhibit:packet", action.packet)
      }
    }
    try forEachChange { action, use, before in
      guard use.change == .generated else { return }
      try document.relation { derived in
        derived.set("prov:generatedEntity", name: use.version(by: action))
        derived.set("prov:usedEntity", name: textName(of: action))
        derived.set("prov:activity", name: ProvenanceNames.of(action.id))
      }
      guard let before else { return }
      try document.relation { derived in
        derived.type("prov:Revision")
        derived.set("prov:generatedEntity", name: use.version(by: action))
        derived.set("prov:usedEntity", name: before)
        derived.set("prov:activity", name: ProvenanceNames.of(action.id))
      }
    }
    document.end()
    self.document = document
  }

  mutating func specializations() throws {
    var document = document
    document.begin("specializationOf")
    try forEachChange { action, use, before in
      // A state that ended without a beginning has its name from its end.
      guard use.change == .generated || before == nil else { return }
      try document.relation { special in
        special.set("prov:specificEntity", name: use.version(by: action))
        special.set("prov:generalEntity", name: name(of: use, in: action))
      }
    }
    document.end()
    self.document = document
  }
}
