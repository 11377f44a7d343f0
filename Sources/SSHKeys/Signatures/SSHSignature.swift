public import Bytes

/// A signature of a message for one purpose, as `ssh-keygen -Y sign` makes it (OpenSSH PROTOCOL.sshsig).
///
/// There is no time in it: who needs one records the signature when it arrives.
public struct SSHSignature: Hashable, Sendable {
  static let magic: StaticString = "SSHSIG"
  /// The only version there is; as `ssh-keygen` has it, a lower number is none that would have to be refused.
  static let version: UInt32 = 1
  /// A certificate and a signature of the largest keys, with room.
  public static let blobLimit = 192 << 10
  /// OpenSSH's pattern buffer: a longer namespace could be allowed by no line.
  public static let namespaceLimit = 1022

  /// The key or certificate that the signature says it is by.
  public let key: SSHPublicKey
  /// What it is for, as `file` or `approval@example.com`; never empty.
  public let namespace: String
  public let hash: SignatureHash
  let raw: RawSignature

  /// How a security token signed; nil for keys that are on none.
  public var token: TokenUse? { raw.token }

  /// The page for which a browser had a token sign, as `https://gateway.example`; nil for all other signatures.
  public var origin: String? { raw.webauthn?.origin }

  /// The name of the way of signing: `ssh-ed25519`, `rsa-sha2-512`.
  public var algorithm: String { raw.algorithm.rawValue }

  /// Reads the blob, all of it. The signature itself is not checked yet.
  ///
  /// ```
  /// byte[6]  "SSHSIG"
  /// uint32   version
  /// string   public key or certificate
  /// string   namespace
  /// string   reserved, to be ignored
  /// string   hash
  /// string   signature
  /// ```
  ///
  /// - Throws: `DecodeError` for what `ssh-keygen -Y verify` refuses whatever the message is.
  public init(blob: Span<UInt8>) throws(DecodeError) {
    guard blob.count <= Self.blobLimit else {
      throw DecodeError(.overLimit, "signature", offset: 0, expected: "\(Self.blobLimit) bytes", found: "\(blob.count)")
    }
    var reader = ByteReader(blob)
    let start = try reader.read(Self.magic.utf8CodeUnitCount, "magic")
    guard start.starts(with: Self.magic) else {
      throw DecodeError(.mismatch, "magic", offset: 0, expected: "SSHSIG", found: start.array.hex)
    }
    let version = try reader.readUInt32("version")
    guard version <= Self.version else {
      throw DecodeError(.unsupported, "version", offset: 6, expected: "\(Self.version)", found: "\(version)")
    }
    let keyStart = reader.offset
    key = try Self.shifted(keyStart + 4, try SSHPublicKey(blob: try reader.readSSHString("public key")))
    let nameStart = reader.offset
    namespace = try reader.readSSHText("namespace")
    guard !namespace.isEmpty, namespace.utf8.count <= Self.namespaceLimit else {
      throw DecodeError(
        .outOfRange, "namespace", offset: nameStart, expected: "1 to \(Self.namespaceLimit) bytes",
        found: "\(namespace.utf8.count)")
    }
    _ = try reader.readSSHString("reserved")
    let hashStart = reader.offset
    let name = try reader.readSSHText("hash")
    guard let hash = SignatureHash(rawValue: name) else {
      throw DecodeError(.unsupported, "hash", offset: hashStart, expected: "sha256 or sha512", found: name)
    }
    self.hash = hash
    let rawStart = reader.offset
    raw = try Self.shifted(rawStart + 4, try RawSignature(blob: try reader.readSSHString("signature")))
    try reader.expectEnd("signature")
    guard raw.algorithm != .rsaSHA1 else {
      throw DecodeError(
        .unsupported, "signature algorithm", offset: rawStart, expected: "rsa-sha2-256 or rsa-sha2-512",
        found: raw.algorithm.rawValue)
    }
    guard raw.algorithm.keyType == key.type else {
      throw DecodeError(
        .mismatch, "signature algorithm", offset: rawStart, expected: key.type.rawValue, found: raw.algorithm.rawValue)
    }
  }

  /// Errors within a field count from its start; they are told from the start of the blob.
  private static func shifted<Value>(
    _ offset: Int, _ read: @autoclosure () throws(DecodeError) -> Value
  ) throws(DecodeError) -> Value {
    do {
      return try read()
    } catch {
      var moved = error
      moved.offset += offset
      throw moved
    }
  }

  init(key: SSHPublicKey, namespace: String, hash: SignatureHash, raw: RawSignature) {
    self.key = key
    self.namespace = namespace
    self.hash = hash
    self.raw = raw
  }

  /// The wire form.
  public var blob: [UInt8] {
    var writer = ByteWriter()
    writer.write("\(Self.magic)")
    writer.write(Self.version)
    writer.writeSSHString(key.blob)
    writer.writeSSHString(namespace)
    writer.writeSSHString([])
    writer.writeSSHString(hash.rawValue)
    writer.writeSSHString(raw.blob)
    return writer.bytes
  }

  /// Whether the key signed the message for the namespace. Says nothing of whether the key is to be trusted: it is
  /// `ssh-keygen -Y check-novalidate`.
  public func isValid(over message: [UInt8]) -> Bool {
    guard let signed = Self.signedData(message, namespace: namespace, hash: hash) else { return false }
    return raw.isValid(over: signed, by: key.plain)
  }

  /// What the key signs: magic, namespace, reserved, hash, hash of the message. Nil only when libcrypto lacks the hash.
  public static func signedData(_ message: [UInt8], namespace: String, hash: SignatureHash) -> [UInt8]? {
    guard let digest = hash.digest(of: message) else { return nil }
    var writer = ByteWriter()
    writer.write("\(magic)")
    writer.writeSSHString(namespace)
    writer.writeSSHString([])
    writer.writeSSHString(hash.rawValue)
    writer.writeSSHString(digest)
    return writer.bytes
  }
}
