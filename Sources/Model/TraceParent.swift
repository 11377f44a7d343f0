/// The context of another trace, as W3C Trace Context (§3.2) writes it: `00-<32 digits>-<16 digits>-<2 digits>`.
public struct TraceParent: Sendable, Hashable {
  /// Bytes of a text in which it is looked for.
  public static let textLimit = 64 << 10
  /// Contexts that are taken from one action.
  public static let countLimit = 4

  var version: String
  public var traceID: String
  public var spanID: String
  public var flags: UInt8

  /// All that stand in a text, in order and once each: a header's value, a comment of a statement, `application_name`.
  public static func all(in text: String) -> [TraceParent] {
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

  /// As it stands in a header.
  public var text: String {
    let digits = String(flags, radix: 16)
    return "\(version)-\(traceID)-\(spanID)-\(digits.count < 2 ? "0" : "")\(digits)"
  }

  init?(_ word: Substring.UTF8View.SubSequence) {
    let fields = word.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    // Version ff is none; a later version may have more fields.
    guard fields.count >= 4, fields[0].count == 2, fields[1].count == 32, fields[2].count == 16, fields[3].count == 2,
      !fields[0].elementsEqual("ff".utf8), fields[0].elementsEqual("00".utf8) ? fields.count == 4 : true,
      fields[1].contains(where: { $0 != UInt8(ascii: "0") }), fields[2].contains(where: { $0 != UInt8(ascii: "0") }),
      let flags = UInt8(String(decoding: fields[3], as: UTF8.self), radix: 16)
    else { return nil }
    guard word.allSatisfy({ Self.isDigit($0) || $0 == UInt8(ascii: "-") }) else { return nil }
    version = String(decoding: fields[0], as: UTF8.self)
    traceID = String(decoding: fields[1], as: UTF8.self)
    spanID = String(decoding: fields[2], as: UTF8.self)
    self.flags = flags
  }

  /// Lower case only (§3.2.2).
  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
