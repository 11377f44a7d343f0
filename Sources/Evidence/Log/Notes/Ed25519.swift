import CCrypto

/// Ed25519 (RFC 8032) by libcrypto: keys of 32 bytes, signatures of 64.
enum Ed25519 {
  static let keyByteCount = 32
  static let signatureByteCount = 64

  /// A seed that nobody knows yet; nil when the machine has no randomness to give.
  static func newSeed() -> [UInt8]? {
    var seed = [UInt8](repeating: 0, count: keyByteCount)
    guard unsafe RAND_priv_bytes(&seed, CInt(keyByteCount)) == 1 else {
      ERR_clear_error()
      return nil
    }
    return seed
  }

  /// The public key of a seed; nil when it has not 32 bytes.
  static func publicKey(seed: [UInt8]) -> [UInt8]? {
    unsafe withPrivateKey(seed) { key in
      var out = [UInt8](repeating: 0, count: keyByteCount)
      var count = keyByteCount
      guard unsafe EVP_PKEY_get_raw_public_key(key, &out, &count) == 1, count == keyByteCount else { return nil }
      return out
    }
  }

  /// The signature over the bytes, which is the same each time; nil when libcrypto does not sign.
  static func sign(_ message: [UInt8], seed: [UInt8]) -> [UInt8]? {
    unsafe withPrivateKey(seed) { key in
      guard let context = unsafe EVP_MD_CTX_new() else { return nil }
      defer { unsafe EVP_MD_CTX_free(context) }
      var out = [UInt8](repeating: 0, count: signatureByteCount)
      var count = signatureByteCount
      guard unsafe EVP_DigestSignInit_ex(context, nil, nil, nil, nil, key, nil) == 1,
        unsafe EVP_DigestSign(context, &out, &count, message, message.count) == 1, count == signatureByteCount
      else { return nil }
      return out
    }
  }

  static func isSignature(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
    guard signature.count == signatureByteCount, publicKey.count == keyByteCount else { return false }
    defer { ERR_clear_error() }
    guard let key = unsafe EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, publicKey, publicKey.count) else {
      return false
    }
    defer { unsafe EVP_PKEY_free(key) }
    guard let context = unsafe EVP_MD_CTX_new() else { return false }
    defer { unsafe EVP_MD_CTX_free(context) }
    guard unsafe EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key, nil) == 1 else { return false }
    return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }

  private static func withPrivateKey(_ seed: [UInt8], _ body: (OpaquePointer) -> [UInt8]?) -> [UInt8]? {
    guard seed.count == keyByteCount else { return nil }
    defer { ERR_clear_error() }
    guard let key = unsafe EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed, seed.count) else { return nil }
    defer { unsafe EVP_PKEY_free(key) }
    return unsafe body(key)
  }
}
