import CCrypto

/// Incremental SHA-256 (FIPS 180-4) by libcrypto.
@safe public final class SHA256 {
  private let context: OpaquePointer
  private static let algorithm = "SHA256"

  public init() {
    guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
    unsafe self.context = unsafe context
    reset()
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  private func reset() {
    let started = unsafe EVP_DigestInit_ex2(context, EVP_sha256(), nil)
    precondition(started == 1, "libcrypto refused SHA-256")
  }

  public func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      _ = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
    }
  }

  /// The digest of all updates; the object is then ready for the next message.
  public func finish() -> Digest {
    var out = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    _ = unsafe out.withUnsafeMutableBufferPointer { unsafe EVP_DigestFinal_ex(context, $0.baseAddress, &count) }
    reset()
    return Digest(unchecked: out)
  }

  /// The digest of `bytes`.
  public static func digest(of bytes: Span<UInt8>) -> Digest {
    let hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// The digest of the UTF-8 form of `text`.
  public static func digest(of text: String) -> Digest {
    digest(of: Array(text.utf8).span)
  }
}
