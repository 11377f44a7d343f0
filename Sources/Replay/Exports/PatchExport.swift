public import Model

/// The commits of the pushes of a session as mails for `git am`, oldest first.
///
/// Merges are left out, as git-format-patch(1) leaves them out. What the evidence does not hold of a commit is said
/// below its message, and makes git refuse the change rather than do half of it.
public struct PatchExport: ReplayExport {
  public static let id = "patch"
  public static let summary = "the commits of git pushes, as mails for git am"

  private let actionID: String?

  public init() { actionID = nil }

  private init(actionID: String) { self.actionID = actionID }

  public func only(_ actionID: String) -> (any ReplayExport)? { PatchExport(actionID: actionID) }

  public func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws {
    var hasPush = false
    try reading.forEachActionInSequence(of: session.id) { action in
      guard action.isPush, actionID == nil || action.id == actionID, action.hasRequestPayload,
        let payload = try reading.requestPayload(of: action.id)
      else { return }
      hasPush = true
      try Self.write(payload, of: action, write)
    }
    guard hasPush else { throw ReplayError("\(actionID ?? session.id) has no git push whose commits are kept") }
  }

  private static func write(_ payload: StoredPayload, of action: Action, _ write: (String) throws -> Void) throws {
    var commits = CommitRecord.read(payload.bytes)
    // Newest first: what was cut is the oldest that is there.
    if payload.isCut, let last = commits.indices.last {
      commits[last].diff = []
      commits[last].notes.append(
        "only \(payload.bytes.count) of \(payload.byteCount) bytes of this history are kept: these changes and older "
          + "commits are missing")
    }
    var leftOut: [String] = []
    for (index, commit) in commits.reversed().enumerated() {
      if commit.parents.count > 1 {
        leftOut.append("the merge \(commit.id) before this commit is left out")
        continue
      }
      var mail = PatchMail(commit: commit)
      mail.notes = leftOut + commit.notes
      leftOut = []
      if index == 0, action.status != .ok {
        mail.notes.append("the push \(action.id) did not end well: \(action.message ?? action.status.rawValue)")
      }
      if commit.diff.isEmpty, commit.notes.isEmpty { mail.notes.append("no changes: git am --empty=keep takes it") }
      if commit.diff.contains(where: { $0.starts(with: "Binary files ".utf8) || PatchMail.isUntold($0) }) {
        mail.notes.append("the content of binary files is not told, or not at hand: git refuses them")
      }
      if Redaction.isIn(String(decoding: commit.diff.joined(), as: UTF8.self)) {
        mail.notes.append("secrets are replaced by \(Redaction.mark): the files are not those that were pushed")
      }
      try write(mail.text)
    }
  }
}

extension Action {
  var isPush: Bool { kind == "git" && verb == "git push" }
}
