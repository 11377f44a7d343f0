import CCrypto

/// A library context of libcrypto, with random number generators of its own.
///
/// Signing has one for itself: whatever else this process does with libcrypto's shared one does not reach it. It is used
/// by the thread that made it and freed there, so nothing of it stays behind.
@safe final class LibraryContext {
  let pointer: OpaquePointer

  /// - Throws: `SigningError` when libcrypto is out of memory.
  init() throws(SigningError) {
    guard let made = unsafe OSSL_LIB_CTX_new() else {
      throw SigningError(.libcrypto, "libcrypto makes no library context: \(Libcrypto.takeErrors())")
    }
    unsafe pointer = unsafe made
  }

  deinit { unsafe OSSL_LIB_CTX_free(pointer) }
}
