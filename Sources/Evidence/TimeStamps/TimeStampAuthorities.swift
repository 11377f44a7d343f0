import CCrypto

/// The certificates of those whose time stamps are believed: roots, and what leads to them, in PEM.
@safe public final class TimeStampAuthorities {
  /// Bytes of all certificates together.
  public static let byteLimit = 1 << 20
  /// Certificates that are read.
  public static let countLimit = 1_000

  let store: OpaquePointer
  /// Certificates in it.
  public let count: Int

  /// Reads PEM; nil when there is no certificate in it.
  public init?(pem: [UInt8]) {
    guard pem.count <= TimeStampAuthorities.byteLimit, let length = Int32(exactly: pem.count),
      let store = unsafe X509_STORE_new()
    else { return nil }
    var found = 0
    unsafe pem.withUnsafeBufferPointer { buffer in
      guard let bio = unsafe BIO_new_mem_buf(buffer.baseAddress, length) else { return }
      defer { unsafe BIO_free(bio) }
      while found < TimeStampAuthorities.countLimit,
        let certificate = unsafe PEM_read_bio_X509(bio, nil, nil, nil)
      {
        if unsafe X509_STORE_add_cert(store, certificate) == 1 { found += 1 }
        unsafe X509_free(certificate)
      }
    }
    // The end of the text is an error to libcrypto.
    ERR_clear_error()
    guard found > 0 else {
      unsafe X509_STORE_free(store)
      return nil
    }
    unsafe self.store = unsafe store
    count = found
  }

  deinit { unsafe X509_STORE_free(store) }
}
