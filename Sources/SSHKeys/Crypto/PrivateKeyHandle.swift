import CCrypto

/// A private key as libcrypto holds it.
@safe final class PrivateKeyHandle {
  private let library: LibraryContext
  private let key: OpaquePointer

  /// - Throws: `SigningError` with libcrypto's reasons when it does not take the key.
  init(_ secret: KeySecret, _ publicKey: SSHPublicKey) throws(SigningError) {
    ERR_clear_error()
    library = try LibraryContext()
    let made: OpaquePointer?
    switch (secret, publicKey.material) {
    case (.ed25519(let seed), _):
      unsafe made = EVP_PKEY_new_raw_private_key_ex(library.pointer, "ED25519", nil, seed, seed.count)
    case (.ecdsa(let scalar), .ecdsa(let point, _)):
      let parameters = KeyParameters()
      parameters.add(OSSL_PKEY_PARAM_GROUP_NAME, text: KeyParameters.group(publicKey.type.curve ?? ""))
      parameters.add(OSSL_PKEY_PARAM_PUB_KEY, octets: point)
      parameters.add(OSSL_PKEY_PARAM_PRIV_KEY, number: scalar)
      unsafe made = parameters.makeKey("EC", selection: KeySelection.keyPair, in: library)
    case (.rsa(let exponent, let p, let q, let coefficient), .rsa(let modulus, let publicExponent)):
      let parameters = KeyParameters()
      parameters.add(OSSL_PKEY_PARAM_RSA_N, number: modulus)
      parameters.add(OSSL_PKEY_PARAM_RSA_E, number: publicExponent)
      parameters.add(OSSL_PKEY_PARAM_RSA_D, number: exponent)
      // The names of these are sums of macros in core_names.h, which are not imported.
      parameters.add("rsa-factor1", number: p)
      parameters.add("rsa-factor2", number: q)
      parameters.add("rsa-exponent1", number: Self.remainder(exponent, p))
      parameters.add("rsa-exponent2", number: Self.remainder(exponent, q))
      parameters.add("rsa-coefficient1", number: coefficient)
      unsafe made = parameters.makeKey("RSA", selection: KeySelection.keyPair, in: library)
    default: unsafe made = nil
    }
    guard let made = unsafe made else {
      throw SigningError(.libcrypto, "libcrypto does not take the private key: \(Libcrypto.takeErrors())")
    }
    unsafe key = unsafe made
  }

  deinit { unsafe EVP_PKEY_free(key) }

  /// d mod (prime − 1), which files of OpenSSH leave out and libcrypto wants.
  private static func remainder(_ exponent: [UInt8], _ prime: [UInt8]) -> [UInt8] {
    let context = unsafe BN_CTX_new()
    let number = unsafe BN_bin2bn(exponent, CInt(clamping: exponent.count), nil)
    let modulus = unsafe BN_bin2bn(prime, CInt(clamping: prime.count), nil)
    let result = unsafe BN_new()
    defer {
      unsafe BN_clear_free(number)
      unsafe BN_clear_free(modulus)
      unsafe BN_clear_free(result)
      unsafe BN_CTX_free(context)
    }
    unsafe BN_set_flags(number, BN_FLG_CONSTTIME)
    unsafe BN_set_flags(modulus, BN_FLG_CONSTTIME)
    guard unsafe BN_sub_word(modulus, 1) == 1, unsafe BN_div(nil, result, number, modulus, context) == 1 else {
      return []
    }
    var out = [UInt8](repeating: 0, count: prime.count)
    _ = unsafe BN_bn2binpad(result, &out, CInt(clamping: out.count))
    return out
  }

  /// Signs the message; the hash by libcrypto's name, nil for Ed25519, which has its own. ECDSA gives DER.
  ///
  /// - Throws: `SigningError` with libcrypto's reasons.
  func sign(_ message: [UInt8], hash: String?) throws(SigningError) -> [UInt8] {
    // Errors that other calls left behind are not this one's.
    ERR_clear_error()
    var out: [UInt8] = []
    guard let context = unsafe EVP_MD_CTX_new() else { throw SigningError(.libcrypto, "libcrypto is out of memory") }
    defer { unsafe EVP_MD_CTX_free(context) }
    var count = 0
    guard unsafe EVP_DigestSignInit_ex(context, nil, hash, library.pointer, nil, key, nil) == 1,
      unsafe EVP_DigestSign(context, nil, &count, message, message.count) == 1, count > 0, count <= 4096
    else { throw SigningError(.libcrypto, "libcrypto does not sign: \(Libcrypto.takeErrors())") }
    out = [UInt8](repeating: 0, count: count)
    guard unsafe EVP_DigestSign(context, &out, &count, message, message.count) == 1, count <= out.count else {
      throw SigningError(.libcrypto, "libcrypto does not sign: \(Libcrypto.takeErrors())")
    }
    return Array(out.prefix(count))
  }
}
