import Bytes
import Model

/// What an OpenSSH certificate says of its key (PROTOCOL.certkeys), behind the key's own fields.
struct HostCertificate: Sendable {
  /// Names kept of a list that may be long.
  static let principalLimit = 64

  let serial: UInt64
  let isHost: Bool
  let keyID: String
  let principals: [String]
  let validAfter: UInt64
  let validBefore: UInt64
  let authorityFingerprint: String

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    serial = try reader.readUInt64("serial")
    isHost = try reader.readUInt32("type") == 2
    keyID = try reader.readSSHString("key id").string
    var names = ByteReader(try reader.readSSHString("valid principals"))
    var principals: [String] = []
    while !names.isAtEnd, principals.count < Self.principalLimit {
      principals.append(try names.readSSHString("principal").string)
    }
    self.principals = principals
    validAfter = try reader.readUInt64("valid after")
    validBefore = try reader.readUInt64("valid before")
    _ = try reader.readSSHString("critical options")
    _ = try reader.readSSHString("extensions")
    _ = try reader.readSSHString("reserved")
    authorityFingerprint = HostKey.fingerprint(try reader.readSSHString("signature key").array)
  }

  /// The type of the key in a certificate of a type.
  static func plainType(_ type: String) -> String {
    let name = String(type.dropLast("-cert-v01@openssh.com".utf8.count))
    return name.hasPrefix("sk-") ? name + "@openssh.com" : name
  }

  var parameters: [String: String] {
    [
      "ssh.host-certificate": isHost ? "host" : "user", "ssh.host-certificate-id": keyID,
      "ssh.host-certificate-serial": String(serial),
      "ssh.host-certificate-principals": principals.joined(separator: ","),
      "ssh.host-certificate-valid-after": Self.time(validAfter),
      "ssh.host-certificate-valid-before": Self.time(validBefore),
      "ssh.host-certificate-authority": authorityFingerprint,
    ]
  }

  /// Seconds since the epoch; all ones mean for ever, and zero since ever.
  private static func time(_ seconds: UInt64) -> String {
    if seconds == 0 { return "always" }
    guard let signed = Int64(exactly: seconds), signed < 9_000_000_000 else { return "forever" }
    return Timestamp(nanoseconds: signed * 1_000_000_000).formatted(fractionDigits: 0)
  }
}
