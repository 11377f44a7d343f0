import Model

/// The issues of a verdict, or the worst of them when there are too many.
struct IssueList {
  /// Those that are kept, in the verdict's order: findings first, then decisions that no finding tells of.
  private(set) var issues: [Issue] = []
  /// How many there are in all.
  let count: Int
  /// Of those left out, how many of each severity.
  private(set) var left: [Finding.Severity: Int] = [:]

  private struct Place: Hashable {
    let action: String
    let rule: String
  }

  init(_ verdict: Verdict, limit: Int = .max) {
    var told = Set<Place>()
    for finding in verdict.findings {
      let outcome = finding.actionID.flatMap { verdict.decisions[$0]?.outcome }
      issues.append(Issue(finding, outcome: outcome))
      if let action = finding.actionID { told.insert(Place(action: action, rule: finding.rule)) }
    }
    let silent = verdict.decisions.values.filter {
      !$0.isAcceptable && !told.contains(Place(action: $0.actionID, rule: $0.rule))
    }
    issues += silent.sorted { $0.actionID < $1.actionID }.map { Issue($0) }
    count = issues.count
    guard count > limit else { return }
    let order = issues.indices.sorted {
      issues[$0].severity == issues[$1].severity ? $0 < $1 : issues[$0].severity > issues[$1].severity
    }
    for index in order.dropFirst(limit) { left[issues[index].severity, default: 0] += 1 }
    issues = order.prefix(limit).sorted().map { issues[$0] }
  }

  var leftCount: Int { count - issues.count }

  /// `3 critical, 12 high`: what was left out, the worst first.
  var leftText: String {
    Finding.Severity.allCases.reversed().compactMap { severity in
      left[severity].map { "\(Figures.count($0)) \(severity.rawValue)" }
    }.joined(separator: ", ")
  }
}
