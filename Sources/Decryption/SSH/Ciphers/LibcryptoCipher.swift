import Bytes
import CCrypto

/// A cipher of libcrypto with one key. The context is made once and started again for each packet.
@safe final class LibcryptoCipher {
  private let context: OpaquePointer
  private let ivCount: Int

  /// Nil when libcrypto does not offer the cipher.
  init?(name: String, key: [UInt8], ivCount: Int, isEncrypting: Bool = false) {
    guard let cipher = unsafe EVP_CIPHER_fetch(nil, name, nil) else {
      ERR_clear_error()
      return nil
    }
    defer { unsafe EVP_CIPHER_free(cipher) }
    guard let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
    unsafe self.context = unsafe context
    self.ivCount = ivCount
    let direction: CInt = isEncrypting ? 1 : 0
    guard unsafe EVP_CIPHER_get_key_length(cipher) == key.count,
      unsafe EVP_CIPHER_get_iv_length(cipher) == ivCount,
      unsafe key.withUnsafeBufferPointer({
        unsafe EVP_CipherInit_ex2(context, cipher, $0.baseAddress, nil, direction, nil)
      }) == 1,
      unsafe EVP_CIPHER_CTX_set_padding(context, 0) == 1
    else {
      ERR_clear_error()
      return nil
    }
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// Begins a packet.
  func start(iv: [UInt8]) -> Bool {
    guard iv.count == ivCount else { return false }
    return unsafe iv.withUnsafeBufferPointer({
      unsafe EVP_CipherInit_ex2(context, nil, nil, $0.baseAddress, -1, nil)
    }) == 1
  }

  /// Bytes that an authenticated cipher covers and does not encrypt.
  func associate(_ bytes: Span<UInt8>) -> Bool {
    guard let count = CInt(exactly: bytes.count) else { return false }
    var done: CInt = 0
    return unsafe bytes.withUnsafeBufferPointer({
      unsafe EVP_CipherUpdate(context, nil, &done, $0.baseAddress, count)
    }) == 1
  }

  /// Deciphers to the place of `target` that begins at `start`, which must be there.
  func update(_ source: Span<UInt8>, into target: inout [UInt8], at start: Int) -> Bool {
    guard let count = CInt(exactly: source.count), start >= 0, target.count - start >= source.count else {
      return false
    }
    guard count > 0 else { return true }
    var done: CInt = 0
    return unsafe target.withUnsafeMutableBufferPointer { out in
      unsafe source.withUnsafeBufferPointer { input in
        guard let base = out.baseAddress else { return false }
        return unsafe EVP_CipherUpdate(context, base + start, &done, input.baseAddress, count) == 1 && done == count
      }
    }
  }

  /// Whether the tag of an authenticated cipher is right.
  func verify(tag: Span<UInt8>) -> Bool {
    var copy = tag.array
    guard let count = CInt(exactly: copy.count) else { return false }
    var done: CInt = 0
    var rest = [UInt8](repeating: 0, count: 32)
    let isRight =
      unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, count, &copy) == 1
      && EVP_CipherFinal_ex(context, &rest, &done) == 1
    if !isRight { ERR_clear_error() }
    return isRight
  }
}
