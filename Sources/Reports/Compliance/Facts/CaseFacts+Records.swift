import Model

/// Facts about records: whose they are, what they say, when.
extension CaseFacts {
  var identity: FactAssessment {
    let more = users.count >= Self.userLimit ? "at least " : ""
    let result = of(
      actions,
      "\(Figures.count(actions.count, "action")) by \(more)\(Figures.count(users.count, "user")), as the protocol "
        + "names them."
    )
    return against(
      result, anonymous.count, anonymous.ids,
      "Of \(Figures.count(anonymous.count, "action")) the protocol did not say on whose behalf.")
  }

  var dataAccess: FactAssessment {
    of(reads, "\(Figures.count(reads.count, "read")) with \(Figures.count(rowsRead, "row")) returned.")
  }

  var dataPermission: FactAssessment {
    against(
      dataAccess, refusedReads.count, refusedReads.ids,
      "\(Figures.count(refusedReads.count, "read")) that the policy does not accept.")
  }

  var logging: FactAssessment {
    var result = of(
      actions,
      "\(Figures.count(actions.count, "record")) with user, type, time, outcome, origin and the object it "
        + "touched, as far as the protocol says."
    )
    result = unknown(
      result, when: anonymous.count > 0, "\(Figures.count(anonymous.count, "record")) without a user.")
    result = unknown(
      result, when: withoutPlace.count > 0,
      "\(Figures.count(withoutPlace.count, "record")) that cannot be followed to a packet.")
    return unknown(
      result, when: withoutOutcome.count > 0, "\(Figures.count(withoutOutcome.count, "record")) without an outcome.")
  }

  var timestamps: FactAssessment {
    let span = first.flatMap { first in last.map { "from \(first) to \($0)" } } ?? "without a span"
    return of(
      actions, "\(Figures.count(actions.count, "action")) with times in UTC to the nanosecond, \(span).")
  }

  /// Clocks that can be compared are those of transcripts, with the captures'.
  var clocks: FactAssessment {
    let offsets = conversations.compactMap(\.clockOffset)
    let worst = offsets.map { Int64(clamping: $0.magnitude) }.max() ?? 0
    let off = offsets.count { $0.magnitude > 1_000_000_000 }
    let result = plain(
      offsets.count,
      offsets.isEmpty
        ? "All times are of one clock, the capture's."
        : "The clocks of \(Figures.count(offsets.count, "conversation")) were compared with the captures'; they "
          + "differ by \(Figures.span(nanoseconds: worst)) at most."
    )
    return against(
      result, off, [], "\(Figures.count(off, "clock")) \(off == 1 ? "is" : "are") more than a second apart.")
  }

  var integrity: FactAssessment {
    let intact = sources.count { $0.integrity == "intact" }
    let broken = sources.count(where: \.isBroken)
    var result = plain(
      sources.count,
      "\(Figures.count(intact)) of \(Figures.count(sources.count, "source")) \(intact == 1 ? "is" : "are") signed "
        + "and verify."
    )
    result = unknown(
      result, when: intact + broken < sources.count,
      "\(Figures.count(sources.count - intact - broken, "source")) "
        + "bear\(sources.count - intact - broken == 1 ? "s" : "") no signature: "
        + "the digests fix what was read, not that it is unchanged since it was recorded.")
    return against(
      result, max(broken, verdict.overall == .evidenceBroken ? 1 : 0), [], "There is evidence that does not verify.")
  }

  var monitoring: FactAssessment {
    var result = of(
      actions,
      "\(Figures.count(actions.count, "action")) judged by policy \(verdict.policyName); "
        + "\(Figures.count(verdict.findings.count, "finding")).")
    result.findingIDs = verdict.findings.prefix(Self.namedLimit).map(\.id)
    return result
  }

  var followUp: FactAssessment {
    let serious = verdict.findings.filter { $0.severity >= .medium }
    var result = monitoring
    result.findingIDs = serious.prefix(Self.namedLimit).map(\.id)
    var named = Count()
    for finding in serious { if let action = finding.actionID { named.add(action) } }
    return against(
      result, serious.count, named.ids,
      "\(Figures.count(serious.count, "finding")) of medium severity or more to be followed up.")
  }
}
