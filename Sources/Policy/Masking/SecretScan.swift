import Bytes

/// Finds secrets in any text: tokens by their shape, and values after a name that tells them.
struct SecretScan {
  private let bytes: [UInt8]
  private let readsNames: Bool
  private var found: [Range<Int>] = []

  /// A name is looked for this far back.
  private static let nameLimit = 64

  /// Ranges of the secrets, in order, apart from each other.
  static func find(in bytes: [UInt8], readsNames: Bool = true) -> [Range<Int>] {
    var scan = SecretScan(bytes: bytes, readsNames: readsNames)
    scan.run()
    return scan.found
  }

  private init(bytes: [UInt8], readsNames: Bool) {
    self.bytes = bytes
    self.readsNames = readsNames
  }

  private mutating func run() {
    var index = 0
    while let next = nextPlace(from: index) {
      if let range = secret(at: next), !range.isEmpty, range.upperBound > next {
        found.append(range)
        index = range.upperBound
      } else {
        index = next + 1
      }
    }
  }

  /// The next place at which `secret(at:)` may find something: most bytes of a text are none.
  private func nextPlace(from start: Int) -> Int? {
    let table = SecretScan.table
    let text = bytes.span
    guard start < text.count else { return nil }
    // Two bytes at a time: nearly all pairs begin nothing, which the processor foresees.
    var index = start
    var byte = text[index]
    while index + 1 < text.count {
      let next = text[index + 1]
      if table.firsts.contains(byte, next) {
        if table.roles[Int(byte)] == .mark { return index }
        if index + 2 < text.count, table.seconds.contains(next, text[index + 2]),
          index == 0 || !SecretScan.isWord(text[index - 1])
        {
          return index
        }
      }
      byte = next
      index += 1
    }
    return table.roles[Int(byte)] == .mark ? index : nil
  }

  private static let table = SecretBeginnings(
    tokens: prefixes.map(\.text) + ["AKIA", "ASIA", "eyJ"].map { Array($0.utf8) })

  /// What stands around a value without quotation marks.
  private static let separators = ByteSet(" \t\r\n&;,\"'<>{}[]()\\")

  private func secret(at index: Int) -> Range<Int>? {
    switch bytes[index] {
    case UInt8(ascii: "="): return readsNames ? named(index, isColon: false) : nil
    case UInt8(ascii: ":"):
      return userinfo(index) ?? (readsNames ? named(index, isColon: true) : nil)
    case UInt8(ascii: ">"): return readsNames ? element(index) : nil
    case UInt8(ascii: "'"): return readsNames ? sqlPassword(index) : nil
    case UInt8(ascii: "-"): return pem(index)
    case UInt8(ascii: "B"), UInt8(ascii: "b"): return scheme(index)
    case let byte where SecretScan.isWord(byte):
      guard index == 0 || !SecretScan.isWord(bytes[index - 1]) else { return nil }
      return token(index)
    default: return nil
    }
  }

  // MARK: Shapes

  /// Beginnings of tokens, and how many characters must follow at least.
  private static let prefixes: [(text: [UInt8], rest: Int)] = [
    ("ghp_", 16), ("gho_", 16), ("ghu_", 16), ("ghs_", 16), ("ghr_", 16), ("github_pat_", 16), ("glpat-", 12),
    ("sk-", 16), ("xoxb-", 8), ("xoxa-", 8), ("xoxp-", 8), ("xoxr-", 8), ("xoxs-", 8), ("AIza", 30), ("npm_", 16),
    ("hvs.", 12), ("hvb.", 12), ("pypi-", 32), ("ya29.", 16), ("dop_v1_", 32), ("sk_live_", 12), ("rk_live_", 12),
    ("SG.", 32),
  ].map { (Array($0.0.utf8), $0.1) }

  private func token(_ index: Int) -> Range<Int>? {
    if let key = accessKey(index) { return key }
    if has("eyJ", index) { return webToken(index) }
    for (text, rest) in SecretScan.prefixes where has(text, index) {
      let end = run(from: index + text.count) { SecretScan.isWord($0) || $0 == UInt8(ascii: ".") }
      return end - index - text.count >= rest ? index..<end : nil
    }
    return nil
  }

