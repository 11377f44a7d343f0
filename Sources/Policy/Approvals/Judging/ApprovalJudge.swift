import Bytes
import Model
import SSHKeys

/// Says of each action whether it was approved; counts the uses, so actions come in the order of their time.
struct ApprovalJudge {
  /// Texts that are less alike than this are not told as one that was changed.
  static let likenessNeeded = 0.6
  /// Bytes of requests that are compared in all with texts that were not approved, to name what differs.
  static let searchLimit = 1 << 30

  private struct Place: Hashable {
    var request: Int
    var change: Int
  }

  private let policy: PolicyDocument
  private let trust: ApprovalTrust
  private let requests: [SignedRequest]
  private var byText: [ByteText: [Place]] = [:]
  private var byShape: [String: [Place]] = [:]
  /// By the digest that stands for a text which was masked.
  private var bySubject: [String: [Place]] = [:]
  /// How often each was run, and with a lasting effect.
  private var attempts: [Place: Int] = [:]
  private var uses: [Place: Int] = [:]
  private var used: Set<Int> = []
  private var searchedByteCount = 0

  init(policy: PolicyDocument, shelf: ApprovalShelf, trust: ApprovalTrust) {
    self.policy = policy
    self.trust = trust
    requests = shelf.requests.sorted { ($0.file, $0.sha256) < ($1.file, $1.sha256) }
    for (number, signed) in requests.enumerated() {
      for (index, change) in signed.request.changes.enumerated() {
        let place = Place(request: number, change: index)
        if let shape = change.fingerprint {
          byShape[shape, default: []].append(place)
        } else {
          byText[ByteText(change.kind + "\n" + change.text), default: []].append(place)
          let subject = MaskedSubject.digest(of: change.text, kind: change.kind, parameters: change.parameters)
          bySubject[change.kind + "\n" + subject, default: []].append(place)
        }
      }
    }
  }

  /// Whether some request speaks of this text or shape; what costs to find out need not be found out otherwise.
  func mayKnow(_ action: Action) -> Bool {
    !exact(action).isEmpty || action.fingerprint.map { byShape[$0] != nil } ?? false
  }

  /// Takes note of an action that needed no approval: changes of a request that come after it need not wait for it.
  mutating func pass(_ action: Action) {
    guard action.status == .ok, !byText.isEmpty else { return }
    for place in exact(action) { attempts[place, default: 0] += 1 }
  }

  /// Takes a statement that succeeds, of which no more is known.
  mutating func pass(sql text: String) {
    guard !byText.isEmpty else { return }
    for place in exact("sql", text) { attempts[place, default: 0] += 1 }
  }

  /// The changes that have the action's text. Of a text that was masked many have what is left, so its digest is asked, in
  /// which the parameters are too.
  private func exact(_ action: Action) -> [Place] {
    if let subject = action.maskedSubject { return bySubject[action.kind + "\n" + subject] ?? [] }
    return exact(action.kind, action.text)
  }

  private func exact(_ kind: String, _ text: String) -> [Place] {
    byText[ByteText(kind + "\n" + ApprovalChange.normalised(text, kind: kind))] ?? []
  }

  mutating func judge(_ deed: Deed) -> ApprovalRuling {
    guard !deed.action.isInferred else {
      return ApprovalRuling(
        isApproved: false, reason: "it was not captured as it was sent, so nothing can be held against it")
    }
    let exact = exact(deed.action)
    let shaped = deed.action.fingerprint.flatMap { byShape[$0] } ?? []
    var best: (ruling: ApprovalRuling, rank: Int)?
    for place in exact + shaped {
      let (ruling, rank) = judge(deed, by: place)
      // It ran, whether or not somebody signed: what comes after it does not come too early.
      if ruling.isThatChange, deed.action.status == .ok { attempts[place, default: 0] += 1 }
      if ruling.isApproved {
        if !deed.action.hasNoLastingEffect { uses[place, default: 0] += 1 }
        used.insert(place.request)
        var approved = ruling
        approved.use = ApprovalUse(requestSHA256: requests[place.request].sha256, change: place.change)
        return approved
      }
      if rank > best?.rank ?? -1 { best = (ruling, rank) }
    }
    if let best { return best.ruling }
    if deed.action.maskedSubject != nil {
      return ApprovalRuling(
        isApproved: false, reason: "its text was masked, and no request has the digest of what it was")
    }
    return nearest(deed) ?? ApprovalRuling(isApproved: false)
  }

