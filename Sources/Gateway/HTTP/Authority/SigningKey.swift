import CCrypto

/// A private key of libcrypto's.
@safe final class SigningKey {
  let pointer: OpaquePointer

  /// A new one on P-256.
  init?() {
    guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { return nil }
    defer { unsafe EVP_PKEY_CTX_free(context) }
    var made: OpaquePointer?
    guard unsafe EVP_PKEY_keygen_init(context) == 1, unsafe EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
      unsafe EVP_PKEY_generate(context, &made) == 1, let key = unsafe made
    else { return nil }
    unsafe pointer = unsafe key
  }

  /// Reads PEM without a passphrase.
  init?(pem: [UInt8]) {
    let found = unsafe PEMText.read(pem) { bio in
      // A passphrase is asked of nobody.
      unsafe PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil)
    }
    guard let key = unsafe found else { return nil }
    unsafe pointer = unsafe key
  }

  deinit { unsafe EVP_PKEY_free(pointer) }

  /// PKCS #8, or what its kind has in its place.
  var der: [UInt8]? { unsafe PEMText.der { unsafe i2d_PrivateKey(pointer, $0) } }

  /// PKCS #8 without a passphrase.
  var pem: String? {
    unsafe PEMText.write { unsafe PEM_write_bio_PKCS8PrivateKey($0, pointer, nil, nil, 0, nil, nil) == 1 }
  }
}

/// PEM and DER of libcrypto's things.
enum PEMText {
  static func read(_ pem: [UInt8], _ take: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
    defer { ERR_clear_error() }
    return unsafe pem.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      guard let length = Int32(exactly: buffer.count), let bio = unsafe BIO_new_mem_buf(buffer.baseAddress, length)
      else {
        return nil
      }
      defer { unsafe BIO_free(bio) }
      return unsafe take(bio)
    }
  }

  static func write(_ put: (OpaquePointer) -> Bool) -> String? {
    guard let bio = unsafe BIO_new(BIO_s_mem()) else { return nil }
    defer { unsafe BIO_free(bio) }
    guard unsafe put(bio) else { return nil }
    var text: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4_096)
    while case let count = unsafe block.withUnsafeMutableBytes({ unsafe BIO_read(bio, $0.baseAddress, Int32($0.count)) }
    ),
      count > 0
    {
      text += block.prefix(Int(count))
    }
    return String(decoding: text, as: UTF8.self)
  }

  static func der(_ put: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8]? {
    var start: UnsafeMutablePointer<UInt8>?
    let count = unsafe put(&start)
    guard count > 0, let bytes = unsafe start else { return nil }
    defer { unsafe CRYPTO_free(bytes, nil, 0) }
    return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }
}
