/// How keys come from secrets: the PRF of RFC 2246 §5 and RFC 5246 §5, HKDF-Expand-Label of RFC 8446 §7.1.
enum KeySchedule {
  /// `P_hash` of RFC 5246 §5.
  private static func expand(_ hash: HashAlgorithm, _ secret: [UInt8], _ seed: [UInt8], count: Int) -> [UInt8] {
    var out: [UInt8] = []
    var a = hash.hmac(key: secret, seed)
    while out.count < count {
      let block = hash.hmac(key: secret, a + seed)
      guard !block.isEmpty else { return [] }
      out += block
      a = hash.hmac(key: secret, a)
    }
    return Array(out.prefix(count))
  }

  /// The PRF: `hash` nil is that of TLS 1.0 and 1.1, MD5 and SHA-1 over half the secret each.
  static func prf(_ hash: HashAlgorithm?, _ secret: [UInt8], label: String, seed: [UInt8], count: Int) -> [UInt8] {
    let seed = Array(label.utf8) + seed
    if let hash { return expand(hash, secret, seed, count: count) }
    let half = (secret.count + 1) / 2
    let left = expand(.md5, Array(secret.prefix(half)), seed, count: count)
    let right = expand(.sha1, Array(secret.suffix(half)), seed, count: count)
    return zip(left, right).map { $0 ^ $1 }
  }

  /// HKDF-Extract of RFC 5869 §2.2.
  static func extract(_ hash: HashAlgorithm, salt: [UInt8], _ material: [UInt8]) -> [UInt8] {
    hash.hmac(key: salt, material)
  }

  /// HKDF-Expand-Label of RFC 8446 §7.1.
  static func expandLabel(
    _ hash: HashAlgorithm, _ secret: [UInt8], _ label: String, context: [UInt8] = [], count: Int
  ) -> [UInt8] {
    let label = Array("tls13 \(label)".utf8)
    var info: [UInt8] = [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
    info += [UInt8(truncatingIfNeeded: label.count)] + label + [UInt8(truncatingIfNeeded: context.count)] + context
    var out: [UInt8] = []
    var block: [UInt8] = []
    var counter: UInt8 = 1
    while out.count < count, counter < 255 {
      block = hash.hmac(key: secret, block + info + [counter])
      guard !block.isEmpty else { return [] }
      out += block
      counter += 1
    }
    return Array(out.prefix(count))
  }

  /// The secret after a KeyUpdate (RFC 8446 §7.2).
  static func next(_ hash: HashAlgorithm, _ secret: [UInt8]) -> [UInt8] {
    expandLabel(hash, secret, "traffic upd", count: hash.digestCount)
  }
}
