import CCrypto

/// A public key as libcrypto holds it.
@safe final class PublicKeyHandle {
  private let key: OpaquePointer

  /// Nil when libcrypto does not take the key, for one as its point is not on the curve.
  init?(_ material: KeyMaterial, _ type: SSHKeyType) {
    let made: OpaquePointer?
    switch material {
    case .ed25519(let bytes, _):
      unsafe made = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, bytes, bytes.count)
    case .ecdsa(let point, _):
      let parameters = KeyParameters()
      parameters.add(OSSL_PKEY_PARAM_GROUP_NAME, text: KeyParameters.group(type.curve ?? ""))
      parameters.add(OSSL_PKEY_PARAM_PUB_KEY, octets: point)
      unsafe made = parameters.makeKey("EC", selection: KeySelection.publicKey)
    case .rsa(let modulus, let exponent):
      let parameters = KeyParameters()
      parameters.add(OSSL_PKEY_PARAM_RSA_N, number: modulus)
      parameters.add(OSSL_PKEY_PARAM_RSA_E, number: exponent)
      unsafe made = parameters.makeKey("RSA", selection: KeySelection.publicKey)
    }
    guard let made = unsafe made else {
      ERR_clear_error()
      return nil
    }
    unsafe key = unsafe made
  }

  deinit { unsafe EVP_PKEY_free(key) }

  /// Whether the key signed the message; the hash by libcrypto's name, nil for Ed25519, which has its own.
  ///
  /// An ECDSA signature is in DER here, an RSA signature as long as the modulus; with `isPSS` it is padded as RFC 8017 §8.1 has
  /// it, with a salt as long as the hash, otherwise as its §8.2.
  func verify(_ signature: [UInt8], over message: [UInt8], hash: String?, isPSS: Bool = false) -> Bool {
    defer { ERR_clear_error() }
    guard let context = unsafe EVP_MD_CTX_new() else { return false }
    defer { unsafe EVP_MD_CTX_free(context) }
    let padding = KeyParameters()
    if isPSS {
      padding.add(OSSL_SIGNATURE_PARAM_PAD_MODE, text: OSSL_PKEY_RSA_PAD_MODE_PSS)
      padding.add(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, text: OSSL_PKEY_RSA_PSS_SALT_LEN_DIGEST)
    }
    let isBegun = unsafe padding.withParameters {
      unsafe EVP_DigestVerifyInit_ex(context, nil, hash, nil, nil, key, isPSS ? $0 : nil) == 1
    }
    guard isBegun else { return false }
    return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}

/// Which parts of a key `EVP_PKEY_fromdata` is given: OpenSSL's macros, which are sums and so are not imported.
enum KeySelection {
  private static let parameters = OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS | OSSL_KEYMGMT_SELECT_OTHER_PARAMETERS
  static let publicKey = parameters | OSSL_KEYMGMT_SELECT_PUBLIC_KEY
  static let keyPair = publicKey | OSSL_KEYMGMT_SELECT_PRIVATE_KEY
}
