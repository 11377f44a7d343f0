import Bytes

/// A public key as it is sent (RFC 4253 §6.6), or an OpenSSH certificate (PROTOCOL.certkeys).
struct SSHPublicKey {
  struct Certificate {
    var serial: UInt64
    /// 1 for users, 2 for hosts.
    var kind: UInt32
    var keyID: String
    var principals: [String]
    var validAfter: UInt64
    var validBefore: UInt64
    var criticalOptions: [String]
    var authority: String
  }

  /// Principals and options kept of a certificate.
  private static let listLimit = 256

  /// `ssh-ed25519`, `ssh-rsa-cert-v01@openssh.com`.
  var type: String
  /// `SHA256:…` as ssh-keygen prints it: of a certificate, that of the key in it.
  var fingerprint: String
  var certificate: Certificate?

  init(parsing blob: Span<UInt8>) throws(DecodeError) {
    var reader = ByteReader(blob)
    type = try reader.readText("key type")
    guard type.hasSuffix("-cert-v01@openssh.com") else {
      fingerprint = SSHPublicKey.fingerprint(of: blob)
      return
    }
    _ = try reader.readString("nonce")
    var plain = ByteWriter()
    let plainType = SSHPublicKey.plainType(type)
    plain.write(UInt32(plainType.utf8.count))
    plain.write(plainType)
    for _ in 0..<SSHPublicKey.fieldCount(plainType) {
      let field = try reader.readString("key")
      plain.write(UInt32(truncatingIfNeeded: field.count))
      plain.write(field)
    }
    fingerprint = SSHPublicKey.fingerprint(of: plain.bytes.span)
    let serial = try reader.readUInt64("serial")
    let kind = try reader.readUInt32("certificate type")
    let keyID = try reader.readText("key id")
    let principals = try SSHPublicKey.list(try reader.readString("valid principals"), hasData: false)
    let after = try reader.readUInt64("valid after")
    let before = try reader.readUInt64("valid before")
    let options = try SSHPublicKey.list(try reader.readString("critical options"), hasData: true)
    _ = try reader.readString("extensions")
    _ = try reader.readString("reserved")
    let authority = try reader.readString("signature key")
    var named = ByteReader(authority)
    let authorityType = try named.readText("signature key type")
    certificate = Certificate(
      serial: serial, kind: kind, keyID: keyID, principals: principals, validAfter: after, validBefore: before,
      criticalOptions: options, authority: "\(authorityType) \(SSHPublicKey.fingerprint(of: authority))")
  }

  /// `ssh-ed25519 SHA256:…`.
  var text: String { "\(type) \(fingerprint)" }

  static func fingerprint(of blob: Span<UInt8>) -> String {
    "SHA256:" + base64(SHA256.digest(of: blob).bytes)
  }

  /// `sk-ssh-ed25519-cert-v01@openssh.com` certifies a key of type `sk-ssh-ed25519@openssh.com`.
  private static func plainType(_ type: String) -> String {
    let name = String(type.dropLast("-cert-v01@openssh.com".count))
    return name.hasPrefix("sk-") ? name + "@openssh.com" : name
  }

  /// Fields of a key of that type; each is a string or an mpint, which are laid out alike.
  private static func fieldCount(_ plainType: String) -> Int {
    switch plainType {
    case "ssh-rsa": 2
    case "ssh-dss": 4
    case "ssh-ed25519", "ssh-ed448": 1
    case "sk-ecdsa-sha2-nistp256@openssh.com": 3
    default: 2
    }
  }

  /// Strings one after another; critical options come as names with data.
  private static func list(_ packed: Span<UInt8>, hasData: Bool) throws(DecodeError) -> [String] {
    var reader = ByteReader(packed)
    var items: [String] = []
    while !reader.isAtEnd, items.count < listLimit {
      let name = try reader.readText("name")
      guard hasData else {
        items.append(name)
        continue
      }
      var data = ByteReader(try reader.readString("data"))
      let value = (try? data.readText("value")) ?? ""
      items.append(value.isEmpty ? name : "\(name)=\(value)")
    }
    return items
  }

  /// RFC 4648 §4 without padding.
  private static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    var bits: UInt32 = 0
    var held = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      held += 8
      while held >= 6 {
        held -= 6
        text.append(digits[Int(bits >> UInt32(held) & 63)])
      }
    }
    if held > 0 { text.append(digits[Int(bits << UInt32(6 - held) & 63)]) }
    return String(decoding: text, as: UTF8.self)
  }
}
