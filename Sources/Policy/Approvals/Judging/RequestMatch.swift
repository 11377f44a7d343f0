import Model

/// Holds a request against what happened: all that a signature cannot tell.
struct RequestMatch {
  let request: ApprovalRequest
  let change: ApprovalChange
  let policy: PolicyDocument

  /// Why the change is not the action; nil when it is.
  func difference(from deed: Deed) -> String? {
    // Of what was masked the digest that led here has the parameters in it.
    // Those of a file that was approved with any content tell of its content.
    let isOpen = change.kind == "sftp" && change.bodySHA256 == ApprovalChange.anyBody
    if !change.isClass, !isOpen, deed.action.maskedSubject == nil,
      !change.parameters.elementsEqual(deed.parameters, by: { $0.isSame(as: $1) })
    {
      return parameterDifference(deed.parameters)
    }
    if let problem = bodyDifference(deed) { return problem }
    return placeDifference(deed) ?? contextDifference(deed) ?? rowDifference(deed)
  }

  private func bodyDifference(_ deed: Deed) -> String? {
    if change.bodySHA256 == ApprovalChange.anyBody { return nil }
    // The ids among a push's parameters say what moves with it.
    if change.kind == "git", change.bodySHA256 == nil { return nil }
    if deed.isBodyAhead {
      return change.bodySHA256.map { "approved with data of SHA-256 \($0.prefix(16))…, and its data are not known yet" }
        ?? "data will be sent with it, and none was approved"
    }
    if change.bodySHA256 != deed.bodySHA256 {
      guard let approved = change.bodySHA256 else { return "data was sent with it, and none was approved" }
      return "approved with data of SHA-256 \(approved.prefix(16))…, "
        + (deed.bodySHA256.map { "ran with \($0.prefix(16))…" } ?? "and none was seen")
    }
    return nil
  }

  private func parameterDifference(_ ran: [String?]) -> String {
    guard ran.count == change.parameters.count else {
      return "approved with \(change.parameters.count) parameters, ran with \(ran.count)"
    }
    for (index, (approved, ran)) in zip(change.parameters, ran).enumerated() where !approved.isSame(as: ran) {
      let shown = ApprovalText.list([approved, ran].map { $0.map { String($0.prefix(80)) } })
      return "parameter \(index + 1) differs (approved, ran): \(shown)"
    }
    return "parameters differ"
  }

  private func placeDifference(_ deed: Deed) -> String? {
    let place = request.place
    if let name = place.target {
      guard let target = policy.targets[name] else {
        return "approved for the target \(name), which the policy does not have"
      }
      guard target.matches(deed.action, in: deed.session) else {
        return "approved for the target \(name), ran on \(deed.action.identity.target ?? "?") at \(deed.session.server)"
      }
    }
    let pairs: [(String, String?, String?)] = [
      ("protocol", place.protocolName, deed.session.protocolName), ("server", place.server, deed.session.server),
      ("database", place.database, deed.action.identity.target), ("user", place.user, deed.action.identity.user),
    ]
    for (what, approved, ran) in pairs {
      if let approved, !approved.isSame(as: ran ?? "") {
        return "approved for the \(what) \(approved), ran with \(ran ?? "an unknown one")"
      }
    }
    return nil
  }

  private func contextDifference(_ deed: Deed) -> String? {
    if let digest = request.policySHA256, digest != policy.sha256 { return "approved under another policy" }
    if let agent = request.agent {
      let found = deed.prompt?.agent ?? deed.session.agent
      guard agent.lowercased() == found?.lowercased() else {
        return "approved for the agent \(agent), ran by \(found ?? "none that is known")"
      }
    }
    for setting in deed.startSettings where !request.settings.contains(where: { $0.isSame(as: setting) }) {
      return "the connection began with \(ApprovalText.quoted(setting)), of which the approval does not speak"
    }
    for setting in request.settings where !deed.startSettings.contains(where: { $0.isSame(as: setting) }) {
      return "approved for connections that begin with \(ApprovalText.quoted(setting))"
    }
    for statement in deed.before
    where !request.changes.contains(where: { $0.kind == "sql" && $0.text.isSame(as: statement) }) {
      return
        "ran after \(ApprovalText.quoted(String(statement.prefix(120)))), which changes its meaning and was not approved with it"
    }
    return nil
  }

  private func rowDifference(_ deed: Deed) -> String? {
    guard let limit = change.rowsAtMost, !deed.action.hasNoLastingEffect else { return nil }
    guard let rows = deed.action.rowCount else {
      return "approved for at most \(limit) rows; how many it were is not known"
    }
    return rows > limit ? "approved for at most \(limit) rows, touched \(rows)" : nil
  }
}
