import CCrypto

/// The hashes of TLS and SSH, by libcrypto.
enum HashAlgorithm: Sendable, Hashable {
  case md5, sha1, sha256, sha384, sha512

  var digestCount: Int {
    switch self {
    case .md5: 16
    case .sha1: 20
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  private var method: OpaquePointer? {
    switch self {
    case .md5: unsafe EVP_md5()
    case .sha1: unsafe EVP_sha1()
    case .sha256: unsafe EVP_sha256()
    case .sha384: unsafe EVP_sha384()
    case .sha512: unsafe EVP_sha512()
    }
  }

  /// The digest; empty when libcrypto refuses the hash.
  func digest(_ bytes: [UInt8]) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: digestCount)
    let isDone = unsafe out.withUnsafeMutableBufferPointer { target in
      unsafe bytes.withUnsafeBufferPointer { source in
        unsafe EVP_Digest(source.baseAddress, source.count, target.baseAddress, nil, method, nil)
      }
    }
    return isDone == 1 ? out : []
  }

  /// HMAC (RFC 2104); empty when libcrypto refuses.
  func hmac(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    guard let keyCount = CInt(exactly: key.count) else { return [] }
    var out = [UInt8](repeating: 0, count: digestCount)
    // A nil key would mean "the key of before".
    let someKey = key.isEmpty ? [0] : key
    let isDone = unsafe out.withUnsafeMutableBufferPointer { target in
      unsafe someKey.withUnsafeBufferPointer { keyBytes in
        unsafe bytes.withUnsafeBufferPointer { source in
          unsafe HMAC(
            method, keyBytes.baseAddress, keyCount, source.baseAddress, source.count, target.baseAddress, nil) != nil
        }
      }
    }
    return isDone ? out : []
  }
}
