import Model
import Parsers
import Policy

/// What a policy's masking means for channels.
extension SSHConnection {
  /// The rules that hold for what the target sends now.
  private var plan: MaskingPlan {
    core.policy.policy.masking.rules(protocolName: "ssh", database: nil, server: rules.target.server)
  }

  var isMasked: Bool { !plan.isEmpty }

  /// Lays masking before what the target sends in a channel; gives why that cannot be.
  func mask(_ relay: SSHChannelRelay) -> String? {
    let plan = plan
    guard !plan.isEmpty, let request = relay.request else { return nil }
    guard let program = request.program else {
      return rules.unmasked.contains(.forward) ? nil : "a forwarded connection cannot be masked"
    }
    let carried = Self.carried(by: program)
    if let carried, carried != .sftp, !rules.unmasked.contains(carried) {
      return "what \(carried.rawValue) carries cannot be masked"
    }
    relay.masking = ChannelMasking(
      plan, hasher: core.hasher, masksOutput: carried == nil, passesBinary: rules.unmasked.contains(.binary))
    relay.maskedAt = request.offset
    return nil
  }

  /// What goes through a program, where that is no text.
  private static func carried(by program: SSHProgram) -> SSHRules.Unmasked? {
    switch program.conversation {
    case .sftp: return .sftp
    case .push, .fetch: return .git
    case nil: break
    }
    guard program.kind == .exec else { return nil }
    switch ChannelConversation.transfer(in: program.shown) {
    case .scp: return .scp
    case .rsync: return .rsync
    case .git: return .git
    case nil: return nil
    }
  }

  /// Why a file may not be read; nil where it may.
  func obstacle(toReading subject: ChannelPiece.Subject) -> String? {
    guard case .file(let operation, _) = subject, isMasked, !rules.unmasked.contains(.sftp) else { return nil }
    switch operation.verb {
    case .get, .edit, .list, .readlink, .other: return "files that are read cannot be masked"
    default: return nil
    }
  }

  /// Another policy holds: what runs unmasked and would be masked now is over.
  func rereadMasking() throws {
    guard isMasked else { return }
    for relay in relays where relay.stage == .running && relay.masking == nil {
      let isForward = relay.isForward
      if isForward, rules.unmasked.contains(.forward) { continue }
      try end(relay, notMasked: "what runs is masked from now on")
    }
  }

  /// Ends a channel whose output cannot be masked.
  func end(_ relay: SSHChannelRelay, notMasked reason: String) throws {
    try withdraw(relay, reason)
    core.metrics.count(.maskingFailure)
    core.log.write(.error, "not masked", ["session": id, "reason": reason])
    try tellMasked(relay)
    try record.note(
      .decision(GatewayDecision(offset: relay.maskedAt, outcome: .denied, rule: "masking", reason: reason)))
    relay.dropMasking()
    try relay.finish(with: "the policy masks what the target sends: \(reason)", exitStatus: 255, record)
  }

  /// Writes what was masked since it was told last.
  func tellMasked(_ relay: SSHChannelRelay) throws {
    for count in relay.masking?.takeCounts() ?? [] {
      core.metrics.add(masked: count.count)
      try record.note(
        .mask(
          GatewayMask(
            offset: relay.maskedAt, rule: count.key.rule, dataClass: count.key.dataClass, method: count.key.action,
            location: count.location, count: count.count)))
    }
  }
}
