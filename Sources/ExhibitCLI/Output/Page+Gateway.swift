import Model
import Store

extension Page {
  /// What a gateway decided of an action, who spoke for it, and what was masked in its answer.
  mutating func addGateway(of action: Action, in file: CaseFile) throws {
    try addDecisions(of: action, in: file)
    for mask in try file.inlineMasks(of: action.id) {
      let place = mask.location.map { " in \($0)" } ?? ""
      add(
        "masked",
        "\(Quantity.of(mask.count, "value")) of \(mask.dataClass)\(place), \(mask.method), by rule \(mask.rule)")
    }
  }

  /// What a gateway decided of an action, and who spoke for it.
  mutating func addDecisions(of action: Action, in file: CaseFile) throws {
    for verdict in try file.verdicts(of: action.id) {
      let who = [verdict.people.joined(separator: ", "), verdict.key ?? ""].filter { !$0.isEmpty }
      var text = verdict.outcome
      if let rule = verdict.rule { text += " by rule \(rule)" }
      if !who.isEmpty { text += ", \(who.joined(separator: ", "))" }
      if let reason = verdict.reason { text += ": \(reason)" }
      if let seenAt = verdict.seenAt {
        text += "\nthe gateway saw the signature at \(seenAt.formatted(fractionDigits: 0))"
      }
      if let request = verdict.requestSHA256 { text += "\nrequest \(request)" }
      add(verdict.kind == "approval" ? "approval" : "gateway", "\(text)\n\(verdict.at)")
    }
  }
}
