import Bytes
import CCrypto
import Model

/// A certificate that a client showed, and whom it names (RFC 5280).
struct ClientCertificate: Sendable, Hashable {
  /// Bytes of one certificate.
  static let byteLimit = 64 << 10
  /// Names that are read of one.
  private static let nameLimit = 256

  /// DER, as it was shown.
  let der: [UInt8]
  /// SHA-256 of it.
  let digest: Digest
  /// `CN` of the subject.
  private(set) var commonNames: [String] = []
  /// Of the subject's alternative names.
  private(set) var emails: [String] = []
  private(set) var hosts: [String] = []
  private(set) var uris: [String] = []
  /// The last second at which it counts; nil when that cannot be read.
  private(set) var endsAt: Timestamp?

  /// Reads DER, all of it; nil when it is no certificate.
  init?(der: [UInt8]) {
    guard der.count <= Self.byteLimit, let certificate = unsafe Self.read(der) else { return nil }
    defer { unsafe X509_free(certificate) }
    self.der = der
    digest = SHA256.digest(of: der.span)
    unsafe readSubject(certificate)
    unsafe readAlternativeNames(certificate)
    var time = unsafe tm()
    if unsafe ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) == 1 {
      endsAt = unsafe Timestamp(nanoseconds: 0).adding(seconds: Int64(timegm(&time)))
    }
  }

  /// As `openssl x509 -fingerprint -sha256` has it, without colons and in lower case.
  var fingerprint: String { digest.hex }

  /// A certificate of libcrypto's, which the caller frees.
  static func read(_ der: [UInt8]) -> OpaquePointer? {
    let found = unsafe der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var cursor = buffer.baseAddress
      guard let found = unsafe d2i_X509(nil, &cursor, buffer.count) else { return nil }
      let isWhole = unsafe cursor.map { unsafe $0 - (buffer.baseAddress ?? $0) == buffer.count } ?? false
      if !isWhole { unsafe X509_free(found) }
      return unsafe isWhole ? found : nil
    }
    ERR_clear_error()
    return unsafe found
  }

  private mutating func readSubject(_ certificate: OpaquePointer) {
    guard let subject = unsafe X509_get_subject_name(certificate) else { return }
    var place = unsafe X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
    while place >= 0, commonNames.count < Self.nameLimit {
      if let entry = unsafe X509_NAME_get_entry(subject, place), let data = unsafe X509_NAME_ENTRY_get_data(entry) {
        var text: UnsafeMutablePointer<UInt8>?
        let count = unsafe ASN1_STRING_to_UTF8(&text, data)
        if count > 0, let start = unsafe text {
          if let name = unsafe Self.name(UnsafeBufferPointer(start: start, count: Int(count))) {
            commonNames.append(name)
          }
          unsafe CRYPTO_free(start, nil, 0)
        }
      }
      place = unsafe X509_NAME_get_index_by_NID(subject, NID_commonName, place)
    }
  }

  private mutating func readAlternativeNames(_ certificate: OpaquePointer) {
    guard let names = unsafe X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return }
    let stack = OpaquePointer(names)
    defer { unsafe GENERAL_NAMES_free(stack) }
    for index in unsafe 0..<min(OPENSSL_sk_num(stack), Int32(Self.nameLimit)) {
      guard let item = unsafe OPENSSL_sk_value(stack, index) else { continue }
      var kind: Int32 = 0
      let value = unsafe GENERAL_NAME_get0_value(item.assumingMemoryBound(to: GENERAL_NAME.self), &kind)
      guard [GEN_EMAIL, GEN_DNS, GEN_URI].contains(kind), let value = unsafe value else { continue }
      let text = unsafe value.assumingMemoryBound(to: ASN1_STRING.self)
      guard let start = unsafe ASN1_STRING_get0_data(text),
        let name = unsafe Self.name(UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(text))))
      else { continue }
      switch kind {
      case GEN_EMAIL: emails.append(name)
      case GEN_DNS: hosts.append(name)
      default: uris.append(name)
      }
    }
  }

  /// A name with a NUL or another control character in it names nobody.
  private static func name(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard let text = unsafe String(validating: bytes, as: UTF8.self), !text.isEmpty, text.utf8.count <= 1_024,
      text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else { return nil }
    return text
  }
}
