import Model

/// Makes records of what the programs say that a system's log is read for; what others say is passed over.
struct SystemLogTeller: Sendable {
  private var sshd = SSHDTeller()
  private var sudo = SudoTeller()

  mutating func receive(_ entry: SystemLogEntry, _ damage: inout ServerLogDamage, into events: inout [ServerLogEvent]) {
    guard SystemLogEntry.programs.contains(entry.tag) else { return }
    switch entry.tag {
    case "sudo": sudo.receive(entry, into: &events)
    case "haproxy":
      guard let record = HAProxyLine(LogCursor(entry.message), entry.time)?.record(entry.origin) else { return }
      events.append(.record(record))
    default: sshd.receive(entry, into: &events)
    }
    damage.noteZone(entry.time, entry.origin, into: &events)
  }

  mutating func finish(into events: inout [ServerLogEvent]) {
    sshd.finish(into: &events)
    sudo.finish(into: &events)
  }
}
