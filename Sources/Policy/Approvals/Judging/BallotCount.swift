import Model
import SSHKeys

/// What the signatures under a request are worth for one action, counted by people.
struct BallotCount {
  struct Vote {
    var ballot: Ballot
    /// In lower case; empty when the key is nobody's.
    var names: Set<String>
    var state: Approval.State
    var reason: String
    /// When the signature existed at the latest: by its time stamp, or the word of whoever checks or let it go on.
    var provenAt: Timestamp?
  }

  private(set) var votes: [Vote] = []
  /// Why it does not count as approved, and the state that says so best; nil when it does.
  private(set) var refusal: (state: Approval.State, reason: String)?
  /// It was approved in an emergency.
  private(set) var isEmergency = false

  private let signed: SignedRequest
  private let deed: Deed
  private let policy: PolicyDocument
  private let trust: ApprovalTrust

  init(_ signed: SignedRequest, _ deed: Deed, policy: PolicyDocument, trust: ApprovalTrust) {
    self.signed = signed
    self.deed = deed
    self.policy = policy
    self.trust = trust
    votes = signed.ballots.map { ballot in
      var vote = vote(ballot)
      vote.provenAt = provenAt(ballot)
      return vote
    }
    decide()
  }

  // MARK: One signature

  /// A recording that verifies is as good as a time stamp: its log has the order.
  private func provenAt(_ ballot: Ballot) -> Timestamp? {
    let witnessed = ballot.stance.flatMap { stance in
      deed.seen[GatewayRelease.Witness(requestSHA256: signed.sha256, key: ballot.key, stance: stance)]
    }
    return [ballot.provenAt, witnessed].compactMap(\.self).min()
  }

  private func vote(_ ballot: Ballot) -> Vote {
    guard let stance = ballot.stance else {
      return Vote(
        ballot: ballot, names: [], state: .untrusted,
        reason: "the signature was made for \(ApprovalText.quoted(ballot.signature.namespace)), not for an approval")
    }
    let needsVerified = deed.terms.needsVerifiedUser && stance == .approve
    let demands = SignatureDemands(userPresence: true, userVerification: needsVerified)
    switch trust.standing(of: ballot, at: deed.at, demands: demands) {
    case .expired(let reason): return Vote(ballot: ballot, names: [], state: .expired, reason: reason)
    case .early(let reason): return Vote(ballot: ballot, names: [], state: .early, reason: reason)
    case .revoked(let reason): return Vote(ballot: ballot, names: [], state: .revoked, reason: reason)
    case .untrusted(let reason): return Vote(ballot: ballot, names: [], state: .untrusted, reason: reason)
    case .holds(let names):
      let (state, reason) = worth(ballot, stance, names)
      return Vote(ballot: ballot, names: names, state: state, reason: reason)
    }
  }

  private func worth(_ ballot: Ballot, _ stance: Approval.Stance, _ names: Set<String>) -> (Approval.State, String) {
    switch stance {
    case .reject, .revoke:
      // Only a time stamp of its own shows that it came later; otherwise it holds.
      if let stampedAt = ballot.stampedAt, stampedAt > deed.at { return (.late, "given after the action") }
      return (.valid, "")
    case .approve:
      if !isAllowed(names, deed.terms.from) { return (.excluded, "is not among those who may approve this") }
      if deed.terms.needsVerifiedUser, ballot.signature.token?.isUserVerified != true {
        return (.excluded, "the policy wants a security key that asked for a PIN or a finger")
      }
      if let own = ownership(names) { return (.own, own) }
      return timing(ballot, until: deed.at)
    case .breakGlass:
      guard let rules = policy.approvals.breakGlass, isAllowed(names, rules.from), !rules.from.isEmpty else {
        return (.excluded, "may not approve in an emergency")
      }
      return timing(ballot, until: deed.at)
    case .review:
      guard let rules = policy.approvals.breakGlass else { return (.excluded, "the policy knows no emergencies") }
      if !isAllowed(names, deed.terms.from) { return (.excluded, "is not among those who may approve this") }
      if let own = ownership(names) { return (.own, own) }
      return timing(ballot, until: deed.at.adding(seconds: rules.reviewWithinSeconds))
    }
  }

