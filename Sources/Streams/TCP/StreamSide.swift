import Bytes
import Model

/// One direction of a connection.
///
/// Sequence numbers are unwrapped to 64 bits: `next` grows past 2^32, so that wrap-around is nothing special.
struct StreamSide {
  /// A segment that waits: out of order, or ahead of what its sender had acknowledged.
  struct Held {
    var start: Int64
    var bytes: [UInt8]
    var cutLength: Int
    /// What the sender had received of the other direction when it sent this, unwrapped; nil without ACK.
    var acknowledges: Int64?
    var time: Timestamp
    var origin: Origin
    /// The connection's packet count when it came.
    var arrival: UInt64

    var end: Int64 { start + Int64(bytes.count + cutLength) }
  }

  /// The next byte to deliver; nil until the direction was seen.
  var next: Int64?
  /// The sequence number after the SYN, when that was seen.
  var initial: Int64?
  /// A packet of this direction was seen.
  var isSeen = false
  /// Bytes of the direction so far, gaps included.
  var offset: UInt64 = 0
  var held: [Held] = []
  /// The highest byte that the other end acknowledged.
  var acknowledged: Int64?
  /// Where its FIN stands.
  var finAt: Int64?
  var hasEnded = false
  /// The last delivered bytes, to compare retransmissions with.
  var history: [UInt8] = []
  /// Signatures of the last packets, to know one captured twice.
  var recent: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// The 64-bit position of a sequence number: the one nearest to what is expected.
  func unwrap(_ sequence: UInt32) -> Int64 {
    guard let next else { return Int64(sequence) }
    let low = UInt32(truncatingIfNeeded: next)
    return next + Int64(Int32(bitPattern: sequence &- low))
  }

  /// Whether the packet with this signature was among the last; remembers it.
  mutating func isRepeated(_ signature: UInt64) -> Bool {
    if recent.0 == signature || recent.1 == signature || recent.2 == signature || recent.3 == signature { return true }
    recent = (signature, recent.0, recent.1, recent.2)
    return false
  }

  /// See `Connection.takeNext`.
  static func takeNext(
    _ segment: TCPSegment, _ payload: Span<UInt8>, from sender: inout StreamSide, to receiver: inout StreamSide,
    historyLimit: Int, hasRoom: Bool
  ) -> (offset: UInt64, historyGrowth: Int)? {
    guard segment.flags.isDisjoint(with: [.syn, .fin, .rst]), segment.flags.contains(.ack), segment.cutLength == 0,
      let next = sender.next, UInt32(truncatingIfNeeded: next) == segment.sequence, let expected = receiver.next,
      sender.held.isEmpty, receiver.held.isEmpty, sender.finAt == nil, receiver.finAt == nil
    else { return nil }
    let acknowledged = receiver.unwrap(segment.acknowledgement)
    guard acknowledged <= expected else { return nil }
    guard !sender.isRepeated(segment.signature(payloadLength: payload.count)) else { return nil }
    sender.isSeen = true
    receiver.acknowledged = max(receiver.acknowledged ?? acknowledged, acknowledged)
    let offset = sender.advance(to: next + Int64(payload.count), by: payload.count)
    guard !payload.isEmpty, hasRoom || !sender.history.isEmpty else { return (offset, 0) }
    return (offset, sender.remember(payload, limit: historyLimit))
  }

  /// Counts delivered bytes.
  ///
  /// - Returns: the offset of the first of them.
  mutating func advance(to next: Int64, by count: Int) -> UInt64 {
    defer { offset += UInt64(count) }
    self.next = next
    return offset
  }

  /// Adds delivered bytes to the history.
  ///
  /// - Returns: by how many bytes it grew.
  mutating func remember(_ bytes: Span<UInt8>, limit: Int) -> Int {
    let before = history.count
    let kept = bytes.extracting(last: min(bytes.count, limit))
    if kept.count == limit {
      history = kept.array
    } else {
      // Cut only when twice the size is reached, so that each byte is moved about once.
      history.append(contentsOf: kept)
      let extra = history.count - limit
      // What may be held has shrunk: the room goes as well.
      if extra > 3 * limit {
        history = Array(history.suffix(limit))
      } else if extra > limit {
        history.removeFirst(extra)
      }
    }
    return history.count - before
  }

  /// Keeps `segment` in order of its start; of two with the same start the earlier stays in front.
  mutating func hold(_ segment: Held) {
    var low = 0
    var high = held.count
    while low < high {
      let middle = (low + high) / 2
      if held[middle].start <= segment.start { low = middle + 1 } else { high = middle }
    }
    held.insert(segment, at: low)
  }
}
