import CCrypto

/// Incremental SHA-1 (FIPS 180-4) by libcrypto: for names that other software gave, never to protect anything.
@safe public final class SHA1 {
  /// Bytes of a value.
  public static let length = 20
  private let context: OpaquePointer

  public init() {
    guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
    unsafe self.context = unsafe context
    reset()
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  private func reset() {
    let started = unsafe EVP_DigestInit_ex2(context, EVP_sha1(), nil)
    precondition(started == 1, "libcrypto refused SHA-1")
  }

  public func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      _ = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
    }
  }

  /// The 20 bytes of all updates; the object is then ready for the next message.
  public func finish() -> [UInt8] {
    var out = [UInt8](repeating: 0, count: Self.length)
    var count: UInt32 = 0
    _ = unsafe out.withUnsafeMutableBufferPointer { unsafe EVP_DigestFinal_ex(context, $0.baseAddress, &count) }
    reset()
    return out
  }
}
