import CCrypto

/// Incremental SHA-256 (FIPS 180-4) by libcrypto.
@safe public final class SHA256 {
  private let context: OpaquePointer
  private var isBegun = false
  /// Fetched once: libcrypto looks an algorithm up for each message otherwise, which costs more than hashing a short one.
  private static let algorithm = UInt(bitPattern: unsafe EVP_MD_fetch(nil, "SHA256", nil))

  public init() {
    guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
    unsafe self.context = unsafe context
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  private func begin() {
    guard !isBegun else { return }
    isBegun = true
    let started = unsafe EVP_DigestInit_ex2(context, OpaquePointer(bitPattern: SHA256.algorithm), nil)
    precondition(started == 1, "libcrypto refused SHA-256")
  }

  public func update(_ bytes: Span<UInt8>) {
    begin()
    unsafe bytes.withUnsafeBufferPointer { buffer in
      _ = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
    }
  }

  /// The digest of all updates; the object is then ready for the next message.
  public func finish() -> Digest {
    begin()
    defer { isBegun = false }
    var out = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    _ = unsafe out.withUnsafeMutableBufferPointer { unsafe EVP_DigestFinal_ex(context, $0.baseAddress, &count) }
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
