import Model

/// Facts about changes and their approvals.
extension CaseFacts {
  var changeApproval: FactAssessment {
    var result = of(
      changes,
      "\(Figures.count(changes.count, "change")): \(Figures.count(approved.count)) approved by signature, "
        + "\(Figures.count(allowed.count)) allowed by the policy, \(Figures.count(refused.count)) not approved or "
        + "forbidden, \(Figures.count(undecidable.count)) that cannot be decided.")
    result = unknown(
      result, when: undecidable.count + unjudged.count > 0,
      "The policy could not decide on \(Figures.count(undecidable.count + unjudged.count, "change")).")
    return against(
      result, refused.count, refused.ids,
      "\(Figures.count(refused.count, "change")) ran without an approval that the policy takes.")
  }

  /// Signatures on changes, by what they are worth.
  private func signatures(_ isWanted: (Approval) -> Bool) -> Count {
    var count = Count()
    for approval in verdict.approvals where isWanted(approval) {
      if let action = approval.actionID { count.add(action) }
    }
    return count
  }

  var separation: FactAssessment {
    let own = signatures { $0.state == .own }
    let valid = signatures { $0.state == .valid && $0.stance == .approve }
    var result = of(
      valid,
      "\(Figures.count(valid.count, "signature")) of people who neither asked for the change nor made it, on "
        + "\(Figures.count(approved.count, "approved change")).")
    result = unknown(
      result, when: changes.count > allowed.count + approved.count,
      "Not every change has an approval to look at.")
    return against(
      result, own.count, own.ids,
      "\(Figures.count(own.count, "signature")) by who asked for the change or made it; none of them counts.")
  }

  var emergency: FactAssessment {
    let used = signatures { $0.stance == .breakGlass && $0.state == .valid }
    let reviewed = Set(
      verdict.approvals.filter { $0.stance == .review && $0.state == .valid }.compactMap(\.actionID))
    var open = Count()
    for id in Set(
      verdict.approvals.filter { $0.stance == .breakGlass && $0.state == .valid }.compactMap(\.actionID)
    ).sorted() where !reviewed.contains(id) {
      open.add(id)
    }
    let result = of(
      used,
      "\(Figures.count(used.count, "emergency approval")), \(Figures.count(reviewed.count, "change")) reviewed "
        + "after it."
    )
    return against(
      result, open.count, open.ids,
      "\(Figures.count(open.count, "emergency change")) without a signed review by somebody else.")
  }

  var privilegedUse: FactAssessment {
    let result = of(
      privileged,
      "\(Figures.count(privileged.count, "action")) with power over schema, privileges or programs.")
    return against(
      result, privilegedRefused.count, privilegedRefused.ids,
      "\(Figures.count(privilegedRefused.count)) of them \(privilegedRefused.count == 1 ? "was" : "were") not accepted."
    )
  }

  var traceability: FactAssessment {
    guard hasTranscripts else {
      return unknown(
        plain(0, "\(Figures.count(changes.count, "change"))."), when: true,
        "No transcripts of agents were given, so nothing tells which prompt asked for what.")
    }
    let result = of(
      traced,
      "\(Figures.count(traced.count)) of \(Figures.count(changes.count, "change")) go back to a prompt; "
        + "\(Figures.count(untraced.count)) to none that is known for sure.")
    return against(
      result, untracedRefused.count, untracedRefused.ids,
      "\(Figures.count(untracedRefused.count, "change")) neither approved nor explained by a prompt.")
  }
}
