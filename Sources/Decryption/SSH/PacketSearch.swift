import Bytes

/// Looks for the next packet behind a gap, where neither its place nor its number is known.
///
/// An authentication code tells when both are right; in the clear, padding of zeros does.
struct PacketSearch {
  /// Packets that a gap may have hidden, where the search has to try each number.
  static let windowLimit: UInt64 = 2048
  /// Candidates that wait for their last byte.
  static let deferredLimit = 64

  struct Found {
    var offset: Int
    var place: PacketPlace
    /// The packet is under the keys of a key exchange whose NEWKEYS was lost.
    var isNext: Bool
  }

  private struct Candidate {
    var found: Found
    var count: Int
  }

  /// Bytes of the wire between the last boundary and the first byte of the input.
  var lostCount: UInt64 = 0
  /// Where in the input the search goes on.
  private var next = 0
  private var deferred: [Candidate] = []
  /// Work done, in units of about a header.
  private(set) var cost = 0

  /// Bytes of the input that will not be looked at again.
  var doneCount: Int { max(0, min(next, deferred.map(\.found.offset).min() ?? next) - 64) }

  mutating func restart() {
    next = 0
    deferred = []
  }

  mutating func consumed(_ count: Int) {
    lostCount &+= UInt64(count)
    next -= count
    for index in deferred.indices { deferred[index].found.offset -= count }
  }

  mutating func spend() -> Int {
    defer { cost = 0 }
    return cost
  }

  /// The first packet that opens. `usualCount` is what one lost packet most likely had, for ciphers that hide lengths.
  mutating func find(
    _ input: borrowing PendingBytes, current: (PacketCipher, PacketPlace)?, next ready: (PacketCipher, PacketPlace)?,
    usualCount: Int
  ) -> Found? {
    let bytes = input.bytes.span.extracting(input.head..<input.bytes.count)
    for candidate in deferred where candidate.found.offset + candidate.count <= bytes.count {
      guard let (cipher, _) = candidate.found.isNext ? ready : current else { continue }
      if opens(bytes, candidate.found, cipher, candidate.count) { return candidate.found }
    }
    deferred.removeAll { $0.found.offset + $0.count <= bytes.count }
    while next < bytes.count {
      for (pair, isNext) in [(current, false), (ready, true)] {
        guard let (cipher, base) = pair else { continue }
        guard bytes.count - next >= cipher.headCount + 1 else { return nil }
        if let found = look(input, bytes, cipher, base, isNext: isNext, usualCount: usualCount) { return found }
      }
      next += 1
    }
    return nil
  }

  private mutating func look(
    _ input: borrowing PendingBytes, _ bytes: Span<UInt8>, _ cipher: PacketCipher, _ base: PacketPlace, isNext: Bool,
    usualCount: Int
  ) -> Found? {
    let missing = lostCount &+ UInt64(next)
    let window = min(Self.windowLimit, missing / UInt64(cipher.leastCount) + 1)
    var numbers = 0...window
    if !cipher.suite.hasClearLength, !input.isSegmentStart(next), !isNext {
      let likely = min(window, missing / UInt64(max(usualCount, cipher.leastCount)))
      numbers = likely...min(window, likely + 3)
    }
    if case .chained = cipher.suite.cipher {
      let end = next - cipher.suite.macCount
      guard end >= cipher.suite.blockCount else { return nil }
      cipher.rechain(bytes.extracting((end - cipher.suite.blockCount)..<end))
    }
    let tail = bytes.extracting(next..<bytes.count)
    for number in numbers {
      var place = base
      place.sequence &+= UInt32(truncatingIfNeeded: number)
      place.index &+= number
      // Keys that came with a NEWKEYS that was lost: where they began is not known.
      place.offset &+= missing
      guard isNext || cipher.isAligned(place) else { continue }
      cost += 1
      guard let count = cipher.byteCount(tail, place) else {
        if cipher.suite.hasClearLength { return nil }
        continue
      }
      if cipher.suite.cipher == .none, !Self.isClearHead(tail, count - cipher.suite.macCount) { return nil }
      let found = Found(offset: next, place: place, isNext: isNext)
      if count > tail.count {
        if deferred.count < Self.deferredLimit { deferred.append(Candidate(found: found, count: count)) }
      } else if opens(bytes, found, cipher, count) {
        return found
      }
    }
    return nil
  }

  private mutating func opens(_ bytes: Span<UInt8>, _ found: Found, _ cipher: PacketCipher, _ count: Int) -> Bool {
    cost += 1 + count / 64
    let packet = bytes.extracting(found.offset..<found.offset + count)
    if cipher.suite.cipher == .none { return Self.isClear(packet.extracting(0..<count - cipher.suite.macCount)) }
    if case .chained = cipher.suite.cipher {
      let end = found.offset - cipher.suite.macCount
      guard end >= cipher.suite.blockCount else { return false }
      cipher.rechain(bytes.extracting((end - cipher.suite.blockCount)..<end))
    }
    var out: [UInt8] = []
    guard case .opened = cipher.open(packet, found.place, into: &out) else { return false }
    if case .chained = cipher.suite.cipher {
      let end = found.offset - cipher.suite.macCount
      cipher.rechain(bytes.extracting((end - cipher.suite.blockCount)..<end))
    }
    return true
  }

  /// The padding and the message number can be those of a packet in the clear.
  private static func isClearHead(_ bytes: Span<UInt8>, _ count: Int) -> Bool {
    guard bytes.count >= 6, count % 8 == 0 else { return false }
    let padding = Int(bytes[4])
    return padding >= 4 && padding + 6 <= count && SSHMessageNumber.isPlausible(bytes[5])
  }

  /// Whether a packet in the clear can be one between the end of a key exchange and its NEWKEYS (RFC 4253 §7.1). NEWKEYS
  /// itself may be padded with anything.
  static func maySpeakBeforeNewKeys(_ packet: Span<UInt8>) -> Bool {
    guard packet.count >= 6 else { return false }
    switch packet[5] {
    case SSHMessageNumber.newKeys: return true
    case 1...4, 7, 20, 30...49: return isClear(packet)
    default: return false
    }
  }

  private static func isClear(_ packet: Span<UInt8>) -> Bool {
    guard isClearHead(packet, packet.count) else { return false }
    for index in (packet.count - Int(packet[4]))..<packet.count where packet[index] != 0 { return false }
    return true
  }
}
