import Bytes
import CCrypto

/// A public key that signs, in the fields of its SSH form, and whether libcrypto accepts a signature by it.
struct PublicKey: Sendable {
  /// A modulus of 16384 bits fits.
  static let fieldLimit = 2 << 10

  /// Behind the type name, each a `string` or an `mpint`.
  let fields: [[UInt8]]
  /// SubjectPublicKeyInfo.
  private let encoded: [UInt8]

  /// Takes the fields behind the type name; nil for a type that is not known.
  init?(type: String, parsing reader: inout ByteReader) throws(DecodeError) {
    let count: Int
    switch type {
    case "ssh-ed25519", "ssh-ed448": count = 1
    case "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521": count = 2
    case "sk-ssh-ed25519@openssh.com": count = 2
    case "sk-ecdsa-sha2-nistp256@openssh.com": count = 3
    case "ssh-dss": count = 4
    default: return nil
    }
    var fields: [[UInt8]] = []
    for _ in 0..<count { fields.append(try reader.readSSHString("public key").array) }
    self.fields = fields
    guard fields.allSatisfy({ $0.count <= Self.fieldLimit }) else {
      throw DecodeError(.overLimit, "public key", offset: reader.offset)
    }
    encoded =
      switch type {
      case "ssh-ed25519": DER.sequence(DER.sequence(DER.ed25519), DER.bits(fields[0]))
      case "ssh-ed448": DER.sequence(DER.sequence(DER.ed448), DER.bits(fields[0]))
      case "ssh-rsa":
        DER.sequence(
          DER.sequence(DER.rsaEncryption, DER.null),
          DER.bits(DER.sequence(DER.integer(fields[1]), DER.integer(fields[0]))))
      case "ssh-dss":
        DER.sequence(
          DER.sequence(
            DER.dsa, DER.sequence(DER.integer(fields[0]), DER.integer(fields[1]), DER.integer(fields[2]))),
          DER.bits(DER.integer(fields[3])))
      default:
        // A key on a token signs more than the message; its signatures are not looked into.
        type.hasPrefix("ecdsa-sha2-") ? Self.point(String(type.dropFirst(11)), fields[1]) ?? [] : []
      }
  }

  /// SubjectPublicKeyInfo of a point on a curve.
  static func point(_ curve: String, _ point: [UInt8]) -> [UInt8]? {
    DER.curve(curve).map { DER.sequence(DER.sequence(DER.ecPublicKey, $0), DER.bits(point)) }
  }

  /// Whether the signature (its algorithm's name and its bytes) is by this key over the message; nil when it cannot be told.
  func verify(_ signature: [UInt8], over message: [UInt8]) -> Bool? {
    guard !encoded.isEmpty else { return nil }
    var reader = ByteReader(signature.span)
    guard let algorithm = try? reader.readSSHString("algorithm").string,
      let bytes = try? reader.readSSHString("signature").array
    else { return false }
    switch algorithm {
    case "ssh-ed25519", "ssh-ed448": return check(bytes, message, hash: nil)
    case "ssh-rsa": return check(bytes, message, hash: "SHA1")
    case "rsa-sha2-256": return check(bytes, message, hash: "SHA256")
    case "rsa-sha2-512": return check(bytes, message, hash: "SHA512")
    case "ssh-dss":
      guard bytes.count == 40 else { return false }
      return check(
        DER.sequence(DER.integer(Array(bytes.prefix(20))), DER.integer(Array(bytes.suffix(20)))), message, hash: "SHA1")
    case "ecdsa-sha2-nistp256": return check(Self.pair(bytes), message, hash: "SHA256")
    case "ecdsa-sha2-nistp384": return check(Self.pair(bytes), message, hash: "SHA384")
    case "ecdsa-sha2-nistp521": return check(Self.pair(bytes), message, hash: "SHA512")
    // A name that is none of the key's.
    default: return false
    }
  }

  /// The two numbers of an ECDSA signature (RFC 5656 §3.1.2) as libcrypto takes them.
  private static func pair(_ bytes: [UInt8]) -> [UInt8] {
    var reader = ByteReader(bytes.span)
    guard let r = try? reader.readSSHString("r").array, let s = try? reader.readSSHString("s").array else { return [] }
    return DER.sequence(DER.integer(r), DER.integer(s))
  }

  private func check(_ signature: [UInt8], _ message: [UInt8], hash: String?) -> Bool? {
    let result: Bool? = unsafe encoded.withUnsafeBufferPointer { buffer in
      var cursor = buffer.baseAddress
      guard let key = unsafe d2i_PUBKEY(nil, &cursor, buffer.count) else { return nil }
      defer { unsafe EVP_PKEY_free(key) }
      guard let context = unsafe EVP_MD_CTX_new() else { return nil }
      defer { unsafe EVP_MD_CTX_free(context) }
      guard unsafe EVP_DigestVerifyInit_ex(context, nil, hash, nil, nil, key, nil) == 1 else { return nil }
      return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
    ERR_clear_error()
    return result
  }
}
