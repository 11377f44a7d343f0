import Model

/// Signatures of one person on one file that are worth the same, over however many changes.
struct ApprovalGroup {
  let approver: String?
  /// The key's fingerprint.
  let key: String?
  let stance: Approval.Stance?
  let state: Approval.State
  let file: String
  let fileSHA256: String
  let decidedAt: Timestamp?
  private(set) var changeCount = 0
  /// The first few.
  private(set) var actionIDs: [String] = []

  private static let actionsKept = 4

  private struct Key: Hashable {
    let approver, key: String?
    let stance: Approval.Stance?
    let state: Approval.State
    let file, sha256: String
    let at: Timestamp?
  }

  private init(_ approval: Approval) {
    approver = approval.approver
    key = approval.key
    stance = approval.stance
    state = approval.state
    file = approval.file
    fileSHA256 = approval.fileSHA256
    decidedAt = approval.decidedAt
  }

  /// Sorted by file, then who, then what it is worth.
  static func groups(of approvals: [Approval]) -> [ApprovalGroup] {
    var groups: [Key: ApprovalGroup] = [:]
    for approval in approvals {
      let key = Key(
        approver: approval.approver, key: approval.key, stance: approval.stance, state: approval.state,
        file: approval.file, sha256: approval.fileSHA256, at: approval.decidedAt)
      var group = groups[key] ?? ApprovalGroup(approval)
      if let action = approval.actionID {
        group.changeCount += 1
        if group.actionIDs.count < actionsKept { group.actionIDs.append(action) }
      }
      groups[key] = group
    }
    return groups.values.sorted { $0.order.lexicographicallyPrecedes($1.order) }
  }

  private var order: [String] {
    [
      file, fileSHA256, approver ?? "", key ?? "", stance?.rawValue ?? "", state.rawValue,
      decidedAt?.description ?? "",
    ]
  }
}
