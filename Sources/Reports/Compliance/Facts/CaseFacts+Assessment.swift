import Model

extension CaseFacts {
  /// What the case says of a fact. Without anything to look at, or while something was not seen, nothing is supported.
  func assess(_ fact: CaseFact) -> FactAssessment {
    var result = raw(fact)
    guard result.state == .supported else { return result }
    if result.population == 0 {
      result.state = .notCovered
      result.missing.append("There is nothing of the kind in this evidence.")
    } else if fact.needsAll, !gapsInEvidence.isEmpty {
      result.state = .notCovered
      result.missing.append("The evidence is not complete: " + gapsInEvidence.joined(separator: " "))
    } else if verdict.overall == .evidenceBroken {
      result.state = .notCovered
      result.missing.append("The evidence does not verify.")
    }
    return result
  }

  private func raw(_ fact: CaseFact) -> FactAssessment {
    switch fact {
    case .changeApproval: changeApproval
    case .separation: separation
    case .emergency: emergency
    case .identity: identity
    case .authentication:
      of(logins, "\(Figures.count(logins.count, "login")), of which \(Figures.count(failedLogins.count)) failed.")
    case .privilegedUse: privilegedUse
    case .privilegedRecords:
      of(privileged, "\(Figures.count(privileged.count, "action")) with power over schema, privileges or programs.")
    case .privilegeChanges:
      of(grants, "\(Figures.count(grants.count, "grant or revocation", "grants and revocations")).")
    case .objectChanges: of(objects, "\(Figures.count(objects.count, "change")) of schema objects.")
    case .dataAccess: dataAccess
    case .dataPermission: dataPermission
    case .logging: logging
    case .timestamps: timestamps
    case .clocks: clocks
    case .integrity: integrity
    case .custody:
      plain(sources.count, "\(Figures.count(sources.count, "source")) with size, times and SHA-256.")
    case .completeness:
      plain(
        sessions.count, "\(Figures.count(sessions.count, "session")), \(Figures.count(actions.count, "action")).")
    case .monitoring: monitoring
    case .followUp: followUp
    case .traceability: traceability
    case .outside:
      FactAssessment(
        state: .notCovered, evidence: [],
        missing: ["Captures do not show this: it needs other evidence."], population: 0, exceptionCount: 0,
        actionIDs: [], findingIDs: [])
    }
  }

  /// Something that is recorded when there is any of it.
  func of(_ count: Count, _ sentence: String) -> FactAssessment {
    var result = plain(count.count, sentence)
    result.actionIDs = count.ids
    return result
  }

  func plain(_ population: Int, _ sentence: String) -> FactAssessment {
    FactAssessment(
      state: .supported, evidence: [sentence], missing: [], population: population, exceptionCount: 0, actionIDs: [],
      findingIDs: [])
  }

  /// Turns it into an exception when something speaks against it.
  func against(_ result: FactAssessment, _ count: Int, _ ids: [String], _ sentence: String) -> FactAssessment {
    guard count > 0 else { return result }
    var result = result
    result.state = .exception
    result.evidence.append(sentence)
    result.exceptionCount += count
    result.actionIDs = ids
    return result
  }

  /// Turns it into one that is not covered when something keeps it from being known.
  func unknown(_ result: FactAssessment, when isUnknown: Bool, _ sentence: String) -> FactAssessment {
    guard isUnknown else { return result }
    var result = result
    if result.state == .supported { result.state = .notCovered }
    result.missing.append(sentence)
    return result
  }
}
