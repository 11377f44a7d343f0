public import Bytes

/// What a browser gives when a token signed for it (W3C Web Authentication §5.2.2, `AuthenticatorAssertionResponse`).
public struct WebAuthnAssertion: Sendable {
  /// Of the three parts together.
  static let byteLimit = 16 << 10

  /// JSON, as the browser wrote it.
  public var clientData: [UInt8]
  /// Hash of the page's name, flags, counter, extensions (§6.1).
  public var authenticatorData: [UInt8]
  /// DER of ECDSA's two numbers.
  public var signature: [UInt8]

  public init(clientData: [UInt8], authenticatorData: [UInt8], signature: [UInt8]) {
    (self.clientData, self.authenticatorData, self.signature) = (clientData, authenticatorData, signature)
  }

  fileprivate func parts() throws(DecodeError) -> (content: [UInt8], token: TokenUse, webauthn: WebAuthnUse) {
    guard clientData.count + authenticatorData.count + signature.count <= Self.byteLimit else {
      throw DecodeError(.overLimit, "assertion", offset: 0, expected: "\(Self.byteLimit) bytes")
    }
    var reader = ByteReader(authenticatorData.span)
    _ = try reader.read(32, "hash of the page's name")
    let flags = try reader.readUInt8("flags")
    let counter = try reader.readUInt32("counter")
    guard let origin = JSONValue.document(in: clientData)?["origin"]?.string else {
      throw DecodeError(.mismatch, "client data", offset: 0, expected: "an object with an origin")
    }
    guard let numbers = ECDSASignature(der: signature) else {
      throw DecodeError(.mismatch, "signature", offset: 0, expected: "ECDSA's two numbers in DER")
    }
    let rest = Array(authenticatorData[reader.offset...])
    return (
      numbers.blob, TokenUse(flags: flags, counter: counter),
      WebAuthnUse(origin: origin, clientData: clientData, extensions: rest)
    )
  }
}

extension SSHSignature {
  /// A signature of a token that a browser asked, as `ssh-keygen -Y verify` reads it. It is not checked yet.
  ///
  /// - Throws: `DecodeError` for what is no assertion, and for another kind of key.
  public init(
    _ assertion: WebAuthnAssertion, namespace: String, hash: SignatureHash = .sha512, key: SSHPublicKey
  ) throws(DecodeError) {
    guard key.type == .tokenECDSA else {
      throw DecodeError(.mismatch, "key", offset: 0, expected: SSHKeyType.tokenECDSA.rawValue, found: key.type.rawValue)
    }
    let (content, token, webauthn) = try assertion.parts()
    self.init(
      key: key, namespace: namespace, hash: hash,
      raw: RawSignature(algorithm: .webauthnECDSA, content: content, token: token, webauthn: webauthn))
  }
}
