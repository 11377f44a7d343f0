import Bytes

/// A private key from a file of OpenSSH that has no passphrase (OpenSSH PROTOCOL.key).
///
/// Its bytes stay in memory as long as the value; who wants more leaves the key with ssh-agent.
public struct SSHPrivateKey: Sendable {
  public let publicKey: SSHPublicKey
  public let comment: String
  let secret: KeySecret

  /// Reads the file: `-----BEGIN OPENSSH PRIVATE KEY-----` and base64.
  ///
  /// - Throws: `SigningError`; for a key with a passphrase one that says to load it into ssh-agent.
  public init(file: [UInt8]) throws(SigningError) {
    let decoded = try PrivateKeyFile(file)
    publicKey = decoded.publicKey
    comment = decoded.comment
    secret = decoded.secret
  }

  /// Signs as `ssh-keygen -Y sign` does; RSA keys by rsa-sha2-512.
  ///
  /// - Parameters:
  ///   - message: The bytes to be signed.
  ///   - namespace: What the signature is for.
  ///   - hash: Of the message; `ssh-keygen` takes SHA-512 unless told.
  ///   - certificate: One of this key, for the signature to carry instead of the key.
  /// - Returns: The signature, which has been checked.
  /// - Throws: `SigningError` when the certificate is of another key or libcrypto fails.
  public func sign(
    _ message: [UInt8], namespace: String, hash: SignatureHash = .sha512, certificate: SSHPublicKey? = nil
  ) throws(SigningError) -> SSHSignature {
    let carried = certificate ?? publicKey
    guard carried.plain == publicKey else {
      throw SigningError(.otherKey, "the certificate is not of \(publicKey.fingerprint)")
    }
    let request = try SigningRequest(message, namespace: namespace, hash: hash, key: carried)
    // What was signed is checked at once: a fault in an RSA computation would give the key away.
    return try request.signature(try sign(request.signedData))
  }

  /// Signs a certificate as its authority, as `ssh-keygen -s` does.
  ///
  /// - Throws: `SigningError` when another key is to sign it, or libcrypto fails.
  public func certify(_ draft: CertificateDraft) throws(SigningError) -> SSHPublicKey {
    guard draft.authority == publicKey else {
      throw SigningError(.otherKey, "the certificate is to be signed by \(draft.authority.fingerprint)")
    }
    return try draft.certificate(answer: try sign(draft.signedData).blob)
  }

  private func sign(_ data: [UInt8]) throws(SigningError) -> RawSignature {
    let algorithm: SignatureAlgorithm
    switch publicKey.type {
    case .ed25519: algorithm = .ed25519
    case .ecdsaP256: algorithm = .ecdsaP256
    case .ecdsaP384: algorithm = .ecdsaP384
    case .ecdsaP521: algorithm = .ecdsaP521
    case .rsa: algorithm = .rsaSHA512
    case .tokenEd25519, .tokenECDSA: throw SigningError(.onToken, "keys of security tokens sign by ssh-agent")
    }
    let made = try PrivateKeyHandle(secret, publicKey).sign(data, hash: algorithm.hashName)
    guard publicKey.type.curve != nil else { return RawSignature(algorithm: algorithm, content: made) }
    guard let numbers = ECDSASignature(der: made) else {
      throw SigningError(.libcrypto, "libcrypto gave no ECDSA signature")
    }
    return RawSignature(algorithm: algorithm, content: numbers.blob)
  }
}
