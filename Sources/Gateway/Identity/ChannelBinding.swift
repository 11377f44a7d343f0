import Bytes
import CCrypto
import NIOSSL

/// What ties a login to the TLS that it came by: `tls-server-end-point` (RFC 5929 §4), the hash of the server's certificate.
enum ChannelBinding {
  static let mechanism = "SCRAM-SHA-256-PLUS"
  static let header = "p=tls-server-end-point,,"

  /// By the hash that the certificate is signed with, or SHA-256 in the place of MD5 and SHA-1. Nil for certificates whose
  /// signature has no hash of its own, such as Ed25519: for them it is not defined.
  static func endPoint(_ certificate: NIOSSLCertificate?) -> [UInt8]? {
    guard let der = try? certificate?.toDERBytes(), let certificate = unsafe ClientCertificate.read(der) else {
      return nil
    }
    defer { unsafe X509_free(certificate) }
    var hash: Int32 = 0
    guard unsafe X509_get_signature_info(certificate, &hash, nil, nil, nil) == 1, hash != NID_undef else { return nil }
    if hash == NID_md5 || hash == NID_sha1 { hash = NID_sha256 }
    guard let algorithm = unsafe EVP_get_digestbyname(OBJ_nid2sn(hash)) else { return nil }
    var out = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    let done = unsafe der.withUnsafeBytes { der in
      unsafe out.withUnsafeMutableBufferPointer { out in
        unsafe EVP_Digest(der.baseAddress, der.count, out.baseAddress, &count, algorithm, nil)
      }
    }
    return done == 1 ? Array(out.prefix(Int(count))) : nil
  }
}
