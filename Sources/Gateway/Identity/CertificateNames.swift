import Bytes

/// What the certificate of a token's owner must say; all that is there must hold.
struct CertificateNames: Sendable, Hashable {
  /// `CN` of the subject.
  var commonName: String?
  /// Of the subject's alternative names.
  var email: String?
  var host: String?
  var uri: String?
  /// SHA-256 of the certificate itself.
  var digest: Digest?

  var isEmpty: Bool { self == CertificateNames() }

  /// Names are compared as they are, but the domain names without case (RFC 5280 §7.2).
  func match(_ certificate: ClientCertificate) -> Bool {
    guard !isEmpty else { return false }
    if let commonName, !certificate.commonNames.contains(commonName) { return false }
    if let email, !certificate.emails.contains(email) { return false }
    if let host, !certificate.hosts.contains(where: { $0.lowercased() == host.lowercased() }) { return false }
    if let uri, !certificate.uris.contains(uri) { return false }
    if let digest, certificate.digest != digest { return false }
    return true
  }
}
