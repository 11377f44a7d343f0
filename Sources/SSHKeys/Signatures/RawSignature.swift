import Bytes

/// A signature without what it is over: the algorithm and its numbers (RFC 4253 §6.6, PROTOCOL.u2f).
struct RawSignature: Hashable, Sendable {
  /// Of a key of 16384 bits, with its names.
  static let blobLimit = 4096

  let algorithm: SignatureAlgorithm
  /// As in the blob.
  let content: [UInt8]
  let token: TokenUse?
  /// What a browser had signed in place of the message.
  let webauthn: WebAuthnUse?

  /// ```
  /// string  algorithm
  /// string  content
  /// byte    flags       \ of tokens only
  /// uint32  counter     /
  /// string  origin          \
  /// string  client data      of tokens that a browser asked only
  /// string  extensions      /
  /// ```
  init(blob: Span<UInt8>) throws(DecodeError) {
    guard blob.count <= Self.blobLimit else {
      throw DecodeError(.overLimit, "signature", offset: 0, expected: "\(Self.blobLimit) bytes", found: "\(blob.count)")
    }
    var reader = ByteReader(blob)
    let name = try reader.readSSHText("signature algorithm")
    guard let algorithm = SignatureAlgorithm(rawValue: name) else {
      throw DecodeError(.unsupported, "signature algorithm", offset: 0, found: name)
    }
    self.algorithm = algorithm
    content = try reader.readSSHString("signature").array
    if algorithm.keyType.isToken {
      let flags = try reader.readUInt8("flags")
      token = TokenUse(flags: flags, counter: try reader.readUInt32("counter"))
    } else {
      token = nil
    }
    webauthn = algorithm == .webauthnECDSA ? try WebAuthnUse(parsing: &reader) : nil
    try reader.expectEnd("signature")
  }

  init(algorithm: SignatureAlgorithm, content: [UInt8], token: TokenUse? = nil, webauthn: WebAuthnUse? = nil) {
    self.algorithm = algorithm
    self.content = content
    self.token = token
    self.webauthn = webauthn
  }

  var blob: [UInt8] {
    var writer = ByteWriter()
    writer.writeSSHString(algorithm.rawValue)
    writer.writeSSHString(content)
    if let token {
      writer.write(token.flags)
      writer.write(token.counter)
    }
    webauthn?.write(to: &writer)
    return writer.bytes
  }

  /// Whether the key made it over the message.
  func isValid(over message: [UInt8], by key: SSHPublicKey) -> Bool {
    guard algorithm.keyType == key.type, let handle = PublicKeyHandle(key.material, key.type),
      let signature = libcryptoForm(key.material)
    else { return false }
    guard let signed = signedBytes(message, application: key.application) else { return false }
    return handle.verify(signature, over: signed, hash: algorithm.hashName)
  }

  /// What a token signs instead of the message: hash of the application, flags, counter, hash of the message; for a browser
  /// its extensions, and the hash of what the browser says in which the message is.
  private func signedBytes(_ message: [UInt8], application: String?) -> [UInt8]? {
    guard algorithm.keyType.isToken else { return message }
    guard let application, let token else { return nil }
    var writer = ByteWriter()
    writer.write(SHA256.digest(of: application).bytes)
    writer.write(token.flags)
    writer.write(token.counter)
    guard algorithm == .webauthnECDSA else {
      writer.write(SHA256.digest(of: message.span).bytes)
      return writer.bytes
    }
    guard let webauthn, webauthn.isOver(message, flags: token.flags) else { return nil }
    writer.write(webauthn.extensions)
    writer.write(SHA256.digest(of: webauthn.clientData.span).bytes)
    return writer.bytes
  }

  private func libcryptoForm(_ material: KeyMaterial) -> [UInt8]? {
    switch material {
    case .ed25519: return content.count == 64 ? content : nil
    case .ecdsa:
      var reader = ByteReader(content.span)
      return (try? ECDSASignature(parsing: &reader))?.der
    case .rsa(let modulus, _):
      // OpenSSH leaves out zeros before the number, and so takes signatures without them.
      guard content.count <= modulus.count else { return nil }
      return [UInt8](repeating: 0, count: modulus.count - content.count) + content
    }
  }
}
