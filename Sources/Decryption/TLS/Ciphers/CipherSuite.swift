/// A cipher suite, read from its registered name: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`.
struct CipherSuite: Sendable, Hashable {
  enum Bulk: Sendable, Hashable {
    /// `name` is libcrypto's.
    case aead(name: String, keyCount: Int, tagCount: Int, hasExplicitNonce: Bool)
    case block(name: String, keyCount: Int, blockCount: Int, mac: HashAlgorithm)
    case rc4(mac: HashAlgorithm)
    case null(mac: HashAlgorithm)
  }

  let code: UInt16
  let bulk: Bulk
  /// The hash of the key schedule in TLS 1.2 and 1.3.
  let hash: HashAlgorithm
  /// The client encrypts the premaster secret to the certificate's key.
  let isStaticRSA: Bool
  /// Of TLS 1.3: names no key exchange.
  let isTLS13: Bool

  /// The registered name, or `0x….` where there is none.
  static func name(_ code: UInt16) -> String {
    if let name = names[code] { return name }
    let hex = String(code, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
  }

  /// Nil where records of the suite cannot be opened here.
  init?(code: UInt16) {
    guard let name = Self.names[code], name.hasPrefix("TLS_"), !name.contains("EXPORT") else { return nil }
    var tokens = name.split(separator: "_").dropFirst().map(String.init)
    if let with = tokens.firstIndex(of: "WITH") {
      isStaticRSA = tokens[..<with] == ["RSA"]
      isTLS13 = false
      tokens = Array(tokens[(with + 1)...])
    } else {
      isStaticRSA = false
      isTLS13 = true
    }
    var named: HashAlgorithm?
    switch tokens.last {
    case "MD5": named = .md5
    case "SHA": named = .sha1
    case "SHA256": named = .sha256
    case "SHA384": named = .sha384
    default: break
    }
    if named != nil { tokens.removeLast() }
    guard let bulk = Self.bulk(tokens, mac: named, isTLS13: isTLS13) else { return nil }
    self.code = code
    self.bulk = bulk
    hash = named == .sha384 ? .sha384 : .sha256
  }

  private static func bulk(_ tokens: [String], mac: HashAlgorithm?, isTLS13: Bool) -> Bulk? {
    switch tokens {
    case ["CHACHA20", "POLY1305"]:
      return .aead(name: "ChaCha20-Poly1305", keyCount: 32, tagCount: 16, hasExplicitNonce: false)
    case ["NULL"]: return mac.map { .null(mac: $0) }
    case ["RC4", "128"]: return mac.map { .rc4(mac: $0) }
    case ["3DES", "EDE", "CBC"]:
      return mac.map { .block(name: "DES-EDE3-CBC", keyCount: 24, blockCount: 8, mac: $0) }
    default: break
    }
    guard tokens.count >= 3, ["AES", "ARIA", "CAMELLIA"].contains(tokens[0]), let bits = Int(tokens[1]),
      bits == 128 || bits == 256
    else { return nil }
    switch Array(tokens[2...]) {
    case ["GCM"], ["CCM"], ["CCM", "8"]:
      let tagCount = tokens.count == 4 ? 8 : 16
      return .aead(
        name: "\(tokens[0])-\(bits)-\(tokens[2])", keyCount: bits / 8, tagCount: tagCount, hasExplicitNonce: !isTLS13)
    case ["CBC"]:
      return mac.map { .block(name: "\(tokens[0])-\(bits)-CBC", keyCount: bits / 8, blockCount: 16, mac: $0) }
    default: return nil
    }
  }
}
