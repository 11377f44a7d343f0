import Bytes

/// Where a packet stands under its keys.
struct PacketPlace: Sendable, Hashable {
  /// Of the direction; goes around after 2^32 packets (RFC 4253 §6.4).
  var sequence: UInt32 = 0
  /// Packets before it under the same keys.
  var index: UInt64 = 0
  /// Bytes of the wire before it under the same keys.
  var offset: UInt64 = 0
}

/// Opens the packets of one direction under one set of keys (RFC 4253 §6).
///
///     uint32    packet_length
///     byte      padding_length
///     byte[n1]  payload
///     byte[n2]  random padding
///     byte[m]   MAC
final class PacketCipher {
  /// The longest packet that OpenSSH takes (PACKET_MAX_SIZE); RFC 4253 §6.1 asks for 35000.
  static let packetLimit = 256 << 10

  enum Opening: Equatable {
    /// Where the payload is in what was written.
    case opened(Range<Int>)
    case badMAC
    /// The padding is longer than the packet.
    case badPadding
  }

  let suite: PacketSuite
  private let iv: [UInt8]
  private let cipher: LibcryptoCipher?
  /// chacha20-poly1305@openssh.com has a key of its own for lengths.
  private let lengthCipher: LibcryptoCipher?
  private let mac: LibcryptoMAC?
  private let umac: UMAC?
  /// CBC: the last block of ciphertext.
  private var chain: [UInt8]
  private var head: [UInt8]

  /// The clear: before the first key exchange.
  static func clear() -> PacketCipher? {
    PacketSuite(cipher: "none", mac: "none").flatMap { PacketCipher($0, iv: [], key: [], macKey: nil) }
  }

  /// Nil when libcrypto does not offer the algorithms. Without a MAC key MACs are taken off and not verified.
  init?(_ suite: PacketSuite, iv: [UInt8], key: [UInt8], macKey: [UInt8]?) {
    self.suite = suite
    self.iv = iv
    chain = iv
    head = [UInt8](repeating: 0, count: 64)
    switch suite.cipher {
    case .none: (cipher, lengthCipher) = (nil, nil)
    case .chacha:
      // The first half is the main key (PROTOCOL.chacha20poly1305).
      guard let main = LibcryptoCipher(name: "ChaCha20", key: Array(key.prefix(32)), ivCount: 16),
        let length = LibcryptoCipher(name: "ChaCha20", key: Array(key.suffix(32)), ivCount: 16)
      else { return nil }
      (cipher, lengthCipher) = (main, length)
    case .gcm(let name, _), .counter(let name, _), .chained(let name, _, _):
      guard let made = LibcryptoCipher(name: name, key: key, ivCount: iv.count) else { return nil }
      (cipher, lengthCipher) = (made, nil)
    }
    switch (suite.mac, suite.cipher, macKey) {
    case (.tag, .chacha, _):
      guard let poly = LibcryptoMAC.poly1305() else { return nil }
      (mac, umac) = (poly, nil)
    case (.hmac(let hash, _, _, _), _, let key?):
      guard let made = LibcryptoMAC.hmac(hash: hash, key: key) else { return nil }
      (mac, umac) = (made, nil)
    case (.umac(let count, _), _, let key?):
      guard let made = UMAC(key: key, tagCount: count) else { return nil }
      (mac, umac) = (nil, made)
    default: (mac, umac) = (nil, nil)
    }
  }

  /// Bytes that tell a packet's length.
  var headCount: Int { suite.hasClearLength || suite.cipher == .chacha ? 4 : suite.blockCount }

  /// The fewest bytes of a packet on the wire.
  var leastCount: Int {
    // RFC 4253 §6: at least 16 bytes or a cipher block; a length outside of the encryption comes on top.
    let isOutside = suite.cipher == .chacha || suite.hasClearLength && suite.cipher != .none
    return (isOutside ? 4 + max(8, suite.blockCount) : max(8, suite.blockCount)) + suite.macCount
  }

