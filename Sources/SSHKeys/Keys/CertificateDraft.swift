import Bytes

/// A certificate that lets a key stand for a person for some time, before its authority signed it (OpenSSH
/// PROTOCOL.certkeys). It has no critical options and no extensions: with it nobody logs in to more than he could before.
public struct CertificateDraft: Hashable, Sendable {
  /// OpenSSH takes a nonce of any length, and makes them of 32 bytes.
  static let nonceLength = 32

  /// Who is to sign it.
  public let authority: SSHPublicKey
  /// What the authority signs: the certificate up to its signature.
  public let signedData: [UInt8]

  /// - Parameters:
  ///   - key: What is certified; a plain key.
  ///   - keyID: Text by which the authority knows the certificate.
  ///   - principal: For whom the key stands.
  ///   - valid: Seconds since 1970: the first at which it is valid, and the first at which it is no more.
  ///   - authority: Who is to sign it; a plain key.
  ///   - nonce: What nobody can foresee.
  /// - Throws: `SigningError` for keys that are certificates themselves, and for names that no certificate can hold.
  public init(
    of key: SSHPublicKey, keyID: String, principal: String, valid: Range<UInt64>, authority: SSHPublicKey,
    nonce: [UInt8] = CertificateDraft.nonce()
  ) throws(SigningError) {
    guard !key.isCertificate, !authority.isCertificate else {
      throw SigningError(.unsupported, "certificates do not nest")
    }
    guard !principal.isEmpty, !principal.utf8.contains(0), !keyID.utf8.contains(0) else {
      throw SigningError(.unsupported, "a certificate is for somebody who has a name")
    }
    self.authority = authority
    var principals = ByteWriter()
    principals.writeSSHString(principal)
    let plain = key.blob
    var writer = ByteWriter()
    writer.writeSSHString(key.type.certificateName)
    writer.writeSSHString(nonce)
    // The key's own fields, without the name of its type.
    writer.write(Array(plain.dropFirst(4 + key.type.rawValue.utf8.count)))
    writer.write(UInt64(0))
    writer.write(SSHCertificate.Role.user.rawValue)
    writer.writeSSHString(keyID)
    writer.writeSSHString(principals.bytes)
    writer.write(valid.lowerBound)
    writer.write(valid.upperBound)
    for _ in ["critical options", "extensions", "reserved"] { writer.writeSSHString([]) }
    writer.writeSSHString(authority.blob)
    signedData = writer.bytes
  }

  /// Bytes of the system's generator.
  public static func nonce() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<nonceLength).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  /// The certificate, from what an agent answered; it is checked first.
  ///
  /// - Throws: `SigningError` when the authority did not sign it.
  public func certificate(answer: [UInt8]) throws(SigningError) -> SSHPublicKey {
    var writer = ByteWriter()
    writer.write(signedData)
    writer.writeSSHString(answer)
    do throws(DecodeError) {
      return try SSHPublicKey(blob: writer.bytes.span)
    } catch {
      throw SigningError(.otherKey, "the certificate is not signed by \(authority.fingerprint): \(error)")
    }
  }
}
