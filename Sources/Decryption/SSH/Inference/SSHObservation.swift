import Model

/// What the sizes of encrypted packets tell of a session without keys.
struct SSHObservation {
  private var byteCounts = PerDirection<UInt64>(0, 0)

  mutating func receive(_ input: borrowing PendingBytes, _ from: Direction) {
    byteCounts[from] &+= UInt64(clamping: input.count)
  }

  mutating func lose(_ count: UInt64, _ from: Direction) { byteCounts[from] &+= count }

  func parameters(_ algorithms: NegotiatedAlgorithms?) -> [String: String] {
    [
      "ssh.inferred.bytes-from-client": String(byteCounts.fromClient),
      "ssh.inferred.bytes-from-server": String(byteCounts.fromServer),
    ]
  }
}
