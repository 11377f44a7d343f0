import Bytes
import CCrypto

/// A message authentication code of libcrypto: HMAC with a kept key, or Poly1305 with a new key for each packet.
@safe final class LibcryptoMAC {
  private let context: OpaquePointer
  private var digest: [UInt8]

  /// HMAC (RFC 2104) with a hash that libcrypto names.
  static func hmac(hash: String, key: [UInt8]) -> LibcryptoMAC? {
    guard let mac = LibcryptoMAC(name: "HMAC") else { return nil }
    return mac.setKey(key, hash: hash) ? mac : nil
  }

  static func poly1305() -> LibcryptoMAC? { LibcryptoMAC(name: "POLY1305") }

  private init?(name: String) {
    guard let mac = unsafe EVP_MAC_fetch(nil, name, nil) else {
      ERR_clear_error()
      return nil
    }
    defer { unsafe EVP_MAC_free(mac) }
    guard let context = unsafe EVP_MAC_CTX_new(mac) else { return nil }
    unsafe self.context = unsafe context
    digest = [UInt8](repeating: 0, count: 64)
  }

  deinit { unsafe EVP_MAC_CTX_free(context) }

  private func setKey(_ key: [UInt8], hash: String) -> Bool {
    var name = Array(hash.utf8CString)
    return unsafe name.withUnsafeMutableBufferPointer { text in
      var parameters = unsafe [
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, text.baseAddress, 0), OSSL_PARAM_construct_end(),
      ]
      return unsafe key.withUnsafeBufferPointer {
        unsafe EVP_MAC_init(context, $0.baseAddress, $0.count, &parameters)
      } == 1
    }
  }

  /// Begins a message under the kept key.
  func start() -> Bool { unsafe EVP_MAC_init(context, nil, 0, nil) == 1 }

  /// Begins a message under a new key.
  func start(key: [UInt8]) -> Bool {
    unsafe key.withUnsafeBufferPointer { unsafe EVP_MAC_init(context, $0.baseAddress, $0.count, nil) } == 1
  }

  func update(_ bytes: Span<UInt8>) {
    _ = unsafe bytes.withUnsafeBufferPointer { unsafe EVP_MAC_update(context, $0.baseAddress, $0.count) }
  }

  /// A number of 32 bits, big-endian.
  func update(_ number: UInt32) {
    var wire = number.bigEndian
    _ = unsafe withUnsafeBytes(of: &wire) { raw in
      unsafe EVP_MAC_update(context, raw.baseAddress?.assumingMemoryBound(to: UInt8.self), raw.count)
    }
  }

  /// Whether the code of the message begins with `tag`.
  func verify(_ tag: Span<UInt8>) -> Bool {
    var count = 0
    let isDone = unsafe digest.withUnsafeMutableBufferPointer {
      unsafe EVP_MAC_final(context, $0.baseAddress, &count, $0.count)
    }
    guard isDone == 1, tag.count <= count else { return false }
    let made = digest
    return made.span.extracting(0..<tag.count).elementsEqual(tag)
  }
}
