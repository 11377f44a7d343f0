extension SSHPrivateKey {
  /// The signature of Ed25519 over the bytes themselves (RFC 8032), for formats that are not OpenSSH's: 64 bytes.
  ///
  /// - Throws: `SigningError` for keys of other kinds.
  public func ed25519Signature(of data: [UInt8]) throws(SigningError) -> [UInt8] {
    guard publicKey.type == .ed25519 else {
      throw SigningError(.unsupported, "\(publicKey.typeName) does not sign this; take an Ed25519 key")
    }
    let made = try PrivateKeyHandle(secret, publicKey).sign(data, hash: nil)
    guard publicKey.isEd25519Signature(made, over: data) else {
      throw SigningError(.libcrypto, "libcrypto gave a signature that does not hold")
    }
    return made
  }
}

extension SSHPublicKey {
  /// Whether the key made it over the bytes themselves; false for keys of other kinds.
  public func isEd25519Signature(_ signature: [UInt8], over data: [UInt8]) -> Bool {
    guard plain.type == .ed25519, signature.count == 64, let handle = PublicKeyHandle(plain.material, .ed25519) else {
      return false
    }
    return handle.verify(signature, over: data, hash: nil)
  }

  /// The 32 bytes of an Ed25519 key; nil for others.
  public var ed25519Bytes: [UInt8]? {
    if case .ed25519(let bytes, nil) = plain.material { bytes } else { nil }
  }
}