  /// An identifier of an AWS access key: four letters and sixteen capitals or digits.
  private func accessKey(_ index: Int) -> Range<Int>? {
    guard has("AKIA", index) || has("ASIA", index) else { return nil }
    let end = run(from: index) { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }
    return end - index == 20 ? index..<end : nil
  }

  /// A JSON Web Token (RFC 7519): two parts or more, the first of which is an object.
  private func webToken(_ index: Int) -> Range<Int>? {
    // Part by part: a text of many short parts must not be walked to its end from each of them.
    let first = run(from: index, while: SecretScan.isWord)
    guard first - index >= 8, first < bytes.count, bytes[first] == UInt8(ascii: ".") else { return nil }
    guard run(from: first + 1, while: SecretScan.isWord) - first > 4 else { return nil }
    return index..<run(from: first) { SecretScan.isWord($0) || $0 == UInt8(ascii: ".") }
  }

  /// A private key (RFC 7468): from its first line to its last, or to the end.
  private func pem(_ index: Int) -> Range<Int>? {
    guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "-"), has("-----BEGIN ", index) else { return nil }
    let line = String(decoding: bytes[index..<min(bytes.count, index + 64)], as: UTF8.self)
    guard line.contains("PRIVATE KEY") else { return nil }
    let mark = Array("-----END ".utf8)
    var end = index + 11
    while end < bytes.count, !has(mark, end) { end += 1 }
    guard end < bytes.count else { return index..<bytes.count }
    end = min(bytes.count, end + 9)
    while end < bytes.count, bytes[end] != UInt8(ascii: "-"), bytes[end] >= 0x20 { end += 1 }
    return index..<min(bytes.count, run(from: end) { $0 == UInt8(ascii: "-") })
  }

  /// The credentials of `Bearer x` and `Basic x`.
  private func scheme(_ index: Int) -> Range<Int>? {
    let word = String(decoding: bytes[index..<min(bytes.count, index + 7)], as: UTF8.self).lowercased()
    let length = word == "bearer " ? 7 : word.hasPrefix("basic ") ? 6 : 0
    guard length > 0, index == 0 || !SecretScan.isWord(bytes[index - 1]) else { return nil }
    let end = run(from: index + length) { SecretScan.isWord($0) || "._~+/=".utf8.contains($0) }
    return end - index - length >= 8 ? (index + length)..<end : nil
  }

  /// What no name of a user holds.
  private static let userEnds = ByteSet(" :/@\"'<>\n\r\t")

  /// The password of `scheme://user:password@host`. It may hold an `@` that should have been encoded.
  private func userinfo(_ index: Int) -> Range<Int>? {
    var start = index
    let ends = SecretScan.userEnds
    while start > 0, index - start < 128, !ends.contains(bytes[start - 1]) { start -= 1 }
    guard start >= 3, has("://", start - 3) else { return nil }
    let end = run(from: index + 1) { !" /?#\"'<>\n\r\t\\".utf8.contains($0) }
    guard let mark = bytes[(index + 1)..<end].lastIndex(of: UInt8(ascii: "@")), mark > index + 1 else { return nil }
    return (index + 1)..<mark
  }

  // MARK: Names

  private static let quotes = ByteSet("\"'\\")

  /// The value of `name=value`, `name: value` or `"name": "value"`, however deeply its quotation marks are escaped.
  private func named(_ index: Int, isColon: Bool) -> Range<Int>? {
    var end = index
    while end > 0, bytes[end - 1] == 0x20 { end -= 1 }
    var isQuoted = false
    while end > 0, SecretScan.quotes.contains(bytes[end - 1]) {
      isQuoted = true
      end -= 1
    }
    var start = end
    while start > 0, end - start < SecretScan.nameLimit,
      SecretScan.isWord(bytes[start - 1]) || bytes[start - 1] == UInt8(ascii: ".")
    { start -= 1 }
    guard start < end else { return nil }
    guard SecretNames.mayBeSecret(bytes.span.extracting(start..<end)) else { return nil }
    let name = String(decoding: bytes[start..<end], as: UTF8.self)
    guard SecretNames.isSecret(name, in: .text) else { return nil }
    var value = run(from: index + 1) { $0 == 0x20 || $0 == 0x09 }
    if isColon, !isQuoted, value == index + 1 { return nil }
    let opening = value
    value = run(from: value) { $0 == UInt8(ascii: "\\") }
    guard value < bytes.count else { return nil }
    if bytes[value] == UInt8(ascii: "\"") || bytes[value] == UInt8(ascii: "'") {
      return (value + 1)..<quotedEnd(from: value + 1, quote: bytes[value], slashes: value - opening)
    }
    let stop = run(from: opening) { !SecretScan.separators.contains($0) }
    guard opening < stop else { return nil }
    // `Authorization: Bearer x`
    let next = run(from: stop) { $0 == 0x20 }
    if next > stop, stop - opening <= 16, name.lowercased().hasSuffix("authorization"),
      SecretNames.schemes.contains(String(decoding: bytes[opening..<stop], as: UTF8.self).lowercased())
    {
      return next..<run(from: next) { !SecretScan.separators.contains($0) }
    }
    return opening..<stop
  }

  /// Where a quoted text ends whose quotation marks have `slashes` backslashes before them.
  private func quotedEnd(from start: Int, quote: UInt8, slashes: Int) -> Int {
    var index = start
    var count = 0
    while index < bytes.count {
      if bytes[index] == quote, count <= slashes { return index - count }
      count = bytes[index] == UInt8(ascii: "\\") ? count + 1 : 0
      index += 1
    }
    return index
  }

  /// The content of an element of XML whose name tells a secret.
  private func element(_ index: Int) -> Range<Int>? {
    var start = index
    while start > 0, index - start < 256, bytes[start - 1] != UInt8(ascii: "<"), bytes[start - 1] != UInt8(ascii: ">") {
      start -= 1
    }
    guard start > 0, start < index, bytes[start - 1] == UInt8(ascii: "<") else { return nil }
    let name = bytes[start..<index].prefix { SecretScan.isWord($0) || $0 == UInt8(ascii: ":") || $0 == 0x2E }
    let local = name.split(separator: UInt8(ascii: ":")).last ?? []
    guard SecretNames.isSecret(String(decoding: local, as: UTF8.self), in: .text) else { return nil }
    if has("<![CDATA[", index + 1) {
      let first = index + 10
      var end = first
      while end < bytes.count, !has("]]>", end) { end += 1 }
      return first..<max(first, end)
    }
    let end = run(from: index + 1) { $0 != UInt8(ascii: "<") }
    // White space before the elements within.
    return bytes[(index + 1)..<end].allSatisfy { $0 <= 0x20 } ? nil : (index + 1)..<end
  }

  /// The literal after `PASSWORD` or `IDENTIFIED BY`; a doubled quotation mark does not end it.
  private func sqlPassword(_ index: Int) -> Range<Int>? {
    var end = index
    while end > 0, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x0A || bytes[end - 1] == 0x09 { end -= 1 }
    guard end > 0, bytes[end - 1] | 0x20 == UInt8(ascii: "d") || bytes[end - 1] | 0x20 == UInt8(ascii: "y") else {
      return nil
    }
    let before = String(decoding: bytes[max(0, end - 13)..<end], as: UTF8.self).lowercased()
    guard before.hasSuffix("password") || before.hasSuffix("identified by") else { return nil }
    var close = run(from: index + 1) { $0 != UInt8(ascii: "'") }
    while close + 1 < bytes.count, bytes[close + 1] == UInt8(ascii: "'") {
      close = run(from: close + 2) { $0 != UInt8(ascii: "'") }
    }
    return (index + 1)..<close
  }

  /// Whether a text is an identifier of an AWS access key: a name, not a secret by itself.
  static func isAccessKey(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return SecretScan(bytes: bytes, readsNames: false).accessKey(0) == 0..<bytes.count
  }

  // MARK: Bytes

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }

  private func has(_ text: StaticString, _ index: Int) -> Bool {
    guard index >= 0, index <= bytes.count else { return false }
    return bytes.span.extracting(index..<bytes.count).starts(with: text)
  }

  private func has(_ text: [UInt8], _ index: Int) -> Bool {
    guard index >= 0, index + text.count <= bytes.count, bytes[index] == text[0] else { return false }
    return bytes[index..<(index + text.count)].elementsEqual(text)
  }

  private func run(from start: Int, while holds: (UInt8) -> Bool) -> Int {
    var index = min(max(0, start), bytes.count)
    while index < bytes.count, holds(bytes[index]) { index += 1 }
    return index
  }
}
