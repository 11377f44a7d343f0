import CCrypto

/// A block cipher in CBC mode with one key; padding is the caller's.
@safe final class LibcryptoBlockCipher {
  private let context: OpaquePointer

  /// Nil when libcrypto does not offer the cipher.
  init?(name: String, key: [UInt8]) {
    guard let cipher = unsafe EVP_CIPHER_fetch(nil, name, nil) else {
      ERR_clear_error()
      return nil
    }
    defer { unsafe EVP_CIPHER_free(cipher) }
    guard let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
    unsafe self.context = unsafe context
    guard unsafe EVP_CIPHER_get_key_length(cipher) == key.count,
      unsafe key.withUnsafeBufferPointer({
        unsafe EVP_DecryptInit_ex2(context, cipher, $0.baseAddress, nil, nil)
      }) == 1
    else { return nil }
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// Whole blocks in the clear; nil when libcrypto refuses.
  func decrypt(_ sealed: Span<UInt8>, iv: [UInt8]) -> [UInt8]? {
    guard let length = CInt(exactly: sealed.count), unsafe EVP_CIPHER_CTX_get_iv_length(context) == iv.count else {
      return nil
    }
    var isDone = false
    let plain = unsafe [UInt8](unsafeUninitializedCapacity: sealed.count + 32) { target, used in
      unsafe sealed.withUnsafeBufferPointer { source in
        guard let bytes = source.baseAddress, let out = target.baseAddress else { return }
        var written: CInt = 0
        isDone =
          unsafe EVP_DecryptInit_ex2(context, nil, nil, iv, nil) == 1
          && EVP_CIPHER_CTX_set_padding(context, 0) == 1
          && EVP_DecryptUpdate(context, out, &written, bytes, length) == 1 && written == length
        used = isDone ? source.count : 0
      }
    }
    return isDone ? plain : nil
  }
}
