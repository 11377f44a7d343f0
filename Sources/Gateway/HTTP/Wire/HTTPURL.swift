/// `host` or `host:port` (RFC 3986 §3.2), without a user.
struct HTTPAuthority: Hashable, Sendable {
  /// In lower case; of an IPv6 address without its brackets.
  let host: String
  let port: Int?

  init?(_ text: String) {
    guard !text.isEmpty, text.utf8.count <= 300 else { return nil }
    var name = text[...]
    var digits: Substring?
    if text.hasPrefix("[") {
      guard let end = text.lastIndex(of: "]") else { return nil }
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      if !rest.isEmpty { digits = rest.dropFirst() }
      name = text[text.index(after: text.startIndex)..<end]
      guard !name.isEmpty, name.utf8.allSatisfy({ Self.isHex($0) || $0 == 0x3A || $0 == 0x2E }) else { return nil }
    } else {
      if let colon = text.lastIndex(of: ":") {
        digits = text[text.index(after: colon)...]
        name = text[..<colon]
      }
      let isName = name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      }
      guard !name.isEmpty, isName else { return nil }
    }
    if let digits {
      guard digits.utf8.count <= 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
        (1...65_535).contains(number)
      else { return nil }
      port = number
    } else {
      port = nil
    }
    // The root's dot says nothing.
    host = String(name.hasSuffix(".") && name.count > 1 ? name.dropLast() : name).lowercased()
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
  }
}

/// A URL of `http` or `https`, as a proxy is given it (RFC 9112 §3.2.2).
struct HTTPURL: Hashable, Sendable {
  let isSecure: Bool
  let authority: HTTPAuthority
  /// As it was written.
  let authorityText: String
  /// Path and query, never empty.
  let path: String

  init?(_ text: String) {
    let lower = text.prefix(8).lowercased()
    let rest: Substring
    if lower.hasPrefix("http://") {
      (isSecure, rest) = (false, text.dropFirst(7))
    } else if lower.hasPrefix("https://") {
      (isSecure, rest) = (true, text.dropFirst(8))
    } else {
      return nil
    }
    let name = rest.prefix { $0 != "/" && $0 != "?" }
    guard let authority = HTTPAuthority(String(name)) else { return nil }
    self.authority = authority
    authorityText = String(name)
    let after = rest[name.endIndex...]
    path = after.hasPrefix("/") ? String(after) : "/" + after
  }

  var port: Int { authority.port ?? (isSecure ? 443 : 80) }
}
