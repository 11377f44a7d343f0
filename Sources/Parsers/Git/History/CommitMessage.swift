import Bytes

/// A commit's text in UTF-8, as it is shown.
struct CommitMessage {
  /// Head lines without the encoding, once the rest is in UTF-8.
  private let head: [UInt8]
  private let message: [UInt8]

  init(_ bytes: [UInt8], _ commit: CommitObject) {
    let head = Array(bytes[..<commit.messageStart])
    let message = Array(bytes[commit.messageStart...])
    switch commit.encoding?.lowercased() {
    case "utf-8", "utf8": (self.head, self.message) = (Self.withoutEncoding(head), message)
    case "iso-8859-1", "iso8859-1", "latin1", "latin-1", "iso88591":
      (self.head, self.message) = (Self.withoutEncoding(Self.fromLatin1(head)), Self.fromLatin1(message))
    default: (self.head, self.message) = (head, message)
    }
  }

  var text: String { message.span.string }

  /// The first paragraph on one line.
  var subject: String {
    var words: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let isBlank = line.allSatisfy(\.isWhitespace)
      if isBlank, words.isEmpty { continue }
      if isBlank { break }
      words.append(line)
    }
    return words.joined(separator: " ")
  }

  /// As `git log --format=raw`: the head as it is, the message indented by four.
  func raw(_ id: ObjectID) -> [UInt8] {
    var text = Array("commit \(id.hex)\n".utf8)
    var head = head[...]
    while head.last == 0x0a { head.removeLast() }
    text += head
    text.append(0x0a)
    var lines = message.split(separator: 0x0a, omittingEmptySubsequences: false)[...]
    while let first = lines.first, first.allSatisfy(\.isSpace) { lines.removeFirst() }
    while let last = lines.last, last.allSatisfy(\.isSpace) { lines.removeLast() }
    guard !lines.isEmpty else { return text }
    text.append(0x0a)
    for var line in lines {
      while let last = line.last, last.isSpace { line.removeLast() }
      text += Array("    ".utf8)
      text += line
      text.append(0x0a)
    }
    return text
  }

  private static func withoutEncoding(_ head: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    for line in head.split(separator: 0x0a, omittingEmptySubsequences: true)
    where !line.starts(with: "encoding ".utf8) {
      kept += line
      kept.append(0x0a)
    }
    return kept
  }

  private static func fromLatin1(_ bytes: [UInt8]) -> [UInt8] {
    Array(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })).utf8)
  }
}

extension UInt8 {
  /// White space as C's `isspace` has it.
  fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
}
