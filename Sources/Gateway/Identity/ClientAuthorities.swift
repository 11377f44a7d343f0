import Bytes
import CCrypto
import Model
import Synchronization

/// Who may certify clients of a listener, and which certificates were revoked.
final class ClientAuthorities: Sendable {
  /// Bytes of each of both files.
  static let byteLimit = 16 << 20
  /// Certificates of one chain, root left out; each is verified with its own signature.
  static let chainLimit = 10

  /// libcrypto's certificates and lists of revoked ones.
  @safe private final class Store {
    let pointer: OpaquePointer
    let isListing: Bool

    init?(_ authorities: [UInt8], _ revoked: [UInt8]?) {
      guard let pointer = unsafe X509_STORE_new() else { return nil }
      unsafe self.pointer = unsafe pointer
      isListing = revoked != nil
      let count = unsafe Store.each(authorities) { bio in
        guard let certificate = unsafe PEM_read_bio_X509(bio, nil, nil, nil) else { return nil }
        defer { unsafe X509_free(certificate) }
        return unsafe X509_check_ca(certificate) > 0 && X509_STORE_add_cert(pointer, certificate) == 1
      }
      guard count > 0 else { return nil }
      guard let revoked else { return }
      let lists = unsafe Store.each(revoked) { bio in
        guard let list = unsafe PEM_read_bio_X509_CRL(bio, nil, nil, nil) else { return nil }
        defer { unsafe X509_CRL_free(list) }
        return unsafe X509_STORE_add_crl(pointer, list) == 1
      }
      guard lists > 0 else { return nil }
    }

    deinit { unsafe X509_STORE_free(pointer) }

    /// How many of a PEM file's things were taken; 0 when one was not.
    private static func each(_ pem: [UInt8], _ take: (OpaquePointer) -> Bool?) -> Int {
      var count = 0
      unsafe pem.withUnsafeBufferPointer { buffer in
        guard let length = Int32(exactly: buffer.count),
          let bio = unsafe BIO_new_mem_buf(buffer.baseAddress, length)
        else { return }
        defer { unsafe BIO_free(bio) }
        while let isTaken = unsafe take(bio) {
          guard isTaken else {
            count = 0
            return
          }
          count += 1
        }
      }
      // The end of the text is an error to libcrypto.
      ERR_clear_error()
      return count
    }
  }

  private let store: Mutex<Store>

  /// Reads PEM: certificates of authorities, all of them such, and lists of what they revoked. Nil when there are none.
  init?(authorities: [UInt8], revoked: [UInt8]?) {
    guard authorities.count <= Self.byteLimit, revoked?.count ?? 0 <= Self.byteLimit,
      let store = Store(authorities, revoked)
    else { return nil }
    self.store = Mutex(store)
  }

  /// Why a chain of certificates, the client's first, does not count at a time; nil when it does. Where there are lists of
  /// revoked certificates, there must be a current one for each authority of the chain, as PostgreSQL has it.
  func objection(to chain: [ClientCertificate], at time: Timestamp) -> String? {
    guard !chain.isEmpty else { return "no certificate" }
    guard chain.count <= Self.chainLimit else { return "more than \(Self.chainLimit) certificates" }
    return store.withLock { unsafe Self.objection(to: chain, at: time, $0.pointer, isListing: $0.isListing) }
  }

  private static func objection(
    to chain: [ClientCertificate], at time: Timestamp, _ store: OpaquePointer, isListing: Bool
  ) -> String? {
    defer { ERR_clear_error() }
    guard let first = chain.first, let leaf = unsafe ClientCertificate.read(first.der) else { return "no certificate" }
    defer { unsafe X509_free(leaf) }
    guard let others = unsafe OPENSSL_sk_new_null() else { return "libcrypto is out of memory" }
    defer {
      while let rest = unsafe OPENSSL_sk_pop(others) { unsafe X509_free(OpaquePointer(rest)) }
      unsafe OPENSSL_sk_free(others)
    }
    for other in chain.dropFirst() {
      guard let certificate = unsafe ClientCertificate.read(other.der),
        unsafe OPENSSL_sk_push(others, UnsafeRawPointer(certificate)) > 0
      else { return "libcrypto is out of memory" }
    }
    guard let context = unsafe X509_STORE_CTX_new() else { return "libcrypto is out of memory" }
    defer { unsafe X509_STORE_CTX_free(context) }
    guard unsafe X509_STORE_CTX_init(context, store, leaf, others) == 1,
      unsafe X509_STORE_CTX_set_default(context, "ssl_client") == 1
    else { return "libcrypto is out of memory" }
    if isListing { unsafe X509_STORE_CTX_set_flags(context, UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL)) }
    unsafe X509_STORE_CTX_set_time(context, 0, time_t(time.seconds))
    guard unsafe X509_verify_cert(context) == 1 else {
      let code = unsafe X509_STORE_CTX_get_error(context)
      return unsafe X509_verify_cert_error_string(Int(code)).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
    return nil
  }
}
