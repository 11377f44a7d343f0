import Model

/// When and where a packet was seen.
struct SSHEnvelope {
  let direction: Direction
  let begin: StreamPosition
  /// Time of its last byte.
  let endTime: Timestamp
  /// Bytes of it on the wire, head and padding included.
  let byteCount: Int
}
