import Bytes

/// The fields of a private key file (OpenSSH PROTOCOL.key).
struct PrivateKeyFile {
  static let magic = Array("openssh-key-v1\0".utf8)
  /// A key of 16384 bits is 20 KiB of base64.
  static let byteLimit = 256 << 10
  private static let header = Array("-----BEGIN OPENSSH PRIVATE KEY-----\n".utf8)
  private static let footer = Array("\n-----END OPENSSH PRIVATE KEY-----".utf8)

  let publicKey: SSHPublicKey
  let secret: KeySecret
  let comment: String

  /// ```
  /// byte[15]  "openssh-key-v1" NUL
  /// string    cipher, derivation of its key, parameters of that
  /// uint32    number of keys, 1
  /// string    public key
  /// string    private part
  /// ```
  init(_ file: [UInt8]) throws(SigningError) {
    let text = file.filter { $0 != UInt8(ascii: "\r") }
    guard text.count <= Self.byteLimit, text.starts(with: Self.header) else {
      throw SigningError(.notPrivateKey, "no private key of OpenSSH; ssh-keygen -p -f FILE converts older forms")
    }
    let body = text.dropFirst(Self.header.count)
    guard let end = TextPattern.end(of: Self.footer, in: body),
      let bytes = Base64.decode(body[..<(end - Self.footer.count)])
    else { throw SigningError(.notPrivateKey, "private key is damaged: its base64 or its last line") }
    do {
      var reader = ByteReader(bytes.span)
      guard try reader.read(Self.magic.count, "magic").array == Self.magic else {
        throw SigningError(.notPrivateKey, "private key is damaged: openssh-key-v1 is not its beginning")
      }
      let cipher = try reader.readSSHText("cipher")
      _ = try reader.readSSHString("key derivation")
      _ = try reader.readSSHString("key derivation parameters")
      let count = try reader.readUInt32("number of keys")
      guard count == 1 else { throw SigningError(.unsupported, "private key file with \(count) keys") }
      publicKey = try SSHPublicKey(blob: try reader.readSSHString("public key"))
      guard cipher == "none" else {
        throw SigningError(
          .encrypted, "private key \(publicKey.fingerprint) has a passphrase: load it into ssh-agent with ssh-add")
      }
      var part = ByteReader(try reader.readSSHString("private part"))
      try reader.expectEnd("private key file")
      let first = try part.readUInt32("check")
      guard try part.readUInt32("check") == first else {
        throw SigningError(.notPrivateKey, "private key is damaged: its check numbers differ")
      }
      secret = try Self.secret(of: publicKey, parsing: &part)
      comment = try part.readSSHString("comment").string
      for index in 0..<part.remaining {
        guard try part.readUInt8("padding") == UInt8(truncatingIfNeeded: index + 1) else {
          throw SigningError(.notPrivateKey, "private key is damaged: its padding")
        }
      }
    } catch let error as SigningError {
      throw error
    } catch {
      throw SigningError(.notPrivateKey, "private key is damaged: \(error)")
    }
  }

  /// The private part repeats the public key; both must be the same.
  private static func secret(of key: SSHPublicKey, parsing reader: inout ByteReader) throws -> KeySecret {
    let differs = SigningError(.notPrivateKey, "private key is damaged: its public and private parts differ")
    guard try reader.readSSHText("key type") == key.typeName else { throw differs }
    let limit = SSHPublicKey.modulusLimit
    switch key.material {
    case _ where key.isCertificate:
      throw SigningError(.unsupported, "private key file with a certificate within")
    case _ where key.type.isToken:
      throw SigningError(.onToken, "the key \(key.fingerprint) is on a security token: load it into ssh-agent")
    case .ed25519(let bytes, _):
      guard try reader.readSSHString("public key", count: 32) == bytes else { throw differs }
      let both = try reader.readSSHString("private key", count: 64)
      guard Array(both.suffix(32)) == bytes else { throw differs }
      return .ed25519(seed: Array(both.prefix(32)))
    case .ecdsa(let point, _):
      guard try reader.readSSHText("curve") == key.type.curve,
        try reader.readSSHString("public key", count: point.count) == point
      else { throw differs }
      return .ecdsa(scalar: try reader.readMagnitude("private key", limit: key.type.coordinateLength))
    case .rsa(let modulus, let exponent):
      guard try reader.readMagnitude("n", limit: limit) == modulus,
        try reader.readMagnitude("e", limit: limit) == exponent
      else { throw differs }
      let d = try reader.readMagnitude("d", limit: limit)
      let coefficient = try reader.readMagnitude("iqmp", limit: limit)
      let p = try reader.readMagnitude("p", limit: limit)
      return .rsa(exponent: d, p: p, q: try reader.readMagnitude("q", limit: limit), coefficient: coefficient)
    }
  }
}
