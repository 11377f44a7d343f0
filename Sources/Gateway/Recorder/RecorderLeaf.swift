public import Bytes
public import Model

/// What the recorder tells the evidence log.
public enum RecorderLeaf: Sendable, Hashable {
  case open(at: Timestamp, run: String, durability: String)
  case extent(segment: String, offset: UInt64, length: UInt64, sha256: Digest, first: Timestamp, last: Timestamp)
  case heartbeat(at: Timestamp)
  case decision(RecordedEvent)
  case deletion(at: Timestamp, segment: String, reason: String)
  case lost(at: Timestamp, RecorderLoss)
  case close(at: Timestamp)
}
