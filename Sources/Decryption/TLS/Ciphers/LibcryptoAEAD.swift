import CCrypto

/// An authenticated cipher with one key: a context is made once and opens one record after the other.
@safe final class LibcryptoAEAD {
  private let context: OpaquePointer
  private let tagCount: Int
  private let isCCM: Bool

  /// Nil when libcrypto does not offer the cipher.
  init?(name: String, key: [UInt8], tagCount: Int) {
    guard let cipher = unsafe EVP_CIPHER_fetch(nil, name, nil) else {
      ERR_clear_error()
      return nil
    }
    defer { unsafe EVP_CIPHER_free(cipher) }
    guard let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
    unsafe self.context = unsafe context
    self.tagCount = tagCount
    isCCM = name.hasSuffix("CCM")
    let nonceCount: CInt = 12
    guard unsafe EVP_CIPHER_get_key_length(cipher) == key.count,
      unsafe EVP_DecryptInit_ex2(context, cipher, nil, nil, nil) == 1,
      unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, nonceCount, nil) == 1
    else { return nil }
    if isCCM {
      guard unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CInt(tagCount), nil) == 1 else { return nil }
    }
    guard
      unsafe key.withUnsafeBufferPointer({ unsafe EVP_DecryptInit_ex2(context, nil, $0.baseAddress, nil, nil) }) == 1
    else { return nil }
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// The plain bytes of ciphertext and tag, or nil when the tag says no.
  func open(_ sealed: Span<UInt8>, nonce: [UInt8], associated: [UInt8]) -> [UInt8]? {
    let count = sealed.count - tagCount
    guard count >= 0, nonce.count == 12, let length = CInt(exactly: count),
      let associatedLength = CInt(exactly: associated.count)
    else { return nil }
    var isOpen = false
    let plain = unsafe [UInt8](unsafeUninitializedCapacity: max(count, 1)) { target, used in
      unsafe sealed.withUnsafeBufferPointer { source in
        guard let bytes = source.baseAddress, let out = target.baseAddress else { return }
        var tag = unsafe Array(UnsafeBufferPointer(start: bytes + count, count: tagCount))
        var done: CInt = 0
        if isCCM {
          // CCM checks the tag while it decrypts, and must know the lengths before.
          isOpen =
            unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CInt(tagCount), &tag) == 1
            && EVP_DecryptInit_ex2(context, nil, nil, nonce, nil) == 1
            && EVP_DecryptUpdate(context, nil, &done, nil, length) == 1
            && EVP_DecryptUpdate(context, nil, &done, associated, associatedLength) == 1
            && EVP_DecryptUpdate(context, out, &done, bytes, length) == 1
        } else {
          isOpen =
            unsafe EVP_DecryptInit_ex2(context, nil, nil, nonce, nil) == 1
            && EVP_DecryptUpdate(context, nil, &done, associated, associatedLength) == 1
            && EVP_DecryptUpdate(context, out, &done, bytes, length) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CInt(tagCount), &tag) == 1
            && EVP_DecryptFinal_ex(context, out + count, &done) == 1
        }
        used = isOpen ? count : 0
      }
    }
    if !isOpen { ERR_clear_error() }
    return isOpen ? plain : nil
  }
}
