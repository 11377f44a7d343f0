import Bytes

/// Texts without what does not matter on the wire.
enum EffectNormalisation {
  /// The text as effects of a kind compare it.
  static func of(_ text: [UInt8], _ kind: ExpectedEffect.Kind) -> [UInt8] {
    switch kind {
    case .sql: sql(text)
    case .http: request(text)
    case .repository: repository(text)
    case .command, .file, .connection: blanks(text)
    }
  }

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
    while index < text.count {
      let byte = text[index]
      if (0x61...0x7A).contains(byte | 0x20) {
        // Most bytes are letters, and none of them opens anything.
        out.append(byte)
        index += 1
      } else if isBlank(byte) {
        space()
        index += 1
      } else if let end = SQLTokens.comment(text, at: index) {
        space()
        index = end
      } else if let end = SQLTokens.quoted(text, at: index) {
        out += text[index..<min(end, text.count)]
        index = min(end, text.count)
      } else {
        out.append(byte)
        index += 1
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
      if rest.first != UInt8(ascii: "/"), host.last != TextPattern.wildcard { out.append(UInt8(ascii: "/")) }
    }
    var digits = 0
    for byte in rest {
      out.append(digits > 0 ? upper(byte) : byte)
      digits = byte == UInt8(ascii: "%") ? 2 : max(0, digits - 1)
    }
    return out
  }

  /// `push shop` of `git push host:22/shop.git refs/heads/main`: hosts have many names, and references come and go.
  static func repository(_ text: [UInt8]) -> [UInt8] {
    var words = blanks(text).split(separator: 0x20)
    if let first = words.first, first.elementsEqual("git".utf8) { words.removeFirst() }
    guard words.count >= 2 else { return Array(words.joined(separator: [0x20])) }
    let verb = words[0].elementsEqual("ls-refs".utf8) ? Array("fetch".utf8) : Array(words[0])
    var place = words[1]
    if let colon = place.firstIndex(of: UInt8(ascii: ":")), place[colon...].starts(with: "://".utf8) {
      place = place[(colon + 3)...]
    }
    if let slash = place.firstIndex(of: UInt8(ascii: "/")) { place = place[(slash + 1)...] }
    if place.suffix(4).elementsEqual(".git".utf8) { place = place.dropLast(4) }
    return verb + [0x20] + place
  }

  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
  private static func upper(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte & 0xDF : byte }
}
