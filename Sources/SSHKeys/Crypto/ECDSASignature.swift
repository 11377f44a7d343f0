import Bytes
import CCrypto

/// The two numbers of an ECDSA signature, which SSH writes as two `mpint` (RFC 5656 §3.1.2) and libcrypto as DER.
struct ECDSASignature: Hashable, Sendable {
  /// Bytes of a number modulo the order of the largest curve.
  static let numberLimit = 66

  let r: [UInt8]
  let s: [UInt8]

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    r = try reader.readMagnitude("r", limit: Self.numberLimit)
    s = try reader.readMagnitude("s", limit: Self.numberLimit)
    try reader.expectEnd("ECDSA signature")
  }

  /// Both numbers one behind the other, each with so many bytes (RFC 7518 §3.4); nil for another length.
  init?(concatenated bytes: [UInt8], each count: Int) {
    guard bytes.count == 2 * count else { return nil }
    (r, s) = (Array(bytes[..<count].drop { $0 == 0 }), Array(bytes[count...].drop { $0 == 0 }))
  }

  /// Takes what libcrypto made.
  init?(der: [UInt8]) {
    let numbers: ([UInt8], [UInt8])? = unsafe der.withUnsafeBufferPointer { buffer in
      var cursor = buffer.baseAddress
      guard let signature = unsafe d2i_ECDSA_SIG(nil, &cursor, buffer.count) else { return nil }
      defer { unsafe ECDSA_SIG_free(signature) }
      return unsafe (Self.bytes(ECDSA_SIG_get0_r(signature)), Self.bytes(ECDSA_SIG_get0_s(signature)))
    }
    guard let numbers else {
      ERR_clear_error()
      return nil
    }
    (r, s) = numbers
  }

  private static func bytes(_ number: OpaquePointer?) -> [UInt8] {
    guard let number = unsafe number else { return [] }
    var out = [UInt8](repeating: 0, count: Int(unsafe BN_num_bits(number) + 7) / 8)
    _ = unsafe BN_bn2bin(number, &out)
    return out
  }

  /// Two INTEGERs in a SEQUENCE; the numbers are short, so their lengths take one byte each (X.690 §8.1.3.4).
  var der: [UInt8] {
    let content = Self.integer(r) + Self.integer(s)
    let count = UInt8(clamping: content.count)
    return [0x30] + (count < 0x80 ? [count] : [0x81, count]) + content
  }

  private static func integer(_ magnitude: [UInt8]) -> [UInt8] {
    let digits = magnitude.first.map { $0 < 0x80 ? magnitude : [0] + magnitude } ?? [0]
    return [0x02, UInt8(clamping: digits.count)] + digits
  }

  /// The wire form.
  var blob: [UInt8] {
    var writer = ByteWriter()
    writer.writeMagnitude(r)
    writer.writeMagnitude(s)
    return writer.bytes
  }
}