  /// A packet opens without knowing how many bytes were enciphered before it.
  var canBeginAnywhere: Bool {
    if case .counter = suite.cipher { return false }
    return true
  }

  /// Whether a packet can be at this place: the cipher's blocks before it are whole.
  func isAligned(_ place: PacketPlace) -> Bool {
    guard case .counter = suite.cipher else { return true }
    return (place.offset &- aside(place)) % 16 == 0
  }

  /// Bytes before a packet that do not go through the cipher: MACs, and lengths under -etm.
  private func aside(_ place: PacketPlace) -> UInt64 {
    place.index &* UInt64(suite.macCount + (suite.hasClearLength ? 4 : 0))
  }

  /// Bytes of the packet whose head is given, with length and MAC; nil when it cannot be one.
  func byteCount(_ bytes: Span<UInt8>, _ place: PacketPlace) -> Int? {
    guard bytes.count >= headCount else { return nil }
    let length: UInt32
    switch (suite.cipher, suite.hasClearLength) {
    case (.chacha, _):
      guard let lengthCipher, lengthCipher.start(iv: Self.chachaIV(place.sequence, counter: 0)),
        lengthCipher.update(bytes.extracting(0..<4), into: &head, at: 0)
      else { return nil }
      length = Self.number(head)
    case (_, true): length = Self.number(bytes)
    case (_, false):
      guard let cipher, cipher.start(iv: startIV(place)),
        cipher.update(bytes.extracting(0..<headCount), into: &head, at: 0)
      else { return nil }
      length = Self.number(head)
    }
    guard length >= 5, length <= UInt32(Self.packetLimit) else { return nil }
    // Some write packets in the clear without aligning them; nothing hangs on it.
    if suite.cipher == .none { return 4 + Int(length) + suite.macCount }
    let encrypted = suite.cipher == .chacha || suite.hasClearLength ? Int(length) : Int(length) + 4
    guard encrypted % suite.blockCount == 0 else { return nil }
    return 4 + Int(length) + suite.macCount
  }

  /// Writes the packet, without its MAC and with the padding it came with, behind what `out` holds.
  ///
  /// `packet` is as long as `byteCount` said. When it does not open, nothing is written.
  func open(_ packet: Span<UInt8>, _ place: PacketPlace, into out: inout [UInt8]) -> Opening {
    let start = out.count
    let bodyEnd = packet.count - suite.macCount
    guard bodyEnd >= 5 else { return .badPadding }
    let body = packet.extracting(4..<bodyEnd)
    let tag = packet.extracting(bodyEnd..<packet.count)
    out.append(contentsOf: repeatElement(0, count: bodyEnd))
    let isRight: Bool
    switch suite.cipher {
    case .none:
      out.removeLast(bodyEnd)
      out.append(contentsOf: packet.extracting(0..<bodyEnd))
      isRight = verify(packet.extracting(0..<bodyEnd), tag, place)
    case .chacha: isRight = openChacha(packet.extracting(0..<bodyEnd), tag, place, into: &out, at: start)
    case .gcm: isRight = openGCM(packet.extracting(0..<4), body, tag, place, into: &out, at: start)
    case .counter, .chained: isRight = openSeparate(packet, place, into: &out, at: start)
    }
    guard isRight else {
      out.removeLast(out.count - start)
      return .badMAC
    }
    if case .chained = suite.cipher, bodyEnd >= chain.count {
      chain = packet.extracting((bodyEnd - chain.count)..<bodyEnd).array
    }
    let padding = Int(out[start + 4])
    guard padding + 1 <= body.count else {
      out.removeLast(out.count - start)
      return .badPadding
    }
    return .opened(start + 5..<start + bodyEnd - padding)
  }

  /// CBC goes on from the last block before a gap's end.
  func rechain(_ lastBlock: Span<UInt8>) { chain = lastBlock.array }

