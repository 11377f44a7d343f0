import Foundation

/// Texts that look drawn at random: base 64 and base 62 by how evenly their characters are spread, hexadecimal only where a
/// name says secret, since digests and ids look the same.
enum RandomText {
  /// Without a name; with one `namedShortest`.
  static let shortest = 24
  static let namedShortest = 16
  /// A word of fewer characters is no reason to look at the run around it.
  static let pieceLength = 10
  /// Longer ones are contents: pictures, archives, certificates.
  static let longest = 200
  /// Where reading for the end of a run stops.
  private static let runLimit = 1 << 20

  private static let characters = ByteSet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")

  /// What joins words to a run of base 64, beside the marks of names and addresses of pages.
  @inline(__always)
  static func isMark(_ byte: UInt8) -> Bool { byte == 0x2B || byte == 0x2F }

  /// The run around a word: base 64 with its marks, and padding.
  static func run(_ bytes: Span<UInt8>, around word: Range<Int>, floor: Int) -> Range<Int> {
    var start = word.lowerBound
    while start > floor, word.lowerBound - start < longest, characters.contains(bytes.peek(start - 1)) { start -= 1 }
    // The letter of a line end that is escaped.
    if bytes.peek(start - 1) == 0x5C, bytes.peek(start) == 0x6E, start < word.lowerBound { start += 1 }
    var end = bytes.end(of: characters, from: word.upperBound, limit: runLimit)
    while end - word.upperBound < runLimit, bytes.peek(end) == 0x3D, bytes.peek(end - 2) != 0x3D { end += 1 }
    return start..<end
  }

  /// Whether a run is a secret, going by what it looks like and what its name says.
  static func find(_ bytes: Span<UInt8>, _ run: Range<Int>, hints: NameHints) -> Detection? {
    guard run.count <= longest, run.count >= namedShortest else { return nil }
    let isNamed = hints.contains(.secret) || hints.contains(.password)
    guard isNamed || hints.isDisjoint(with: [.identifier, .version, .business]), isNamed || run.count >= shortest else {
      return nil
    }
    guard !isContent(bytes, run) else { return nil }
    let tally = ByteTally(bytes, run)
    guard tally.digits > 0 else { return nil }
    if tally.isHex {
      guard isNamed, run.count >= 32, tally.bits > 3, !hints.contains(.identifier) else { return nil }
      return Detection(kind: .highEntropy, range: run, isCertain: false)
    }
    guard tally.kinds >= (isNamed ? 2 : 3) else { return nil }
    guard tally.bits >= needed(run.count) * (isNamed ? 0.85 : 1), tally.marks * 5 <= run.count else { return nil }
    guard isNamed || !tally.hasWords else { return nil }
    if hints.contains([.secret, .azureAccount]), run.count == 88 { return found(.azureAccountKey, run) }
    if hints.contains([.secret, .aws]), run.count == 40 { return found(.awsSecretAccessKey, run) }
    return Detection(kind: .highEntropy, range: run, isCertain: isNamed)
  }

  private static func found(_ kind: DataKind, _ run: Range<Int>) -> Detection {
    Detection(kind: kind, range: run, isCertain: true)
  }

  /// Bits a character that a text of so many characters must have: drawn from 64, they are about the logarithm of the count
  /// less a tenth.
  private static func needed(_ count: Int) -> Double {
    min(4.6, log2(Double(count)) * 0.84)
  }

  /// Digests of files (`sha512-…`), public keys (`AAAA…`), data in addresses (`base64,…`).
  private static func isContent(_ bytes: Span<UInt8>, _ run: Range<Int>) -> Bool {
    let start = run.lowerBound
    if bytes.has("AAAA", at: start) || bytes.has("MI", at: start) || bytes.has("iVBOR", at: start) { return true }
    for mark: StaticString in ["sha1-", "sha256-", "sha384-", "sha512-"] where bytes.has(mark, at: start) {
      return true
    }
    for mark: StaticString in ["base64,", "SHA256:", "sha256:", "sha512:"] {
      if bytes.has(mark, at: start - mark.utf8CodeUnitCount) { return true }
    }
    return false
  }
}