  /// A ruling, and how far the request got: the further, the more it tells.
  private mutating func judge(_ deed: Deed, by place: Place) -> (ApprovalRuling, rank: Int) {
    let signed = requests[place.request]
    let change = signed.request.changes[place.change]
    used.insert(place.request)
    let count = BallotCount(signed, deed, policy: policy, trust: trust)
    let problem: (Approval.State, String, Int)?
    let difference = RequestMatch(request: signed.request, change: change, policy: policy).difference(
      from: deed)
    if let difference {
      problem = (.mismatch, difference, 0)
    } else if change.isClass, !policy.approvals.takesClasses {
      problem = (.excluded, "it approves a shape, which this policy does not take", 1)
    } else if let window = window(signed.request, deed.at) {
      problem = (window.0, window.1, 2)
    } else if let use = useProblem(signed.request, place, deed.action) {
      problem = (use.0, use.1, 3)
    } else if let refusal = count.refusal {
      problem = (refusal.state, refusal.reason, 4)
    } else {
      problem = nil
    }
    var ruling = ApprovalRuling(isApproved: problem == nil)
    ruling.isThatChange = difference == nil
    ruling.isClass = change.isClass
    ruling.isEmergency = count.isEmergency
    ruling.state = problem?.0
    let counted = count.votes.filter { $0.state == .valid && $0.ballot.stance == .approve }
    ruling.isUndated = problem == nil && counted.contains { $0.provenAt == nil }
    ruling.voices = voices(count, signed, change)
    ruling.approvals = rows(count, signed, change, deed.action.id, problem)
    let people = count.votes.filter { $0.state == .valid }.flatMap { $0.names.sorted().prefix(1) }
    let who = Set(people).sorted().joined(separator: ", ")
    let what = "change \(place.change + 1) of \(signed.file)"
    ruling.reason = problem.map { "\(what) does not cover it: \($0.1)" } ?? "\(what), approved by \(who)"
    return (ruling, problem?.2 ?? 5)
  }

  /// Who said so: those against it, if there are any, or else those for it.
  private func voices(_ count: BallotCount, _ signed: SignedRequest, _ change: ApprovalChange) -> [ApprovalVoice] {
    let valid = count.votes.filter { $0.state == .valid }
    let against = valid.filter { $0.ballot.stance == .reject || $0.ballot.stance == .revoke }
    return (against.isEmpty ? valid : against).compactMap { vote in
      guard let stance = vote.ballot.stance else { return nil }
      return ApprovalVoice(
        name: vote.names.min() ?? "", key: vote.ballot.key, stance: stance, seenAt: vote.ballot.seenAt,
        armored: vote.ballot.signature.armored, requestSHA256: signed.sha256,
        subjectSHA256: signed.request.subject(of: change))
    }
  }

  private func window(_ request: ApprovalRequest, _ at: Timestamp) -> (Approval.State, String)? {
    if let from = request.useFrom, at < from {
      return (.early, "it may be used from \(from.formatted(fractionDigits: 0)) on")
    }
    return at > request.useBy ? (.expired, "it could be used until \(request.useBy.formatted(fractionDigits: 0))") : nil
  }

  private func useProblem(_ request: ApprovalRequest, _ place: Place, _ action: Action) -> (Approval.State, String)? {
    let done = uses[place] ?? 0
    guard done < request.uses else {
      return (.spent, request.uses == 1 ? "it was used before" : "all \(request.uses) uses were spent before")
    }
    // What left nothing behind did nothing out of order.
    guard !action.hasNoLastingEffect else { return nil }
    for earlier in 0..<place.change where attempts[Place(request: place.request, change: earlier)] ?? 0 <= done {
      return (.mismatch, "change \(earlier + 1) of it comes first, and did not run before")
    }
    return nil
  }

  private func rows(
    _ count: BallotCount, _ signed: SignedRequest, _ change: ApprovalChange, _ actionID: String?,
    _ problem: (Approval.State, String, Int)?
  ) -> [Approval] {
    let subject = signed.request.subject(of: change)
    return count.votes.map { vote in
      let ballot = vote.ballot
      // What is wrong with the whole is wrong with each signature that would have held.
      let isOverruled = vote.state == .valid && ballot.stance == .approve && problem != nil && problem?.0 != .incomplete
      return Approval(
        id: identity([signed.sha256, ballot.key, ballot.signature.namespace, actionID ?? "", subject]),
        actionID: actionID, subjectSHA256: subject, approver: vote.names.sorted().first, key: ballot.key,
        stance: ballot.stance, reason: isOverruled ? problem?.1 ?? "" : vote.reason, decidedAt: vote.provenAt,
        expiresAt: signed.request.useBy, state: isOverruled ? problem?.0 ?? vote.state : vote.state,
        file: signed.file, fileSHA256: signed.sha256)
    }
  }

