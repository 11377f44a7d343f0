extension Endpoint {
  /// Reads `192.0.2.1:5432` or `[2001:db8::1]:5432`, as `description` writes it.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard host.contains(":") else { return nil }
    } else if host.contains(":") {
      return nil
    }
    guard let address = IPAddress(host) else { return nil }
    self.init(address: address, port: port)
  }
}

extension IPAddress {
  /// Reads dotted decimal, or the text of RFC 4291 §2.2 without a dotted end.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count <= 45 else { return nil }
    if text.contains(":") {
      guard let groups = IPAddress.groups(text) else { return nil }
      let high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
      let low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
      self.init(v6High: high, low: low)
      return
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let octets = parts.compactMap { $0.allSatisfy(\.isNumber) ? UInt8($0) : nil }
    guard parts.count == 4, octets.count == 4 else { return nil }
    self.init(v4: octets.reduce(0) { $0 << 8 | UInt32($1) })
  }

  /// The eight groups of an IPv6 address; `::` stands once for as many zeros as are missing.
  private static func groups(_ text: some StringProtocol) -> [UInt16]? {
    let words = text.split(separator: ":", omittingEmptySubsequences: false)
    guard words.count >= 3, words.count <= 9 else { return nil }
    var groups: [UInt16] = []
    var gap: Int?
    for (index, word) in words.enumerated() {
      if word.isEmpty {
        // An empty word at an end is half of a `::` there.
        if index == 0 {
          guard words[1].isEmpty else { return nil }
        } else if index == words.count - 1 {
          guard gap == groups.count else { return nil }
        } else {
          guard gap == nil else { return nil }
          gap = groups.count
        }
        continue
      }
      guard word.utf8.count <= 4, word.first != "+", word.first != "-", let group = UInt16(word, radix: 16) else {
        return nil
      }
      groups.append(group)
    }
    guard let gap else { return groups.count == 8 ? groups : nil }
    guard groups.count < 8 else { return nil }
    groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    return groups
  }
}
