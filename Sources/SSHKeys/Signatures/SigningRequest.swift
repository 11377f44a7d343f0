import Bytes

/// What is to be signed, for whoever holds the key: a private key file or an agent.
public struct SigningRequest: Hashable, Sendable {
  /// The key or certificate that the signature shall carry.
  public let key: SSHPublicKey
  public let namespace: String
  public let hash: SignatureHash
  /// The bytes that the key signs (`SSHSignature.signedData`).
  public let signedData: [UInt8]

  /// - Throws: `SigningError` when the namespace is none.
  public init(
    _ message: [UInt8], namespace: String, hash: SignatureHash = .sha512, key: SSHPublicKey
  ) throws(SigningError) {
    guard !namespace.isEmpty, namespace.utf8.count <= SSHSignature.namespaceLimit, !namespace.utf8.contains(0) else {
      throw SigningError(.badNamespace, "namespace must be 1 to \(SSHSignature.namespaceLimit) bytes without NUL")
    }
    guard let data = SSHSignature.signedData(message, namespace: namespace, hash: hash) else {
      throw SigningError(.libcrypto, "cannot hash: \(Libcrypto.takeErrors())")
    }
    self.key = key
    self.namespace = namespace
    self.hash = hash
    signedData = data
  }

  /// The signature, from what an agent answered (`AgentAnswer.signature`); it is checked first.
  ///
  /// - Throws: `SigningError` when it is none by the key.
  public func signature(answer: [UInt8]) throws(SigningError) -> SSHSignature {
    guard let raw = try? RawSignature(blob: answer.span), raw.algorithm != .rsaSHA1 else {
      throw SigningError(.unsupported, "the agent's answer is no signature that ssh-keygen would accept")
    }
    return try signature(raw)
  }

  func signature(_ raw: RawSignature) throws(SigningError) -> SSHSignature {
    guard raw.isValid(over: signedData, by: key.plain) else {
      throw SigningError(.otherKey, "the signature is not by \(key.fingerprint)")
    }
    return SSHSignature(key: key, namespace: namespace, hash: hash, raw: raw)
  }
}
