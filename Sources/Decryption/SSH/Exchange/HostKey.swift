import Bytes
import Model

/// A server's public host key or certificate, as it stands in a key exchange reply (K_S).
struct HostKey: Sendable {
  /// `ssh-ed25519`, `ssh-rsa-cert-v01@openssh.com`.
  let type: String
  let blob: [UInt8]
  /// The key itself, under its plain type: a certificate's without the certificate.
  let key: PublicKey?
  let certificate: HostCertificate?

  init(parsing blob: [UInt8]) throws(DecodeError) {
    self.blob = blob
    var reader = ByteReader(blob.span)
    let type = try reader.readSSHString("key type").string
    self.type = type
    if type.hasSuffix("-cert-v01@openssh.com") {
      let plain = HostCertificate.plainType(type)
      _ = try reader.readSSHString("nonce")
      let key = try PublicKey(type: plain, parsing: &reader)
      certificate = try HostCertificate(parsing: &reader)
      self.key = key
      keyBlob = key.map { Self.blob(plain, $0) } ?? blob
    } else {
      key = try PublicKey(type: type, parsing: &reader)
      certificate = nil
      keyBlob = blob
    }
  }

  /// The plain key's blob: what `ssh-keygen -l` takes the fingerprint of, a certificate's too.
  private let keyBlob: [UInt8]

  /// `SHA256:` and base64 without padding, as ssh-keygen prints it.
  var fingerprint: String { Self.fingerprint(keyBlob) }

  static func fingerprint(_ blob: [UInt8]) -> String {
    "SHA256:" + base64(SHA256.digest(of: blob.span).bytes)
  }

  private static func blob(_ type: String, _ key: PublicKey) -> [UInt8] {
    var writer = ByteWriter()
    writer.writeSSHString(Array(type.utf8))
    for field in key.fields { writer.writeSSHString(field) }
    return writer.bytes
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var out: [UInt8] = []
    var (bits, count): (UInt32, UInt32) = (0, 0)
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        out.append(alphabet[Int(bits >> count & 63)])
      }
    }
    if count > 0 { out.append(alphabet[Int(bits << (6 - count) & 63)]) }
    return String(decoding: out, as: UTF8.self)
  }

  /// What a session tells of it.
  var parameters: [String: String] {
    var out = ["ssh.host-key": fingerprint, "ssh.host-key-type": type]
    guard let certificate else { return out }
    out.merge(certificate.parameters) { _, new in new }
    return out
  }
}