  private func identity(_ parts: [String]) -> String {
    "apv-" + SHA256.digest(of: parts.joined(separator: "\n")).bytes.prefix(8).hex
  }

  /// Nothing has this text: is there one that is like it?
  private mutating func nearest(_ deed: Deed) -> ApprovalRuling? {
    var best: (place: Place, likeness: Double)?
    let text = deed.text
    for (number, signed) in requests.enumerated() {
      for (index, change) in signed.request.changes.enumerated()
      where change.kind == deed.action.kind && !change.isClass {
        guard searchedByteCount < ApprovalJudge.searchLimit else { break }
        searchedByteCount += min(change.text.utf8.count, text.utf8.count)
        let likeness = TextDifference.likeness(change.text, text)
        if likeness >= ApprovalJudge.likenessNeeded, likeness > best?.likeness ?? 0 {
          best = (Place(request: number, change: index), likeness)
        }
      }
    }
    guard let place = best?.place else { return nil }
    let signed = requests[place.request]
    let change = signed.request.changes[place.change]
    let detail = TextDifference.description(approved: change.text, ran: deed.text)
    let problem = (Approval.State.mismatch, "it differs \(detail)", 0)
    let count = BallotCount(signed, deed, policy: policy, trust: trust)
    return ApprovalRuling(
      isApproved: false, reason: "change \(place.change + 1) of \(signed.file) does not cover it: it differs \(detail)",
      state: .mismatch, approvals: rows(count, signed, change, deed.action.id, problem))
  }

  // MARK: Ahead of the outcome

  /// What was used, by request and change: for a judge of the same requests that takes this one's place.
  var spent: [ApprovalUse: ApprovalUse.Count] {
    var spent: [ApprovalUse: ApprovalUse.Count] = [:]
    for (place, count) in attempts { spent[name(place), default: .init()].attempts = count }
    for (place, count) in uses { spent[name(place), default: .init()].uses = count }
    return spent
  }

  /// Takes over what was used before.
  mutating func restore(_ spent: [ApprovalUse: ApprovalUse.Count]) {
    for (number, signed) in requests.enumerated() {
      for index in signed.request.changes.indices {
        guard let count = spent[ApprovalUse(requestSHA256: signed.sha256, change: index)] else { continue }
        attempts[Place(request: number, change: index)] = count.attempts
        uses[Place(request: number, change: index)] = count.uses
      }
    }
  }

  /// Statements of SQL ran before in the session, and what they did holds: a request may be younger than they are.
  mutating func note(inForce statements: [String]) {
    for statement in statements {
      for place in byText[ByteText("sql\n" + statement)] ?? [] {
        let changes = requests[place.request].request.changes.indices
        let done = changes.compactMap { uses[Place(request: place.request, change: $0)] }.max() ?? 0
        attempts[place] = max(attempts[place] ?? 0, done + 1)
      }
    }
  }

  /// What was approved failed, so that it was not used.
  mutating func giveBack(_ use: ApprovalUse) {
    guard let number = requests.firstIndex(where: { $0.sha256 == use.requestSHA256 }) else { return }
    let place = Place(request: number, change: use.change)
    attempts[place] = max(0, (attempts[place] ?? 0) - 1)
    uses[place] = max(0, (uses[place] ?? 0) - 1)
  }

  private func name(_ place: Place) -> ApprovalUse {
    ApprovalUse(requestSHA256: requests[place.request].sha256, change: place.change)
  }

  /// The signatures under requests that no action used, one row each.
  func unused() -> [Approval] {
    var found: [Approval] = []
    for (number, signed) in requests.enumerated() where !used.contains(number) {
      guard let change = signed.request.changes.first else { continue }
      for ballot in signed.ballots {
        let standing = trust.standing(of: ballot, at: signed.request.useBy, demands: .none)
        var names: Set<String> = []
        var state = Approval.State.unused
        var reason = ""
        switch standing {
        case .holds(let found): names = found
        case .expired(let why), .early(let why), .revoked(let why), .untrusted(let why):
          (state, reason) = (.untrusted, why)
        }
        found.append(
          Approval(
            id: identity([signed.sha256, ballot.key, ballot.signature.namespace, ""]), actionID: nil,
            subjectSHA256: signed.request.subject(of: change), approver: names.sorted().first, key: ballot.key,
            stance: ballot.stance, reason: reason, decidedAt: ballot.provenAt, expiresAt: signed.request.useBy,
            state: state, file: signed.file, fileSHA256: signed.sha256))
      }
    }
    return found
  }
}
