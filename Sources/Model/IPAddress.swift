/// An IPv4 or IPv6 address.
public struct IPAddress: Hashable, Sendable, Comparable {
  /// Bits 127 to 64 of an IPv6 address; zero for IPv4.
  public let high: UInt64
  /// Bits 63 to 0 of an IPv6 address; the 32 bits of an IPv4 address.
  public let low: UInt64
  public let isIPv4: Bool

  public init(v4 bits: UInt32) {
    (high, low, isIPv4) = (0, UInt64(bits), true)
  }

  public init(v6High high: UInt64, low: UInt64) {
    (self.high, self.low, isIPv4) = (high, low, false)
  }

  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    guard left.isIPv4 == right.isIPv4 else { return left.isIPv4 }
    return (left.high, left.low) < (right.high, right.low)
  }
}

extension IPAddress: CustomStringConvertible {
  /// Dotted decimal, or the canonical text of RFC 5952.
  public var description: String {
    if isIPv4 { return [24, 16, 8, 0].map { String((low >> $0) & 255) }.joined(separator: ".") }
    let groups = (0..<8).map { index -> UInt64 in
      ((index < 4 ? high : low) >> (48 - (index % 4) * 16)) & 0xffff
    }
    let zeros = IPAddress.longestZeroRun(groups)
    let text = { (slice: ArraySlice<UInt64>) in slice.map { String($0, radix: 16) }.joined(separator: ":") }
    guard let zeros else { return text(groups[...]) }
    return text(groups[..<zeros.lowerBound]) + "::" + text(groups[zeros.upperBound...])
  }

  /// The first longest run of at least two zero groups (RFC 5952 §4.2).
  private static func longestZeroRun(_ groups: [UInt64]) -> Range<Int>? {
    var best: Range<Int>?
    var start: Int?
    for index in 0...groups.count {
      if index < groups.count, groups[index] == 0 {
        start = start ?? index
      } else if let first = start {
        if index - first >= 2, index - first > (best?.count ?? 0) { best = first..<index }
        start = nil
      }
    }
    return best
  }
}
