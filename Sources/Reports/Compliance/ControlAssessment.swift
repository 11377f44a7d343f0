import Model

/// How the evidence of a case stands to one control.
struct ControlAssessment {
  let control: Control
  let state: ControlState
  let facts: [(fact: CaseFact, assessment: FactAssessment)]

  /// `facts` are those of the case. An exception in any makes it one; it is supported only when all are.
  init(_ control: Control, _ facts: [CaseFact: FactAssessment]) {
    self.control = control
    self.facts = control.facts.compactMap { fact in facts[fact].map { (fact, $0) } }
    if self.facts.contains(where: { $0.assessment.state == .exception }) {
      state = .exception
    } else if !self.facts.isEmpty, self.facts.allSatisfy({ $0.assessment.state == .supported }) {
      state = .supported
    } else {
      state = .notCovered
    }
  }

  /// One sentence for a person. It speaks of evidence, never of compliance.
  var summary: String {
    switch state {
    case .supported: "The recording holds evidence for this control and none against it."
    case .exception: "The recording holds evidence against this control."
    case .notCovered: "This recording does not cover the control."
    }
  }
}

/// All controls of a framework against one case.
struct FrameworkAssessment {
  let framework: Framework
  let facts: [CaseFact: FactAssessment]
  let controls: [ControlAssessment]

  init(_ framework: Framework, _ facts: CaseFacts) {
    self.framework = framework
    let asked = Set(framework.controls.flatMap(\.facts))
    let assessed = Dictionary(uniqueKeysWithValues: asked.map { ($0, facts.assess($0)) })
    self.facts = assessed
    controls = framework.controls.map { ControlAssessment($0, assessed) }
  }

  func count(_ state: ControlState) -> Int { controls.count { $0.state == state } }

  /// The facts that its controls ask for, in the order of their declaration.
  var askedFacts: [(fact: CaseFact, assessment: FactAssessment)] {
    CaseFact.allCases.compactMap { fact in facts[fact].map { (fact, $0) } }
  }
}
