import Model

/// What happened, in two sentences made of facts only.
struct Story {
  let survey: CaseSurvey

  /// Things named in the first sentence.
  private static let named = 4

  var prose: Prose {
    guard !survey.sessions.isEmpty else {
      return survey.sources.isEmpty
        ? "This case holds no evidence yet."
        : "No session could be rebuilt from \(Figures.count(survey.sources.count, "source"))."
    }
    guard let second else { return first }
    return first + " " + second
  }

  /// Who acted, most of what nobody approved first: sessions of one actor on one target are one.
  private var actors: [(session: Session, sessions: [Int], unaccepted: Int, changes: Int)] {
    var places: [String: Int] = [:]
    var found: [(session: Session, sessions: [Int], unaccepted: Int, changes: Int)] = []
    for (index, session) in survey.sessions.enumerated() {
      guard let deeds = survey.deeds[index] else { continue }
      let key = session.actor + "\u{0}" + (session.target ?? "")
      if let place = places[key] {
        found[place].sessions.append(index)
        found[place].unaccepted += deeds.unaccepted
        found[place].changes += deeds.changes
      } else {
        places[key] = found.count
        found.append((session, [index], deeds.unaccepted, deeds.changes))
      }
    }
    return found.enumerated().sorted {
      ($1.element.unaccepted, $1.element.changes, $0.offset) < ($0.element.unaccepted, $0.element.changes, $1.offset)
    }.map(\.element)
  }

  private var first: Prose {
    guard let main = actors.first else {
      let readers = Set(survey.sessions.filter { !$0.isOpaque }.map(\.actor)).count
      if survey.total.actions == 0 {
        return survey.opaqueSessions.isEmpty
          ? "The sessions hold no request." : "Nothing inside the sessions could be read."
      }
      return
        "\(Figures.count(readers, "user")) ran \(Figures.count(survey.total.actions, "action")), none of them a change."
    }
    var lasting: [Deeds.Deed] = []
    var tried: [Deeds.Deed] = []
    for index in main.sessions {
      lasting += survey.deeds[index]?.lasting ?? []
      tried += survey.deeds[index]?.tried ?? []
    }
    var subject: Prose = "\(strong: main.session.actor)"
    let origin = [main.session.application.map { "with " + $0 }, "from " + main.session.clientHost].compactMap(\.self)
    subject = subject + Prose(pieces: [.words(" (" + origin.joined(separator: " ") + ") ")])
    let place: Prose = main.session.target.map { " in \(code: $0)" } ?? ""
    if !lasting.isEmpty { return subject + list(lasting, of: main.changes) + place + "." }
    if !tried.isEmpty {
      return subject + "made changes that left no effect: " + list(tried, of: main.changes) + place + "."
    }
    return subject + "made \(Figures.count(main.changes, "change"))" + place + "."
  }

  /// What nobody accepted, or else everything; schema and privileges before data; things of one kind together.
  private func list(_ deeds: [Deeds.Deed], of changes: Int) -> Prose {
    // Beside what nobody accepted, what someone did is no news.
    let told = deeds.contains(where: \.isUnaccepted) ? deeds.filter(\.isUnaccepted) : deeds
    let sorted = told.enumerated().sorted { Self.rank($0) < Self.rank($1) }.map(\.element)
    var groups: [(access: String, kind: String, names: [String])] = []
    for deed in sorted {
      let resource = deed.resource
      if let place = groups.firstIndex(where: { $0.access == resource.access && $0.kind == resource.kind }) {
        if !groups[place].names.contains(resource.name) { groups[place].names.append(resource.name) }
      } else {
        groups.append((resource.access, resource.kind, [resource.name]))
      }
    }
    var items = groups.prefix(Self.named).map { group -> Prose in
      var names = group.names.prefix(Self.named).map { Prose(pieces: [.code($0)]) }
      if group.names.count > Self.named { names.append("\(group.names.count - Self.named) more") }
      let kind = group.names.count == 1 ? group.kind : group.kind + "s"
      return "\(Wording.past(group.access)) \(kind) " + .list(names)
    }
    if groups.count > Self.named { items.append("more") }
    return .list(items)
  }

  private static func rank(_ deed: EnumeratedSequence<[Deeds.Deed]>.Element) -> (Int, Int) {
    let byEffect =
      switch deed.element.effect {
      case .schema: 0
      case .privilege: 1
      case .execute, .unknown: 2
      default: 3
      }
    return (byEffect, deed.offset)
  }

  private var second: Prose? {
    var parts: [Prose] = []
    let others = actors.dropFirst()
    if let other = others.first {
      let unaccepted = others.reduce(0) { $0 + $1.unaccepted }
      let changes = others.reduce(0) { $0 + $1.changes }
      let who: Prose = others.count == 1 ? "\(strong: other.session.actor)" : "\(others.count) other users"
      parts.append(
        who + " made \(Figures.count(changes, "change"))"
          + (unaccepted > 0 ? ", \(unaccepted) of them not accepted by the policy" : ", all accepted by the policy"))
    }
    let unexplained = survey.prompts.unexplained.count
    if survey.prompts.isPresent, unexplained > 0 {
      parts.append(
        "\(Figures.count(unexplained, "change")) \(unexplained == 1 ? "goes" : "go") back to no known prompt")
    }
    let readers = survey.sessions.indices.count {
      survey.deeds[$0] == nil && !survey.sessions[$0].isOpaque && survey.tallies[$0].actions > 0
    }
    if readers > 0, !actors.isEmpty {
      parts.append("\(Figures.count(readers, others.isEmpty ? "other session" : "session")) made no change")
    }
    let undone = survey.total.withoutEffect
    if undone > 0 {
      parts.append(
        "\(Figures.count(undone, "change")) \(undone == 1 ? "was undone or failed, and" : "were undone or failed, and") left no effect\(survey.protocols.contains("http") ? "" : " in the database")"
      )
    }
    if survey.total.incomplete > 0 {
      let count = survey.total.incomplete
      parts.append("of \(Figures.count(count, "action")) the evidence of the outcome is missing")
    }
    if !survey.gaps.isEmpty {
      let sessions = Set(survey.gaps.map(\.sessionID)).count
      parts.append(
        "\(Figures.bytes(survey.missingByteCount)) of \(Figures.count(sessions, "session")) were not captured")
    }
    let opaque = survey.opaqueSessions.count
    if opaque > 0, survey.total.actions > 0 || !actors.isEmpty {
      parts.append("\(Figures.count(opaque, "session")) could not be looked into")
    }
    if parts.isEmpty { return survey.isComplete ? "Nothing of the captured sessions is missing." : nil }
    var sentence = Prose(pieces: [])
    for (index, part) in parts.enumerated() {
      if index > 0 { sentence = sentence + "; " }
      sentence = sentence + (index == 0 ? part.capitalized : part)
    }
    return sentence + "."
  }
}

extension Prose {
  /// With a capital letter, where the first piece is words of ours and not a name.
  fileprivate var capitalized: Prose {
    guard case .words(let words)? = pieces.first else { return self }
    var copy = self
    copy.pieces[0] = .words(words.prefix(1).uppercased() + words.dropFirst())
    return copy
  }
}
