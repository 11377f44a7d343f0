import Bytes
import CCrypto

/// The hashes that passwords are proven with, by libcrypto.
enum PasswordHashing {
  /// HMAC-SHA-256 (RFC 2104); nil when libcrypto refuses.
  static func hmac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8]? {
    var out = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    let done = unsafe key.withUnsafeBufferPointer { key in
      unsafe message.withUnsafeBufferPointer { message in
        unsafe out.withUnsafeMutableBufferPointer { out in
          unsafe HMAC(
            EVP_sha256(), key.baseAddress, Int32(clamping: key.count), message.baseAddress, message.count,
            out.baseAddress, &count) != nil
        }
      }
    }
    return done && count == 32 ? out : nil
  }

  /// PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2), 32 bytes; nil when libcrypto refuses.
  static func stretched(_ password: [UInt8], salt: [UInt8], iterations: Int) -> [UInt8]? {
    var out = [UInt8](repeating: 0, count: 32)
    let done = unsafe password.withUnsafeBytes { password in
      unsafe salt.withUnsafeBufferPointer { salt in
        unsafe out.withUnsafeMutableBufferPointer { out in
          unsafe PKCS5_PBKDF2_HMAC(
            password.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: password.count),
            salt.baseAddress, Int32(clamping: salt.count), Int32(clamping: iterations), EVP_sha256(), 32,
            out.baseAddress)
        }
      }
    }
    return done == 1 ? out : nil
  }

  /// MD5 in hexadecimal digits, as PostgreSQL's old password method wants it; nil when libcrypto refuses.
  static func md5(_ bytes: [UInt8]) -> String? {
    var out = [UInt8](repeating: 0, count: 16)
    var count: UInt32 = 0
    let done = unsafe bytes.withUnsafeBytes { bytes in
      unsafe out.withUnsafeMutableBufferPointer { out in
        unsafe EVP_Digest(bytes.baseAddress, bytes.count, out.baseAddress, &count, EVP_md5(), nil)
      }
    }
    return done == 1 && count == 16 ? out.hex : nil
  }

  /// Random bytes; nil when libcrypto has none.
  static func random(_ count: Int) -> [UInt8]? {
    var out = [UInt8](repeating: 0, count: count)
    let done = unsafe out.withUnsafeMutableBufferPointer {
      unsafe RAND_bytes($0.baseAddress, Int32(clamping: $0.count))
    }
    return done == 1 ? out : nil
  }

  /// Whether both are the same, in a time that does not tell where they differ.
  static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { right in unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
      }
    }
  }
}
