/// The recorder is alive: a `heartbeat` event. Counts are of all since it was opened.
public struct RecorderHeartbeat: Sendable, Hashable {
  public var openSessions: Int
  public var sessions: UInt64
  /// Packets and events.
  public var packets: UInt64
  /// Bytes of segments.
  public var bytes: UInt64

  public init(openSessions: Int, sessions: UInt64, packets: UInt64, bytes: UInt64) {
    self.openSessions = openSessions
    self.sessions = sessions
    self.packets = packets
    self.bytes = bytes
  }
}
