import CCrypto

/// A certificate of libcrypto's, read or made (RFC 5280).
@safe final class X509Certificate {
  let pointer: OpaquePointer

  private init(_ pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

  /// Reads the first one of a PEM file.
  init?(pem: [UInt8]) {
    guard let found = unsafe PEMText.read(pem, { unsafe PEM_read_bio_X509($0, nil, nil, nil) }) else { return nil }
    unsafe pointer = unsafe found
  }

  deinit { unsafe X509_free(pointer) }

  var isAuthority: Bool { unsafe X509_check_ca(pointer) == 1 }

  func isOf(_ key: SigningKey) -> Bool {
    defer { ERR_clear_error() }
    return unsafe X509_check_private_key(pointer, key.pointer) == 1
  }

  var pem: String? { unsafe PEMText.write { unsafe PEM_write_bio_X509($0, pointer) == 1 } }

  /// An authority that certifies servers alone and no other authority, signed by itself.
  static func authority(named name: String, key: SigningKey, seconds: Int) -> X509Certificate? {
    make(
      named: name, key: key, by: nil, key, seconds: seconds,
      extensions: [
        (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"), (NID_key_usage, "critical,keyCertSign,cRLSign"),
        (NID_subject_key_identifier, "hash"),
      ])
  }

  /// DER of a server's certificate. `host` is a name or an address; nothing else stands in it.
  static func der(
    of host: String, key: SigningKey, by issuer: X509Certificate, _ issuerKey: SigningKey, seconds: Int
  ) -> [UInt8]? {
    guard let authority = HTTPAuthority(host.contains(":") ? "[\(host)]" : host), authority.port == nil else {
      return nil
    }
    let isAddress = SocketPlace(host: host, port: 0).isAddress
    let made = make(
      named: host, key: key, by: issuer, issuerKey, seconds: seconds,
      extensions: [
        (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
        (NID_ext_key_usage, "serverAuth"), (NID_subject_key_identifier, "hash"),
        (NID_authority_key_identifier, "keyid"), (NID_subject_alt_name, "\(isAddress ? "IP" : "DNS"):\(host)"),
      ])
    return made.flatMap { made in unsafe PEMText.der { unsafe i2d_X509(made.pointer, $0) } }
  }

  /// Signs a certificate; by itself where there is no issuer.
  private static func make(
    named name: String, key: SigningKey, by issuer: X509Certificate?, _ issuerKey: SigningKey, seconds: Int,
    extensions: [(id: Int32, value: String)]
  ) -> X509Certificate? {
    defer { ERR_clear_error() }
    guard let made = unsafe X509_new() else { return nil }
    let certificate = unsafe X509Certificate(made)
    // Clocks of clients may be behind.
    guard unsafe X509_set_version(made, 2) == 1, unsafe setSerial(made),
      unsafe X509_gmtime_adj(X509_getm_notBefore(made), -3_600) != nil,
      unsafe X509_gmtime_adj(X509_getm_notAfter(made), seconds) != nil, unsafe X509_set_pubkey(made, key.pointer) == 1,
      let subject = unsafe X509_get_subject_name(made)
    else { return nil }
    // `ub-common-name` is 64; the name that counts is the alternative one.
    let shown = Array(name.utf8.prefix(64))
    let isNamed = unsafe shown.withUnsafeBufferPointer {
      unsafe X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, $0.baseAddress, Int32($0.count), -1, 0) == 1
    }
    guard isNamed else { return nil }
    let issuerPointer = unsafe issuer?.pointer ?? made
    guard unsafe X509_set_issuer_name(made, X509_get_subject_name(issuerPointer)) == 1 else { return nil }
    for (id, value) in extensions {
      var context = unsafe X509V3_CTX()
      unsafe X509V3_set_ctx(&context, issuerPointer, made, nil, nil, 0)
      guard let added = unsafe X509V3_EXT_conf_nid(nil, &context, id, value) else { return nil }
      defer { unsafe X509_EXTENSION_free(added) }
      guard unsafe X509_add_ext(made, added, -1) == 1 else { return nil }
    }
    guard unsafe X509_sign(made, issuerKey.pointer, hash(issuerKey)) > 0 else { return nil }
    return certificate
  }

  /// Keys of Edwards curves hash by themselves.
  private static func hash(_ key: SigningKey) -> OpaquePointer? {
    let kind = unsafe EVP_PKEY_get_id(key.pointer)
    return unsafe kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448 ? nil : EVP_sha256()
  }

  /// 127 random bits (RFC 5280 §4.1.2.2 takes 20 octets at most).
  private static func setSerial(_ certificate: OpaquePointer) -> Bool {
    guard var bytes = PasswordHashing.random(16), let first = bytes.first else { return false }
    bytes[0] = first & 0x7F | 0x40
    guard let number = unsafe bytes.withUnsafeBufferPointer({ unsafe BN_bin2bn($0.baseAddress, Int32($0.count), nil) })
    else { return false }
    defer { unsafe BN_free(number) }
    guard let serial = unsafe BN_to_ASN1_INTEGER(number, nil) else { return false }
    defer { unsafe ASN1_INTEGER_free(serial) }
    return unsafe X509_set_serialNumber(certificate, serial) == 1
  }
}

/// An authority that was just made: its certificate for clients, and its key for the gateway.
public struct NewCertificateAuthority: Sendable {
  /// PEM.
  public let certificate: String
  /// PEM, without a passphrase.
  public let key: String

  /// Nil when libcrypto does not make it.
  public init?(named name: String, days: Int) {
    guard let key = SigningKey(), let pem = key.pem,
      let certificate = X509Certificate.authority(named: name, key: key, seconds: days * 86_400)?.pem
    else { return nil }
    (self.certificate, self.key) = (certificate, pem)
  }
}
