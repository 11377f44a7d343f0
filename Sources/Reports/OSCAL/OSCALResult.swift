import Bytes
import Model

/// The result of one framework: what was reviewed, what was observed, what follows for each control.
struct OSCALResult {
  private let assessment: FrameworkAssessment
  private let facts: CaseFacts
  private let names: ReportUUID
  private let back: OSCALBackMatter
  private let caseName: String
  private var framework: Framework { assessment.framework }
  private var observed: [(fact: CaseFact, assessment: FactAssessment)] {
    assessment.askedFacts.filter { $0.fact != .outside }
  }

  init(
    _ assessment: FrameworkAssessment, facts: CaseFacts, names: ReportUUID, back: OSCALBackMatter, caseName: String
  ) {
    self.assessment = assessment
    self.facts = facts
    self.names = names
    self.back = back
    self.caseName = caseName
  }

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("uuid", uuid("result"))
      json.member("title", OSCALText.markup("\(framework.name): evidence in case \(caseName)", limit: 300))
      json.member(
        "description",
        OSCALText.markup(
          "Evidence for \(Figures.count(framework.controls.count, "control")) of \(framework.name) "
            + "(\(framework.edition)): \(assessment.count(.supported)) supported, "
            + "\(assessment.count(.exception)) with exceptions, \(assessment.count(.notCovered)) not covered by "
            + "this recording."
        ))
      json.member("start", OSCALText.time(facts.first ?? .epoch))
      json.member("end", OSCALText.time(facts.last ?? .epoch))
      if let note = framework.note { json.member("remarks", OSCALText.markup(note)) }
      writeReviewed(to: &json)
      json.key("observations")
      json.array { json in for (fact, state) in observed { write(fact, state, to: &json) } }
      let risks = observed.filter { $0.assessment.state == .exception }
      if !risks.isEmpty {
        json.key("risks")
        json.array { json in for (fact, state) in risks { writeRisk(fact, state, to: &json) } }
      }
      json.key("findings")
      json.array { json in for control in assessment.controls { write(control, to: &json) } }
    }
  }

  private func uuid(_ kind: String, _ name: String = "") -> String {
    names.of(kind, framework.id, name, facts.verdict.policySHA256)
  }

  private func writeReviewed(to json: inout JSONWriter) {
    json.key("reviewed-controls")
    json.object { json in
      json.key("control-selections")
      json.array { json in
        json.object { json in
          json.member("description", OSCALText.markup("Controls of \(framework.name) to which captures may speak."))
          json.key("include-controls")
          json.array { json in
            for control in framework.controls {
              json.object { $0.member("control-id", framework.token(of: control)) }
            }
          }
        }
      }
    }
  }

  private func write(_ fact: CaseFact, _ state: FactAssessment, to json: inout JSONWriter) {
    json.object { json in
      json.member("uuid", uuid("observation", fact.rawValue))
      json.member("title", fact.title)
      json.member("description", OSCALText.markup((state.evidence + state.missing).joined(separator: " "), limit: 6000))
      json.key("props")
      json.array { json in
        OSCALReport.property("state", state.state.rawValue, &json)
        OSCALReport.property("population", String(state.population), &json)
        OSCALReport.property("exceptions", String(state.exceptionCount), &json)
        for id in state.actionIDs { OSCALReport.property("action", id, &json) }
        for id in state.findingIDs { OSCALReport.property("finding", id, &json) }
      }
      json.member("methods", ["EXAMINE"])
      json.member("collected", OSCALText.time(facts.last ?? .epoch))
      writeEvidence(fact, to: &json)
    }
  }

  /// Every source is evidence of every fact; those of approvals have the files that were signed besides.
  private func writeEvidence(_ fact: CaseFact, to json: inout JSONWriter) {
    let files = [.changeApproval, .separation, .emergency].contains(fact) ? back.approvals : []
    guard !back.sources.isEmpty || !files.isEmpty else { return }
    json.key("relevant-evidence")
    json.array { json in
      for source in back.sources.prefix(Self.evidenceLimit) {
        json.object { json in
          json.member("href", "#\(back.uuid(of: source))")
          json.member("description", OSCALText.markup(source.path, limit: 300))
        }
      }
      for file in files.prefix(Self.evidenceLimit) {
        json.object { json in
          json.member("href", "#\(back.uuid(of: file))")
          json.member("description", OSCALText.markup(file.name, limit: 300))
        }
      }
    }
  }

  /// References of one observation; the resources are all there.
  private static let evidenceLimit = 200

  private func writeRisk(_ fact: CaseFact, _ state: FactAssessment, to json: inout JSONWriter) {
    json.object { json in
      json.member("uuid", uuid("risk", fact.rawValue))
      json.member("title", "Exception: \(fact.title)")
      json.member("description", OSCALText.markup(state.evidence.joined(separator: " "), limit: 6000))
      json.member(
        "statement",
        "The recording holds evidence against what controls ask for. Whether it is a risk is for people to say.")
      json.member("status", "open")
      writeObservations([fact], to: &json)
    }
  }

  private func write(_ control: ControlAssessment, to json: inout JSONWriter) {
    let token = framework.token(of: control.control)
    json.object { json in
      json.member("uuid", uuid("finding", control.control.id))
      json.member("title", OSCALText.markup("\(control.control.id): \(control.control.title)"))
      json.member("description", OSCALText.markup("\(control.summary) To be shown: \(control.control.shows)"))
      json.key("target")
      json.object { json in
        json.member("type", "statement-id")
        json.member("target-id", token + "_smt")
        json.key("status")
        json.object { json in
          json.member("state", control.state == .supported ? "satisfied" : "not-satisfied")
          json.member("reason", Self.reason(control.state))
          json.member(
            "remarks", "This is what the evidence says, \(control.state.rawValue), and not whether anybody complies.")
        }
      }
      let asked = control.facts.filter { $0.fact != .outside }
      writeObservations(asked.map(\.fact), to: &json)
      let risks = asked.filter { $0.assessment.state == .exception }
      guard !risks.isEmpty else { return }
      json.key("related-risks")
      json.array { json in
        for risk in risks { json.object { $0.member("risk-uuid", uuid("risk", risk.fact.rawValue)) } }
      }
    }
  }

  private func writeObservations(_ facts: [CaseFact], to json: inout JSONWriter) {
    guard !facts.isEmpty else { return }
    json.key("related-observations")
    json.array { json in
      for fact in facts { json.object { $0.member("observation-uuid", uuid("observation", fact.rawValue)) } }
    }
  }

  private static func reason(_ state: ControlState) -> String {
    switch state {
    case .supported: "pass"
    case .exception: "fail"
    case .notCovered: "other"
    }
  }
}
