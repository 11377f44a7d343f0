/// A SHA-256 value: 32 bytes.
public struct Digest: Hashable, Comparable, Sendable {
  public let bytes: [UInt8]

  /// Takes exactly 32 bytes, or is nil.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// 64 lower-case hexadecimal digits.
  public var hex: String { bytes.hex }

  public static func < (left: Digest, right: Digest) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension Digest: CustomStringConvertible {
  public var description: String { hex }
}

extension Sequence where Element == UInt8 {
  /// Two lower-case hexadecimal digits a byte.
  public var hex: String {
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
    var text: [UInt8] = []
    text.reserveCapacity(underestimatedCount * 2)
    for byte in self {
      text.append(digit(byte >> 4))
      text.append(digit(byte & 15))
    }
    return String(decoding: text, as: UTF8.self)
  }
}