  private func openChacha(
    _ bytes: Span<UInt8>, _ tag: Span<UInt8>, _ place: PacketPlace, into out: inout [UInt8], at start: Int
  ) -> Bool {
    guard let cipher, let mac else { return false }
    let zero = [UInt8](repeating: 0, count: 32)
    // Block 0 of the main key's stream is the key of Poly1305.
    guard cipher.start(iv: Self.chachaIV(place.sequence, counter: 0)), cipher.update(zero.span, into: &head, at: 0),
      mac.start(key: Array(head.prefix(32)))
    else { return false }
    mac.update(bytes)
    return mac.verify(tag) && cipher.start(iv: Self.chachaIV(place.sequence, counter: 1))
      && cipher.update(bytes.extracting(4..<bytes.count), into: &out, at: start + 4)
  }

  private func openGCM(
    _ length: Span<UInt8>, _ body: Span<UInt8>, _ tag: Span<UInt8>, _ place: PacketPlace, into out: inout [UInt8],
    at start: Int
  ) -> Bool {
    guard let cipher, cipher.start(iv: startIV(place)), cipher.associate(length),
      cipher.update(body, into: &out, at: start + 4)
    else { return false }
    return cipher.verify(tag: tag)
  }

  /// A cipher with a MAC beside it: over the ciphertext (-etm), or over the plain packet.
  private func openSeparate(
    _ packet: Span<UInt8>, _ place: PacketPlace, into out: inout [UInt8], at start: Int
  ) -> Bool {
    let bodyEnd = packet.count - suite.macCount
    let tag = packet.extracting(bodyEnd..<packet.count)
    let isEtm = suite.hasClearLength
    if isEtm, !verify(packet.extracting(0..<bodyEnd), tag, place) { return false }
    let first = isEtm ? 4 : 0
    guard let cipher, cipher.start(iv: startIV(place)),
      cipher.update(packet.extracting(first..<bodyEnd), into: &out, at: start + first)
    else { return false }
    return isEtm || verify(out.span.extracting(start..<start + bodyEnd), tag, place)
  }

  private func verify(_ bytes: Span<UInt8>, _ tag: Span<UInt8>, _ place: PacketPlace) -> Bool {
    if let umac { return umac.verify(bytes, sequence: place.sequence, tag) }
    guard let mac else { return true }
    guard mac.start() else { return false }
    mac.update(place.sequence)
    mac.update(bytes)
    return mac.verify(tag)
  }

  /// The block counter and the sequence number, as PROTOCOL.chacha20poly1305 puts them together.
  private static func chachaIV(_ sequence: UInt32, counter: UInt8) -> [UInt8] {
    [
      counter, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(truncatingIfNeeded: sequence >> 24),
      UInt8(truncatingIfNeeded: sequence >> 16), UInt8(truncatingIfNeeded: sequence >> 8),
      UInt8(truncatingIfNeeded: sequence),
    ]
  }

  private func startIV(_ place: PacketPlace) -> [UInt8] {
    switch suite.cipher {
    case .none, .chacha: return []
    // The last 8 bytes count invocations (RFC 5647 §7.1).
    case .gcm: return Self.adding(place.index, to: iv, width: 8)
    case .counter: return Self.adding((place.offset &- aside(place)) / 16, to: iv, width: 16)
    case .chained: return chain
    }
  }

  /// The bytes as a number, of which the last `width` go around.
  private static func adding(_ number: UInt64, to bytes: [UInt8], width: Int) -> [UInt8] {
    var out = bytes
    var carry = number
    var index = out.count - 1
    while carry > 0, index >= out.count - width, index >= 0 {
      carry &+= UInt64(out[index])
      out[index] = UInt8(truncatingIfNeeded: carry)
      carry >>= 8
      index -= 1
    }
    return out
  }

  private static func number(_ bytes: [UInt8]) -> UInt32 { number(bytes.span) }

  private static func number(_ bytes: Span<UInt8>) -> UInt32 {
    UInt32(bytes[0]) << 24 | UInt32(bytes[1]) << 16 | UInt32(bytes[2]) << 8 | UInt32(bytes[3])
  }
}
