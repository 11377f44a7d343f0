public import Bytes

/// A public key or a certificate of one, as OpenSSH writes it. Two are equal when `ssh-keygen` holds them for the same.
public struct SSHPublicKey: Hashable, Sendable {
  /// A modulus of 16384 bits, the most that OpenSSH and libcrypto take.
  static let modulusLimit = 2048
  /// OpenSSH's `SSH_RSA_MINIMUM_MODULUS_SIZE`, which is also the default of `RequiredRSASize`.
  static let modulusBitMinimum = 1024
  /// A certificate of a key of the largest size, by an authority of the largest size, with 256 principals, fits.
  static let blobLimit = 128 << 10

  public let type: SSHKeyType
  let material: KeyMaterial
  /// What an authority says of the key; nil for a plain key.
  public let certificate: SSHCertificate?
  /// The wire form: for a plain key written anew, for a certificate as read.
  public let blob: [UInt8]

  /// Reads the wire form, all of it; the signature of a certificate is checked.
  ///
  /// - Throws: `DecodeError` for what OpenSSH refuses too, and for certificates that are signed with SHA-1.
  public init(blob: Span<UInt8>) throws(DecodeError) {
    try self.init(blob: blob, allowsCertificate: true)
  }

  /// Of an authority only a plain key is taken, so certificates do not nest.
  init(blob: Span<UInt8>, allowsCertificate: Bool) throws(DecodeError) {
    guard blob.count <= Self.blobLimit else {
      throw DecodeError(.overLimit, "public key", offset: 0, expected: "\(Self.blobLimit) bytes")
    }
    var reader = ByteReader(blob)
    let name = try reader.readSSHText("key type")
    guard let (type, isCertificate) = SSHKeyType.named(name) else {
      throw DecodeError(.unsupported, "key type", offset: 0, found: name)
    }
    guard allowsCertificate || !isCertificate else {
      throw DecodeError(.unsupported, "authority", offset: 0, expected: "a plain key", found: name)
    }
    self.type = type
    if isCertificate {
      // The nonce stands before the key; it only makes the signed bytes hard to foresee.
      _ = try reader.readSSHString("nonce")
    }
    material = try KeyMaterial(type, parsing: &reader)
    if isCertificate {
      certificate = try SSHCertificate(parsing: &reader, whole: blob)
      self.blob = blob.array
    } else {
      certificate = nil
      self.blob = material.blob(type)
      try reader.expectEnd("public key")
    }
  }

  init(type: SSHKeyType, material: KeyMaterial) {
    self.type = type
    self.material = material
    certificate = nil
    blob = material.blob(type)
  }

  /// The key that a certificate is about; of a plain key itself.
  public var plain: SSHPublicKey { certificate == nil ? self : SSHPublicKey(type: type, material: material) }

  public var isCertificate: Bool { certificate != nil }

  /// The name that stands before the key in files.
  public var typeName: String { isCertificate ? type.certificateName : type.rawValue }

  /// `SHA256:` and base64 without padding, of the plain key: what `ssh-keygen -l` prints.
  public var fingerprint: String {
    "SHA256:" + Base64.encode(SHA256.digest(of: plain.blob.span).bytes, isPadded: false)
  }

  /// The name under which a security token knows the key; nil for keys that are on none.
  public var application: String? { material.application }

  /// Equal by their wire form: `material` and `certificate` are made of it.
  public static func == (left: SSHPublicKey, right: SSHPublicKey) -> Bool { left.blob == right.blob }

  public func hash(into hasher: inout Hasher) { hasher.combine(blob) }
}

extension SSHPublicKey: CustomStringConvertible {
  /// `ssh-ed25519 AAAA…`, a line of a `.pub` file without its comment.
  public var description: String { typeName + " " + Base64.encode(blob) }
}
