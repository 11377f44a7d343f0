import CCrypto

/// An RSA private key, for the key exchange in which the client encrypts the premaster secret to the certificate's key.
struct RSAPrivateKey: Sendable {
  /// A key of 16384 bits fits.
  static let pemLimit = 32 << 10

  /// DER of the key: a value that can be shared, where libcrypto's own object is not.
  private let encoded: [UInt8]

  /// Takes an unencrypted PKCS #1 or PKCS #8 key.
  init?(pem: String) {
    let text = Array(pem.utf8)
    guard let length = CInt(exactly: text.count) else { return nil }
    let made: [UInt8]? = unsafe text.withUnsafeBufferPointer { buffer in
      guard let bio = unsafe BIO_new_mem_buf(buffer.baseAddress, length) else { return nil }
      defer { unsafe BIO_free(bio) }
      // Without a callback libcrypto would ask the terminal for the passphrase of an encrypted key.
      let refuse: @convention(c) (UnsafeMutablePointer<CChar>?, CInt, CInt, UnsafeMutableRawPointer?) -> CInt = {
        _, _, _, _ in -1
      }
      guard let key = unsafe PEM_read_bio_PrivateKey(bio, nil, refuse, nil) else {
        ERR_clear_error()
        return nil
      }
      defer { unsafe EVP_PKEY_free(key) }
      guard unsafe EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else { return nil }
      let count = unsafe i2d_PrivateKey(key, nil)
      guard count > 0 else { return nil }
      var out = [UInt8](repeating: 0, count: Int(count))
      let written = unsafe out.withUnsafeMutableBufferPointer { target in
        var end = target.baseAddress
        return unsafe i2d_PrivateKey(key, &end)
      }
      return written == count ? out : nil
    }
    guard let made else { return nil }
    encoded = made
  }

  /// The premaster secret of RFC 5246 §7.4.7.1, or nil when the key is another.
  ///
  /// The padding is taken off here: newer libcrypto answers a wrong key with random bytes instead of an error.
  func preMaster(_ encrypted: [UInt8]) -> [UInt8]? {
    let raw: [UInt8]? = unsafe encoded.withUnsafeBufferPointer { buffer in
      var cursor = buffer.baseAddress
      guard let key = unsafe d2i_AutoPrivateKey(nil, &cursor, buffer.count) else { return nil }
      defer { unsafe EVP_PKEY_free(key) }
      guard unsafe EVP_PKEY_get_size(key) == encrypted.count else { return nil }
      return unsafe Self.power(encrypted, key)
    }
    ERR_clear_error()
    guard let raw, raw.count > 59, raw.starts(with: [0, 2]) else { return nil }
    let secret = Array(raw.suffix(48))
    guard raw[raw.count - 49] == 0, !raw[2..<(raw.count - 49)].contains(0), secret.first == 3 else { return nil }
    return secret
  }

  /// RSADP of RFC 8017 §5.1.2, the plain power modulo n.
  ///
  /// libcrypto's own decryption hides how long it takes behind random numbers; here nobody measures, and nothing may depend
  /// on whether there are any.
  private static func power(_ sealed: [UInt8], _ key: OpaquePointer) -> [UInt8]? {
    var (modulus, exponent): (OpaquePointer?, OpaquePointer?) = (nil, nil)
    defer {
      unsafe BN_free(modulus)
      unsafe BN_clear_free(exponent)
    }
    guard unsafe EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1,
      unsafe EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_D, &exponent) == 1,
      let count = CInt(exactly: sealed.count), let context = unsafe BN_CTX_new()
    else { return nil }
    defer { unsafe BN_CTX_free(context) }
    let base = unsafe sealed.withUnsafeBufferPointer { unsafe BN_bin2bn($0.baseAddress, count, nil) }
    let result = unsafe BN_new()
    defer {
      unsafe BN_free(base)
      unsafe BN_clear_free(result)
    }
    guard unsafe BN_cmp(base, modulus) < 0,
      unsafe BN_mod_exp_mont_consttime(result, base, exponent, modulus, context, nil) == 1
    else { return nil }
    var out = [UInt8](repeating: 0, count: sealed.count)
    let written = unsafe out.withUnsafeMutableBufferPointer { unsafe BN_bn2binpad(result, $0.baseAddress, count) }
    return written == count ? out : nil
  }
}
