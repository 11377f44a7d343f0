/// The hash of a signed message (OpenSSH PROTOCOL.sshsig).
public enum SignatureHash: String, CaseIterable, Hashable, Sendable {
  case sha256, sha512

  func digest(of message: [UInt8]) -> [UInt8]? { Libcrypto.hash(self == .sha256 ? "SHA256" : "SHA512", message) }
}