  private func isAllowed(_ names: Set<String>, _ from: Set<String>) -> Bool {
    from.isEmpty || !names.isDisjoint(with: from)
  }

  /// Why the signer is the one who asked for it or did it.
  private func ownership(_ names: Set<String>) -> String? {
    let person = trust.person(names)
    if person.contains(signed.request.requestedBy.lowercased()) { return "asked for it himself" }
    for actor in deed.actors {
      let actor = actor.lowercased()
      let isOwn = person.contains { name in
        name == actor || name.prefix { $0 != "@" } == actor
          || (policy.people[name]?.contains { $0.matches(actor) } ?? false)
      }
      if isOwn { return "did it himself, as \(ApprovalText.quoted(actor))" }
    }
    return nil
  }

  private func timing(_ ballot: Ballot, until limit: Timestamp) -> (Approval.State, String) {
    if let provenAt = provenAt(ballot) {
      // The word of whoever checks is a bound from above, and no proof that it was late.
      if provenAt > limit {
        return ballot.stampedAt == nil
          ? (.undated, "nothing proves that it was given before \(limit.formatted(fractionDigits: 0))")
          : (.late, "given at \(provenAt.formatted(fractionDigits: 0)), after \(limit.formatted(fractionDigits: 0))")
      }
      if let decideBy = signed.request.decideBy, provenAt > decideBy {
        return (.late, "given after decide-by, \(decideBy.formatted(fractionDigits: 0))")
      }
      if let within = deed.terms.withinSeconds, provenAt.adding(seconds: within) < deed.at, ballot.stance == .approve {
        return (.expired, "given more than \(within) seconds before the action")
      }
      return (.valid, "")
    }
    guard policy.approvals.time == .unproven else {
      return (.undated, ballot.stampProblem ?? "nothing proves that it was given before the action")
    }
    return (.valid, "nothing proves when it was given")
  }

  // MARK: All together

  private mutating func decide() {
    if let vote = votes.first(where: { $0.ballot.stance == .revoke && $0.state == .valid }) {
      return refuse(.revoked, "\(name(vote)) took the approval back")
    }
    if let vote = votes.first(where: { $0.ballot.stance == .reject && $0.state == .valid }) {
      return refuse(.rejected, "\(name(vote)) rejected it")
    }
    var people: [Set<String>] = []
    for vote in votes where vote.ballot.stance == .approve && vote.state == .valid {
      let person = trust.person(vote.names)
      if !people.contains(where: { !$0.isDisjoint(with: person) }) { people.append(person) }
    }
    if people.count >= deed.terms.count { return }
    if let vote = votes.first(where: { $0.ballot.stance == .breakGlass && $0.state == .valid }) {
      return decideEmergency(vote)
    }
    let failed = votes.filter { $0.state != .valid }
    if people.isEmpty, let vote = failed.max(by: { rank($0.state) < rank($1.state) }) {
      return refuse(vote.state, "\(name(vote)): \(vote.reason)")
    }
    let rest = failed.map { "; \(name($0)): \($0.reason)" }.joined()
    refuse(
      .incomplete,
      votes.isEmpty
        ? "nobody signed it" : "\(people.count) of \(deed.terms.count) people who are needed approved it\(rest)")
  }

  private mutating func decideEmergency(_ breaker: Vote) {
    let person = trust.person(breaker.names)
    let review = votes.first { vote in
      vote.ballot.stance == .review && vote.state == .valid && trust.person(vote.names).isDisjoint(with: person)
    }
    isEmergency = true
    if review == nil {
      let limit = deed.at.adding(seconds: policy.approvals.breakGlass?.reviewWithinSeconds ?? 0)
      refuse(
        .incomplete,
        "\(name(breaker)) approved it in an emergency; somebody else must review it by \(limit.formatted(fractionDigits: 0))"
      )
    }
  }

  private mutating func refuse(_ state: Approval.State, _ reason: String) { refusal = (state, reason) }

  private func name(_ vote: Vote) -> String { vote.names.sorted().first ?? vote.ballot.key }

  /// What says more of why there is no approval.
  private func rank(_ state: Approval.State) -> Int {
    let order: [Approval.State] = [.untrusted, .excluded, .early, .expired, .undated, .late, .revoked, .own]
    return order.firstIndex(of: state) ?? -1
  }
}
