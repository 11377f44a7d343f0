/// Texts without what does not matter on the wire.
enum EffectNormalisation {
  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

  /// One space for each stretch of blanks, none at the ends.
  static func blanks(_ text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    for byte in text {
      if !isBlank(byte) {
        out.append(byte)
      } else if let last = out.last, last != 0x20 {
        out.append(0x20)
      }
    }
    if out.last == 0x20 { out.removeLast() }
    return out
  }

  /// Blanks outside of quotes as one space, without comments and semicolons at the end (PostgreSQL §4.1).
  static func sql(_ text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    var index = 0
    func space() { if let last = out.last, last != 0x20 { out.append(0x20) } }
    func take(to end: Int) {
      out += text[index..<min(end, text.count)]
      index = min(end, text.count)
    }
    while index < text.count {
      let byte = text[index]
      if isBlank(byte) {
        space()
        index += 1
      } else if let end = SQLTokens.comment(text, at: index) {
        space()
        index = end
      } else if let end = SQLTokens.quoted(text, at: index) {
        take(to: end)
      } else {
        take(to: index + 1)
      }
    }
    while let last = out.last, last == 0x20 || last == UInt8(ascii: ";") { out.removeLast() }
    return out
  }

  /// `METHOD URL`: the scheme and host in lower case, no default port, no user, no fragment, `/` for no path; escapes in
  /// upper case (RFC 3986 §6.2.2).
  static func request(_ text: [UInt8]) -> [UInt8] {
    let text = blanks(text)
    guard let space = text.firstIndex(of: 0x20) else { return text }
    var out = text[..<space].map(upper) + [0x20]
    let url = text[(space + 1)...].prefix { $0 != UInt8(ascii: "#") }
    var rest = url[...]
    var port: String?
    if let colon = url.firstIndex(of: UInt8(ascii: ":")), url[colon...].starts(with: "://".utf8) {
      let scheme = url[..<colon].map(lower)
      port = scheme == Array("http".utf8) ? ":80" : scheme == Array("https".utf8) ? ":443" : nil
      out += scheme + Array("://".utf8)
      rest = url[(colon + 3)...]
      let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
      rest = rest[authority.endIndex...]
      let host = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[($0 + 1)...] } ?? authority
      out += host.map(lower)
      if let port, out.suffix(port.utf8.count).elementsEqual(port.utf8) { out.removeLast(port.utf8.count) }
      if rest.first != UInt8(ascii: "/"), host.last != EffectPattern.wildcard { out.append(UInt8(ascii: "/")) }
    }
    var digits = 0
    for byte in rest {
      out.append(digits > 0 ? upper(byte) : byte)
      digits = byte == UInt8(ascii: "%") ? 2 : max(0, digits - 1)
    }
    return out
  }

  /// `push HOST/PATH`: without `git` before it and `.git` behind; a list of references belongs to a fetch.
  static func repository(_ text: [UInt8]) -> [UInt8] {
    var text = blanks(text)
    if text.starts(with: "git ".utf8) { text.removeFirst(4) }
    if text.starts(with: "ls-refs ".utf8) { text.replaceSubrange(0..<8, with: Array("fetch ".utf8)) }
    if text.suffix(4).elementsEqual(".git".utf8) { text.removeLast(4) }
    return text
  }

  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
  private static func upper(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte & 0xDF : byte }
}
