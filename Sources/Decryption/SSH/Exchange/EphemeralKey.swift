import CCrypto

/// Does one end's part of a key exchange again, from its ephemeral private key.
struct EphemeralKey {
  let bytes: [UInt8]

  /// A modulus of 16384 bits; what a hostile server asks for costs no more.
  static let modulusLimit = 2 << 10

  /// K; nil when the key is none of this exchange or the method needs more than it.
  func sharedSecret(_ transcript: ExchangeTranscript) -> [UInt8]? {
    let publics = transcript.publics
    for (own, peer) in [(publics.fromClient, publics.fromServer), (publics.fromServer, publics.fromClient)] {
      let secret: [UInt8]?
      switch transcript.method.family {
      case .curve(let name): secret = curveSecret(name, own: own, peer: peer)
      case .group(let number):
        secret = Self.prime(number).flatMap { groupSecret(prime: $0, generator: [2], own: own, peer: peer) }
      case .groupExchange:
        secret = transcript.group.flatMap {
          groupSecret(prime: $0.prime, generator: $0.generator, own: own, peer: peer)
        }
      case .hybrid: secret = nil
      }
      if let secret { return secret }
    }
    return nil
  }

  private func curveSecret(_ name: String, own: [UInt8], peer: [UInt8]) -> [UInt8]? {
    defer { ERR_clear_error() }
    let key: OpaquePointer?
    let peerKey: OpaquePointer?
    switch name {
    case "x25519", "x448":
      let type = name == "x448" ? EVP_PKEY_X448 : EVP_PKEY_X25519
      unsafe key = unsafe EVP_PKEY_new_raw_private_key(type, nil, bytes, bytes.count)
      unsafe peerKey = unsafe EVP_PKEY_new_raw_public_key(type, nil, peer, peer.count)
    default:
      guard let curve = DER.curve(name), let point = PublicKey.point(name, peer) else { return nil }
      // ECPrivateKey of RFC 5915; a log may leave out zeros before the number, or have one before it.
      let width = name == "nistp256" ? 32 : name == "nistp384" ? 48 : 66
      let digits = bytes.drop { $0 == 0 }
      guard digits.count <= width else { return nil }
      let number = [UInt8](repeating: 0, count: width - digits.count) + digits
      let encoded = DER.sequence(DER.integer([1]), DER.octets(number), DER.explicit(0, curve))
      unsafe key = unsafe encoded.withUnsafeBufferPointer { buffer in
        var cursor = buffer.baseAddress
        return unsafe d2i_PrivateKey(EVP_PKEY_EC, nil, &cursor, buffer.count)
      }
      unsafe peerKey = unsafe point.withUnsafeBufferPointer { buffer in
        var cursor = buffer.baseAddress
        return unsafe d2i_PUBKEY(nil, &cursor, buffer.count)
      }
    }
    defer {
      unsafe EVP_PKEY_free(key)
      unsafe EVP_PKEY_free(peerKey)
    }
    guard let key = unsafe key, let peerKey = unsafe peerKey, unsafe publicBytes(key) == own,
      let context = unsafe EVP_PKEY_CTX_new(key, nil)
    else { return nil }
    defer { unsafe EVP_PKEY_CTX_free(context) }
    var count = 0
    guard unsafe EVP_PKEY_derive_init(context) == 1, unsafe EVP_PKEY_derive_set_peer(context, peerKey) == 1,
      unsafe EVP_PKEY_derive(context, nil, &count) == 1, count > 0, count <= 128
    else { return nil }
    var out = [UInt8](repeating: 0, count: count)
    return unsafe EVP_PKEY_derive(context, &out, &count) == 1 ? Array(out.prefix(count)) : nil
  }

  /// The public key that goes with a private one, in the form in which the exchange sends it.
  private func publicBytes(_ key: OpaquePointer) -> [UInt8]? {
    var encoded: UnsafeMutablePointer<UInt8>?
    let count = unsafe EVP_PKEY_get1_encoded_public_key(key, &encoded)
    guard let start = unsafe encoded, count > 0 else { return nil }
    defer { unsafe CRYPTO_free(start, #file, #line) }
    return unsafe Array(UnsafeBufferPointer(start: start, count: Int(count)))
  }

  /// peer^x mod p, when generator^x mod p is what this end sent.
  private func groupSecret(prime: [UInt8], generator: [UInt8], own: [UInt8], peer: [UInt8]) -> [UInt8]? {
    guard prime.count <= Self.modulusLimit, generator.count <= Self.modulusLimit, peer.count <= Self.modulusLimit,
      let mine = power(generator, prime), mine == Array(own.drop { $0 == 0 })
    else { return nil }
    return power(peer, prime)
  }

  private func power(_ base: [UInt8], _ prime: [UInt8]) -> [UInt8]? {
    let context = unsafe BN_CTX_new()
    let result = unsafe BN_new()
    let number = unsafe BN_bin2bn(base, CInt(truncatingIfNeeded: base.count), nil)
    let exponent = unsafe BN_bin2bn(bytes, CInt(truncatingIfNeeded: bytes.count), nil)
    let modulus = unsafe BN_bin2bn(prime, CInt(truncatingIfNeeded: prime.count), nil)
    defer {
      unsafe BN_free(number)
      unsafe BN_clear_free(exponent)
      unsafe BN_free(modulus)
      unsafe BN_free(result)
      unsafe BN_CTX_free(context)
      ERR_clear_error()
    }
    // libcrypto wants an odd modulus here, which every prime in use is.
    guard unsafe BN_is_odd(modulus) == 1, unsafe BN_mod_exp(result, number, exponent, modulus, context) == 1 else {
      return nil
    }
    var out = [UInt8](repeating: 0, count: Int(unsafe BN_num_bits(result) + 7) / 8)
    _ = unsafe BN_bn2bin(result, &out)
    return out
  }

  /// The primes of RFC 2409 and RFC 3526.
  private static func prime(_ group: Int) -> [UInt8]? {
    let number: OpaquePointer?
    switch group {
    case 1: unsafe number = unsafe BN_get_rfc2409_prime_1024(nil)
    case 14: unsafe number = unsafe BN_get_rfc3526_prime_2048(nil)
    case 15: unsafe number = unsafe BN_get_rfc3526_prime_3072(nil)
    case 16: unsafe number = unsafe BN_get_rfc3526_prime_4096(nil)
    case 17: unsafe number = unsafe BN_get_rfc3526_prime_6144(nil)
    case 18: unsafe number = unsafe BN_get_rfc3526_prime_8192(nil)
    default: return nil
    }
    guard let number = unsafe number else { return nil }
    defer { unsafe BN_free(number) }
    var out = [UInt8](repeating: 0, count: Int(unsafe BN_num_bits(number) + 7) / 8)
    _ = unsafe BN_bn2bin(number, &out)
    return out
  }
}
