/// The context of another trace, as W3C Trace Context (§3.2) writes it: `00-<32 digits>-<16 digits>-<2 digits>`.
struct TraceParent: Hashable {
  /// Bytes of a text in which it is looked for.
  static let textLimit = 64 << 10
  /// Contexts that are taken from one action.
  static let countLimit = 4

  var traceID: String
  var spanID: String
  var flags: UInt8

  /// All that stand in a text, in order and once each: a header's value, a comment of a statement, `application_name`.
  static func all(in text: String) -> [TraceParent] {
    var found: [TraceParent] = []
    // In a comment of sqlcommenter's they stand within quotes; anything that is no hexadecimal digit ends a field.
    let words = text.utf8.prefix(textLimit).split { !isDigit($0) && $0 != UInt8(ascii: "-") }
    for word in words where word.count >= 55 {
      guard let parent = TraceParent(word), !found.contains(parent) else { continue }
      found.append(parent)
      if found.count == countLimit { break }
    }
    return found
  }

  private init?(_ word: Substring.UTF8View.SubSequence) {
    let fields = word.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    // Version ff is none; a later version may have more fields.
    guard fields.count >= 4, fields[0].count == 2, fields[1].count == 32, fields[2].count == 16, fields[3].count == 2,
      !fields[0].elementsEqual("ff".utf8), fields[0].elementsEqual("00".utf8) ? fields.count == 4 : true,
      fields[1].contains(where: { $0 != UInt8(ascii: "0") }), fields[2].contains(where: { $0 != UInt8(ascii: "0") }),
      let flags = UInt8(String(decoding: fields[3], as: UTF8.self), radix: 16)
    else { return nil }
    traceID = String(decoding: fields[1], as: UTF8.self)
    spanID = String(decoding: fields[2], as: UTF8.self)
    self.flags = flags
  }

  /// Lower case only (§3.2.2).
  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
