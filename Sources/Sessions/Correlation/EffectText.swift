import Model

/// Texts in the form in which they are compared.
enum EffectText {
  /// Bytes looked at of any text.
  static let limit = 64 << 10

  /// The text as `kind` compares it.
  static func normalized(_ text: String, _ kind: ExpectedEffect.Kind) -> String {
    switch kind {
    case .sql: sql(text)
    case .http: url(text)
    case .repository: repository(text)
    case .command, .file, .connection: blanks(text)
    }
  }

  /// `push git/shop.git` of `git push host:22/git/shop.git refs/heads/main`: hosts have many names.
  static func repository(_ text: String) -> String {
    var words = blanks(text).split(separator: " ")
    if words.first == "git" { words.removeFirst() }
    guard words.count >= 2 else { return words.joined(separator: " ") }
    var place = words[1]
    if let scheme = place.firstRange(of: "://") { place = place[scheme.upperBound...] }
    if let slash = place.firstIndex(of: "/") { place = place[place.index(after: slash)...] }
    return "\(words[0]) \(place.hasSuffix(".git") ? place.dropLast(4) : place)"
  }

  /// One blank for each run of white space, none at the ends.
  static func blanks(_ text: String) -> String {
    var out: [UInt8] = []
    var isPending = false
    for byte in text.utf8.prefix(limit) {
      if byte == 0x20 || (9...13).contains(byte) {
        isPending = !out.isEmpty
      } else {
        if isPending { out.append(0x20) }
        isPending = false
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Without comments, runs of white space and the semicolon at its end; constants and quoted names stay as they are.
  static func sql(_ text: String) -> String {
    let bytes = Array(text.utf8.prefix(limit))
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var index = 0
    var isPending = false
    func at(_ offset: Int) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x20 || (9...13).contains(byte) {
        isPending = !out.isEmpty
        index += 1
        continue
      }
      if byte == UInt8(ascii: "-"), at(1) == UInt8(ascii: "-") {
        while index < bytes.count, bytes[index] != 0x0a { index += 1 }
        isPending = !out.isEmpty
        continue
      }
      if byte == UInt8(ascii: "/"), at(1) == UInt8(ascii: "*") {
        index = endOfComment(bytes, index)
        isPending = !out.isEmpty
        continue
      }
      if isPending { out.append(0x20) }
      isPending = false
      guard byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") else {
        out.append(byte)
        index += 1
        continue
      }
      let end = bytes[(index + 1)...].firstIndex(of: byte).map { $0 + 1 } ?? bytes.count
      out += bytes[index..<end]
      index = end
    }
    while let last = out.last, last == UInt8(ascii: ";") || last == 0x20 { out.removeLast() }
    return String(decoding: out, as: UTF8.self)
  }

  /// Comments nest in PostgreSQL (4.1.5).
  private static func endOfComment(_ bytes: [UInt8], _ start: Int) -> Int {
    var depth = 0
    var index = start
    while index + 1 < bytes.count {
      if bytes[index] == UInt8(ascii: "/"), bytes[index + 1] == UInt8(ascii: "*") {
        depth += 1
        index += 2
      } else if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") {
        depth -= 1
        index += 2
        if depth == 0 { return index }
      } else {
        index += 1
      }
    }
    return bytes.count
  }

  /// `METHOD URL` without a fragment or the port that the scheme has by itself.
  static func url(_ text: String) -> String {
    var text = blanks(text)
    if let mark = text.firstIndex(of: "#") { text = String(text[..<mark]) }
    text = text.replacing(":80/", with: "/", maxReplacements: 1)
    if text.contains("https://") { text = text.replacing(":443/", with: "/", maxReplacements: 1) }
    return text
  }

  /// A piece of a text: blanks at its edges stay one blank, for more may follow.
  static func inner(_ text: String, _ kind: ExpectedEffect.Kind) -> String {
    let isBlank: (UInt8?) -> Bool = { byte in byte.map { $0 == 0x20 || (9...13).contains($0) } ?? false }
    let middle = normalized(text, kind)
    guard !middle.isEmpty else { return text.isEmpty ? "" : " " }
    return (isBlank(text.utf8.first) ? " " : "") + middle + (isBlank(text.utf8.last) ? " " : "")
  }

  /// Whether pieces with gaps between them make up the whole text, in order. Linear in the text for each piece.
  static func matches(_ pieces: [ExpectedEffect.Piece], _ text: String) -> Bool {
    let bytes = Array(text.utf8.prefix(limit))
    let pieces = joined(pieces)
    var position = 0
    var isOpen = false
    for (index, piece) in pieces.enumerated() {
      guard case .literal(let literal) = piece else {
        isOpen = true
        continue
      }
      let wanted = Array(literal.utf8)
      if wanted.isEmpty { continue }
      let isLast = !pieces[(index + 1)...].contains { if case .literal(let more) = $0 { !more.isEmpty } else { true } }
      if isLast, isOpen {
        guard bytes.count - position >= wanted.count, bytes[(bytes.count - wanted.count)...].elementsEqual(wanted)
        else {
          return false
        }
        return true
      }
      if isOpen {
        guard let found = find(wanted, in: bytes, from: position) else { return false }
        position = found + wanted.count
      } else {
        guard bytes.count - position >= wanted.count, bytes[position..<(position + wanted.count)].elementsEqual(wanted)
        else { return false }
        position += wanted.count
      }
      isOpen = false
    }
    return isOpen || position == bytes.count
  }

  /// Literals that follow each other are one.
  private static func joined(_ pieces: [ExpectedEffect.Piece]) -> [ExpectedEffect.Piece] {
    var out: [ExpectedEffect.Piece] = []
    for piece in pieces {
      if case .literal(let text) = piece, case .literal(let before)? = out.last {
        out[out.count - 1] = .literal(before + text)
      } else {
        out.append(piece)
      }
    }
    return out
  }

  /// Where `wanted` begins first (Knuth, Morris and Pratt's way: linear whatever the texts).
  private static func find(_ wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    var borders = [0]
    var border = 0
    for index in wanted.indices.dropFirst() {
      while border > 0, wanted[index] != wanted[border] { border = borders[border - 1] }
      if wanted[index] == wanted[border] { border += 1 }
      borders.append(border)
    }
    var matched = 0
    for index in start..<max(start, bytes.count) {
      while matched > 0, bytes[index] != wanted[matched] { matched = borders[matched - 1] }
      if bytes[index] == wanted[matched] { matched += 1 }
      if matched == wanted.count { return index + 1 - matched }
    }
    return nil
  }
}
