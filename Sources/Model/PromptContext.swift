/// What a client says of the prompt behind what it sends: the context of a trace, and ids of conversations, turns and calls.
public struct PromptContext: Sendable, Hashable {
  /// Ids that are taken from one place.
  public static let idLimit = 16
  /// Bytes of a text that are looked at.
  public static let textLimit = 64 << 10
  private static let longest = 128

  /// W3C Trace Context, as it was said.
  public var traceparent: String?
  public var ids: [String] = []

  public var isEmpty: Bool { traceparent == nil && ids.isEmpty }

  /// Of texts that carry ids: an application's name, options, comments of a statement. The first trace context counts, and
  /// what has the form of an agent's ids.
  public init(in carriers: some Sequence<String>) {
    for carrier in carriers {
      for word in Self.words(in: carrier) {
        if traceparent == nil, let parent = TraceParent(word) {
          traceparent = parent.text
        } else if ids.count < Self.idLimit, Self.isID(word), !ids.contains(where: { $0.utf8.elementsEqual(word) }) {
          ids.append(String(decoding: word, as: UTF8.self))
        }
      }
    }
  }

  /// The words of a text that may be ids: of letters, digits, `_` and `-`.
  public static func words(in text: String) -> [Substring.UTF8View.SubSequence] {
    text[...].utf8.prefix(textLimit).split { byte in
      !(byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte)
        || (0x41...0x5A).contains(byte & 0xDF))
    }
  }

  /// How ids of agents begin: Anthropic's and OpenAI's of messages, calls and answers.
  private static let beginnings = ["toolu_", "call_", "msg_", "resp_", "fc_", "chatcmpl-"].map { Array($0.utf8) }

  private static func isID(_ word: Substring.UTF8View.SubSequence) -> Bool {
    guard word.count <= longest else { return false }
    if beginnings.contains(where: { word.starts(with: $0) && word.count >= $0.count + 8 }) { return true }
    // A UUID (RFC 9562 §4).
    let parts = word.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return parts.map(\.count) == [8, 4, 4, 4, 12]
      && word.allSatisfy { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
  }

  /// Said of nearly every statement that it has none.
  private static func hasComment(_ statement: String) -> Bool {
    var before: UInt8 = 0
    for byte in statement.utf8 {
      if byte == UInt8(ascii: "*"), before == UInt8(ascii: "/") { return true }
      before = byte
    }
    return false
  }

  /// The comments of a statement, where sqlcommenter writes ids.
  public static func comments(in statement: String) -> [String] {
    guard hasComment(statement) else { return [] }
    var comments: [String] = []
    var rest = statement[...]
    while let open = rest.firstRange(of: "/*"), let close = rest[open.upperBound...].firstRange(of: "*/") {
      comments.append(String(rest[open.upperBound..<close.lowerBound]))
      rest = rest[close.upperBound...]
    }
    return comments
  }
}
