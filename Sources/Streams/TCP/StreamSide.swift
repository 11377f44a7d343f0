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
