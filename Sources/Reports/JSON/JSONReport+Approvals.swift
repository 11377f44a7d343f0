import Bytes
import Model

extension JSONReport {
  /// A row of the view `approvals`.
  func put(_ approval: Approval, _ json: inout JSONWriter) {
    json.object { json in
      json.member("action", approval.actionID)
      json.member("approver", approval.approver)
      json.key("decided_ns")
      if let at = approval.decidedAt { json.value(at.nanoseconds) } else { json.null() }
      json.member("decision", approval.stance?.rawValue)
      json.key("expires_ns")
      if let at = approval.expiresAt { json.value(at.nanoseconds) } else { json.null() }
      json.member("file", approval.file)
      json.member("file_sha256", approval.fileSHA256)
      json.member("id", approval.id)
      json.member("key", approval.key)
      json.member("reason", approval.reason)
      json.member("state", approval.state.rawValue)
      json.member("subject_sha256", approval.subjectSHA256)
    }
  }
}
