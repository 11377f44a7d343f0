import Bytes

/// UMAC-64 and UMAC-128 (RFC 4418) with a packet's sequence number for a nonce, as OpenSSH uses them.
final class UMAC {
  private static let blockCount = 1024
  /// prime(64) and prime(36) of RFC 4418 §5.1.
  private static let prime64: UInt64 = 0 &- 59
  private static let prime36: UInt64 = (1 << 36) - 5

  private let tagCount: Int
  private let padCipher: LibcryptoCipher
  private let nhKeys: [UInt32]
  private let polyKeys: [UInt64]
  private let innerKeys: [UInt64]
  private let lastKeys: [UInt32]

  /// Nil when libcrypto does not offer AES.
  init?(key: [UInt8], tagCount: Int) {
    self.tagCount = tagCount
    let passes = tagCount / 4
    guard let nh = Self.derive(key, 1, Self.blockCount + (passes - 1) * 16),
      let poly = Self.derive(key, 2, passes * 24), let inner = Self.derive(key, 3, passes * 64),
      let last = Self.derive(key, 4, passes * 4), let pad = Self.derive(key, 0, 16),
      let padCipher = LibcryptoCipher(name: "AES-128-ECB", key: pad, ivCount: 0, isEncrypting: true)
    else { return nil }
    self.padCipher = padCipher
    nhKeys = Self.numbers(nh)
    polyKeys = (0..<passes).map { Self.numbers(Array(poly[$0 * 24..<$0 * 24 + 8]))[0] & 0x01ff_ffff_01ff_ffff }
    innerKeys = Self.numbers(inner).map { $0 % Self.prime36 }
    lastKeys = Self.numbers(last)
  }

  /// Whether the tag of the message is this.
  func verify(_ message: Span<UInt8>, sequence: UInt32, _ tag: Span<UInt8>) -> Bool {
    let made = self.tag(message, nonce: UInt64(sequence))
    return made.span.elementsEqual(tag)
  }

  func tag(_ message: Span<UInt8>, nonce: UInt64) -> [UInt8] {
    // A pad of 16 bytes serves two nonces when the tag has 8 (§4.1.1).
    let isHalf = tagCount == 8
    let index = isHalf ? Int(nonce & 1) : 0
    var writer = ByteWriter()
    writer.write(isHalf ? nonce & ~1 : nonce)
    writer.write(UInt64(0))
    var pad = [UInt8](repeating: 0, count: 16)
    guard padCipher.update(writer.bytes.span, into: &pad, at: 0) else { return [] }
    var out: [UInt8] = []
    out.reserveCapacity(tagCount)
    for pass in 0..<tagCount / 4 {
      let value = hash(message, pass: pass)
      for shift in [24, 16, 8, 0] as [UInt32] {
        out.append(UInt8(truncatingIfNeeded: value >> shift) ^ pad[index * tagCount + out.count])
      }
    }
    return out
  }

  /// UHASH of one pass (§5.1): NH over blocks, a polynomial over their hashes, an inner product.
  private func hash(_ message: Span<UInt8>, pass: Int) -> UInt32 {
    var low: UInt64
    if message.count <= Self.blockCount {
      low = nh(message, pass)
    } else {
      var value: UInt64 = 1
      var start = 0
      let key = polyKeys[pass]
      while start < message.count {
        let end = min(message.count, start + Self.blockCount)
        let word = nh(message.extracting(start..<end), pass)
        if word >= 0xffff_ffff_0000_0000 {
          value = Self.step(key, value, Self.prime64 - 1)
          value = Self.step(key, value, word - 59)
        } else {
          value = Self.step(key, value, word)
        }
        start = end
      }
      low = value
    }
    var sum: UInt64 = 0
    // The upper four of the eight digits are zero in messages of less than 16 MiB (§5.3).
    for index in (4..<8).reversed() {
      sum &+= (low & 0xffff) * innerKeys[pass * 8 + index]
      low >>= 16
    }
    return UInt32(truncatingIfNeeded: sum % Self.prime36) ^ lastKeys[pass]
  }

  /// `key * value + word` modulo prime(64).
  private static func step(_ key: UInt64, _ value: UInt64, _ word: UInt64) -> UInt64 {
    let product = key.multipliedFullWidth(by: value)
    let rest = prime64.dividingFullWidth((product.high, product.low)).remainder
    let (sum, overflow) = rest.addingReportingOverflow(word)
    // 2^64 is 59 more than the prime.
    let folded = overflow ? sum &+ 59 : sum
    return folded >= prime64 ? folded - prime64 : folded
  }

  /// NH (§5.2.2) of at most one block, and the length in bits.
  private func nh(_ block: Span<UInt8>, _ pass: Int) -> UInt64 {
    var sum = UInt64(block.count) &* 8
    let whole = block.count / 32 * 32
    sum = unsafe nhKeys.withUnsafeBufferPointer { keys in
      unsafe block.withUnsafeBytes { raw in
        var sum = sum
        var at = 0
        while at < whole {
          let key = at / 4 + pass * 4
          for lane in 0..<4 {
            let left = unsafe UInt32(
              littleEndian: raw.loadUnaligned(fromByteOffset: at + lane * 4, as: UInt32.self))
            let right = unsafe UInt32(
              littleEndian: raw.loadUnaligned(fromByteOffset: at + lane * 4 + 16, as: UInt32.self))
            sum &+=
              unsafe UInt64(left &+ keys[key + lane]) &* UInt64(right &+ keys[key + lane + 4])
          }
          at += 32
        }
        return sum
      }
    }
    if whole < block.count || block.isEmpty {
      var words = [UInt32](repeating: 0, count: 8)
      for index in whole..<block.count {
        words[(index - whole) / 4] |= UInt32(block[index]) << UInt32((index - whole) % 4 * 8)
      }
      let key = whole / 4 + pass * 4
      for lane in 0..<4 {
        sum &+= UInt64(words[lane] &+ nhKeys[key + lane]) &* UInt64(words[lane + 4] &+ nhKeys[key + lane + 4])
      }
    }
    return sum
  }

  /// The KDF of §3.2.1: AES over a counter.
  private static func derive(_ key: [UInt8], _ index: UInt8, _ count: Int) -> [UInt8]? {
    guard let cipher = LibcryptoCipher(name: "AES-128-ECB", key: key, ivCount: 0, isEncrypting: true) else {
      return nil
    }
    var blocks = ByteWriter()
    for number in 1...(count + 15) / 16 {
      blocks.write(UInt64(index))
      blocks.write(UInt64(number))
    }
    var out = [UInt8](repeating: 0, count: blocks.count)
    guard cipher.update(blocks.bytes.span, into: &out, at: 0) else { return nil }
    return Array(out.prefix(count))
  }

  private static func numbers<Number: FixedWidthInteger>(_ bytes: [UInt8]) -> [Number] {
    let width = Number.bitWidth / 8
    return stride(from: 0, to: bytes.count - width + 1, by: width).map { start in
      bytes[start..<start + width].reduce(0) { $0 << 8 | Number($1) }
    }
  }
}
