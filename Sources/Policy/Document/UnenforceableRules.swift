extension PolicyDocument {
  /// Rules that ask for what nobody knows before an action has run, and why; `check` finds afterwards what they forbid.
  public var unenforceableRules: [(rule: String, why: String)] {
    rules.compactMap { rule in
      var asked: [String] = []
      if rule.matcher.rowsOver != nil { asked.append("how many rows it touches") }
      if rule.matcher.returns != nil { asked.append("what it returns") }
      if !rule.matcher.statuses.isEmpty { asked.append("how it ends") }
      if !rule.matcher.transactions.isEmpty { asked.append("what becomes of its transaction") }
      if rule.matcher.prompt != nil { asked.append("which prompt caused it") }
      guard !asked.isEmpty else { return nil }
      return (
        rule.id,
        "asks \(asked.joined(separator: " and ")), which is not known before it runs; check tells it afterwards"
      )
    }
  }
}
