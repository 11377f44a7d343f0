import Bytes
import Model

/// Cuts one direction into identification lines and packets; what is not whole yet is carried.
///
/// A packet (RFC 4253 §6), as with cipher, MAC and compression `none`:
///
///     0               4    5
///     +---------------+----+---------- … -+--------- … -+
///     | packet_length |pad | payload      | padding     |
///     +---------------+----+---------- … -+--------- … -+
struct SSHFraming {
  enum Stage: Equatable {
    /// Lines up to the identification.
    case identification
    case packets
    /// The boundary is lost: the carry is searched for a packet.
    case seeking
    /// Nothing more can be told of this direction; bytes are counted.
    case opaque
  }

  enum Measure {
    /// So many bytes are a whole line or packet.
    case whole(Int)
    /// Nothing can be told before so many bytes are there.
    case need(Int)
    case malformed(DecodeError)
  }

  var stage = Stage.identification
  var carry: [UInt8] = []
  /// Where the carry's first byte was seen.
  var begin = StreamPosition(time: .epoch, origin: .unknown)
  /// Bytes of a packet with a hole in it that still come.
  var discarding: UInt64 = 0
  /// While a boundary is searched for: where the carry's bytes were seen.
  var marks = PieceMarks()
  var lineCount = 0
  /// Bytes passed over in the search, and whether the carry's first byte may be a boundary that a decryptor knows.
  var passedOver: UInt64 = 0
  var isAtLikelyBoundary = false

  /// How far the first line or packet of `bytes` goes.
  func measure(_ bytes: Span<UInt8>) -> Measure {
    if stage == .identification, let first = bytes.first, !isPacketByte(first) {
      if let end = bytes.firstIndex(of: 0x0a) { return .whole(end + 1) }
      guard bytes.count < SSHLimits.lineLength else {
        return .malformed(DecodeError(.overLimit, "identification line", offset: 0, found: "\(bytes.count) bytes"))
      }
      return .need(bytes.count + 1)
    }
    return SSHFraming.measurePacket(bytes)
  }

  static func measurePacket(_ bytes: Span<UInt8>) -> Measure {
    var reader = ByteReader(bytes)
    guard let length = try? reader.readUInt32() else { return .need(4) }
    guard length >= 2, length <= SSHLimits.packetLength else {
      return .malformed(DecodeError(.outOfRange, "packet_length", offset: 0, found: "\(length)"))
    }
    let total = 4 + Int(length)
    guard let padding = try? reader.readUInt8() else { return .need(total) }
    guard UInt32(padding) + 1 < length else {
      return .malformed(
        DecodeError(.outOfRange, "padding_length", offset: 4, expected: "less than \(length - 1)", found: "\(padding)"))
    }
    return bytes.count >= total ? .whole(total) : .need(total)
  }

  /// A line has no NUL in it, and a packet shorter than 16 MiB begins with one.
  private func isPacketByte(_ byte: UInt8) -> Bool { byte == 0 }

  /// The payload of a whole packet.
  static func payload(of packet: Span<UInt8>) -> Range<Int> {
    guard packet.count > 5 else { return 0..<0 }
    return 5..<max(5, packet.count - Int(packet[4]))
  }

  /// Takes from `bytes` what the carry needs for the next decision; how many were taken.
  mutating func fill(from bytes: Span<UInt8>, at index: Int) -> Int {
    let left = bytes.count - index
    var count = left
    switch measure(carry.span) {
    case .whole, .malformed: return 0
    case .need(let total):
      if stage == .identification, let first = carry.first, !isPacketByte(first) {
        if let end = bytes.firstIndex(of: 0x0a, from: index) { count = end + 1 - index }
        count = min(count, SSHLimits.lineLength - carry.count)
      } else {
        count = min(left, total - carry.count)
      }
    }
    carry.append(contentsOf: bytes.extracting(index..<(index + count)))
    return count
  }

  /// The carry, which is empty afterwards.
  mutating func takeCarry() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &carry)
    return taken
  }

  /// Gives back what `takeCarry` gave, so that its memory is used again.
  mutating func recycle(_ bytes: consuming [UInt8]) {
    guard carry.isEmpty, bytes.capacity <= SSHLimits.searchedPacketLength else { return }
    bytes.removeAll(keepingCapacity: true)
    carry = bytes
  }
}

extension Span where Element == UInt8 {
  fileprivate var first: UInt8? { isEmpty ? nil : self[0] }
}
