import Model

/// The network of an address: 24 bits of version 4, 48 of version 6.
struct NetworkPart {
  /// 4 or 16 bytes, those of the host zero.
  let bytes: [UInt8]
  let bitCount: UInt8

  /// Of `192.0.2.7`, `2001:db8::7`, with a count of bits behind a slash or without.
  init?(_ text: [UInt8]) {
    let address = text.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false).first ?? []
    self.init(address: Network.bytes(String(decoding: address, as: UTF8.self)) ?? [])
  }

  /// Of 4 or 16 bytes.
  init?(address: [UInt8]) {
    guard address.count == 4 || address.count == 16 else { return nil }
    let kept = address.count == 4 ? 3 : 6
    bytes = address.prefix(kept) + Array(repeating: 0, count: address.count - kept)
    bitCount = UInt8(kept * 8)
  }

  private var address: IPAddress {
    let number = { (part: ArraySlice<UInt8>) in part.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    if bytes.count == 4 { return IPAddress(v4: UInt32(truncatingIfNeeded: number(bytes[...]))) }
    return IPAddress(v6High: number(bytes.prefix(8)), low: number(bytes.suffix(8)))
  }

  /// `192.0.2.*`, `2001:db8:1::*`
  var text: [UInt8] {
    let shown = address.description
    return Array((bytes.count == 4 ? String(shown.dropLast()) : shown).utf8) + [UInt8(ascii: "*")]
  }

  /// `192.0.2.0/24`, which a column of addresses takes.
  var network: [UInt8] { Array("\(address)/\(bitCount)".utf8) }
}
