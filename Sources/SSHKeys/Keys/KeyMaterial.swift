import Bytes

/// The numbers of a public key.
enum KeyMaterial: Hashable, Sendable {
  /// 32 bytes; the application when a token holds the private key.
  case ed25519([UInt8], application: String?)
  /// A point in uncompressed form; the application when a token holds the private key.
  case ecdsa(point: [UInt8], application: String?)
  case rsa(modulus: [UInt8], exponent: [UInt8])

  /// Reads the fields behind the type (RFC 8709 §4, RFC 5656 §3.1, RFC 4253 §6.6, PROTOCOL.u2f), in a certificate those
  /// behind the nonce.
  init(_ type: SSHKeyType, parsing reader: inout ByteReader) throws(DecodeError) {
    switch type {
    case .ed25519:
      self = .ed25519(try reader.readSSHString("ed25519 public key", count: 32), application: nil)
    case .tokenEd25519:
      let key = try reader.readSSHString("ed25519 public key", count: 32)
      self = .ed25519(key, application: try reader.readSSHText("application"))
    case .ecdsaP256, .ecdsaP384, .ecdsaP521:
      self = .ecdsa(point: try Self.point(type, parsing: &reader), application: nil)
    case .tokenECDSA:
      let point = try Self.point(type, parsing: &reader)
      self = .ecdsa(point: point, application: try reader.readSSHText("application"))
    case .rsa:
      let start = reader.offset
      let exponent = try reader.readMagnitude("RSA exponent", limit: SSHPublicKey.modulusLimit)
      let modulus = try reader.readMagnitude("RSA modulus", limit: SSHPublicKey.modulusLimit)
      guard Self.bitCount(modulus) >= SSHPublicKey.modulusBitMinimum else {
        throw DecodeError(
          .shortKey, "RSA modulus", offset: start, expected: "\(SSHPublicKey.modulusBitMinimum) bits",
          found: "\(Self.bitCount(modulus))")
      }
      self = .rsa(modulus: modulus, exponent: exponent)
    }
    let handle = PublicKeyHandle(self, type)
    guard handle != nil else {
      throw DecodeError(.outOfRange, "public key", offset: reader.offset, expected: "a key that libcrypto takes")
    }
  }

  /// The curve must be that of the type, and the point not compressed.
  private static func point(
    _ type: SSHKeyType, parsing reader: inout ByteReader
  ) throws(DecodeError) -> [UInt8] {
    let start = reader.offset
    let curve = try reader.readSSHText("curve")
    guard curve == type.curve else {
      throw DecodeError(.mismatch, "curve", offset: start, expected: type.curve ?? "", found: curve)
    }
    let point = try reader.readSSHString("point")
    let count = 1 + 2 * type.coordinateLength
    guard point.count == count, point[0] == 0x04 else {
      throw DecodeError(.outOfRange, "point", offset: start, expected: "\(count) bytes, not compressed")
    }
    return point.array
  }

  private static func bitCount(_ magnitude: [UInt8]) -> Int {
    magnitude.first.map { magnitude.count * 8 - $0.leadingZeroBitCount } ?? 0
  }

  var application: String? {
    switch self {
    case .ed25519(_, let application), .ecdsa(_, let application): application
    case .rsa: nil
    }
  }

  /// The wire form of a plain key.
  func blob(_ type: SSHKeyType) -> [UInt8] {
    var writer = ByteWriter()
    writer.writeSSHString(type.rawValue)
    switch self {
    case .ed25519(let key, _): writer.writeSSHString(key)
    case .ecdsa(let point, _):
      writer.writeSSHString(type.curve ?? "")
      writer.writeSSHString(point)
    case .rsa(let modulus, let exponent):
      writer.writeMagnitude(exponent)
      writer.writeMagnitude(modulus)
    }
    if let application { writer.writeSSHString(application) }
    return writer.bytes
  }
}

extension DecodeError.Code {
  /// An RSA key too short to be relied on.
  static let shortKey: Self = "short-key"
}
