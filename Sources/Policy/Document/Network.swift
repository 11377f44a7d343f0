import Foundation

/// A network of addresses: `10.0.0.0/8`, `fd00::/8`, or one address (RFC 4632, RFC 4291 §2.3).
public struct Network: Sendable, Hashable {
  private let prefix: [UInt8]
  private let bitCount: Int

  /// Nil for what is none.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let first = parts.first, let bytes = Network.bytes(first) else { return nil }
    let count = parts.count == 2 ? Int(parts[1]) ?? -1 : bytes.count * 8
    guard (0...bytes.count * 8).contains(count) else { return nil }
    prefix = bytes
    bitCount = count
  }

  /// Of `host:port`, `[host]:port` or a bare address.
  public func contains(endpoint: String) -> Bool {
    let host =
      if endpoint.hasPrefix("[") {
        endpoint.dropFirst().prefix { $0 != "]" }
      } else if endpoint.count(where: { $0 == ":" }) == 1 {
        endpoint.prefix { $0 != ":" }
      } else {
        endpoint[...]
      }
    guard let bytes = Network.bytes(host), bytes.count == prefix.count else { return false }
    for (index, (a, b)) in zip(bytes, prefix).enumerated() {
      let kept = min(8, max(0, bitCount - index * 8))
      let mask = UInt8(truncatingIfNeeded: 0xFF00 >> kept)
      if (a ^ b) & mask != 0 { return false }
    }
    return true
  }

  /// The 4 or 16 bytes of an address.
  static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    if !text.contains(":") {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 4 else { return nil }
      let bytes = parts.compactMap { $0.utf8.count <= 3 ? UInt8($0) : nil }
      return bytes.count == 4 ? bytes : nil
    }
    let halves = text.components(separatedBy: "::")
    guard halves.count <= 2 else { return nil }
    let groups = halves.map { $0.isEmpty ? [] : $0.split(separator: ":", omittingEmptySubsequences: false) }
    let count = groups.reduce(0) { $0 + $1.count }
    guard halves.count == 2 ? count < 8 : count == 8 else { return nil }
    var values: [UInt16] = []
    for (index, half) in groups.enumerated() {
      if index == 1 { values += Array(repeating: 0, count: 8 - count) }
      for group in half {
        guard (1...4).contains(group.utf8.count), let value = UInt16(group, radix: 16) else { return nil }
        values.append(value)
      }
    }
    return values.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
  }
}
