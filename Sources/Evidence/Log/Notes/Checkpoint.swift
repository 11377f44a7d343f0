public import Bytes

/// What a log says of itself at a size (C2SP tlog-checkpoint).
///
/// ```
/// origin
/// decimal count of leaves
/// base64 of the root
/// (lines that extend it, which the log's tree does not prove)
/// ```
public struct Checkpoint: Hashable, Sendable {
  public let origin: String
  public let size: UInt64
  public let root: Digest
  public let extensions: [String]

  public init(origin: String, size: UInt64, root: Digest) {
    self.origin = origin
    self.size = size
    self.root = root
    extensions = []
  }

  /// Reads the text of a note.
  ///
  /// - Throws: `NoteError` for what is no checkpoint, or not in the one form that it has.
  public init(parsing text: String) throws(NoteError) {
    guard text.utf8.last == 0x0A else { throw NoteError("a checkpoint that does not end with a line feed") }
    let lines = text.utf8.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false).map {
      String(Substring($0))
    }
    guard lines.count >= 3, !lines.contains(where: \.isEmpty) else {
      throw NoteError("a checkpoint of less than three lines, or with an empty one")
    }
    guard let size = DecimalText.number(lines[1]) else { throw NoteError("the size of a checkpoint is no number") }
    guard let root = StandardBase64.decode(lines[2]).flatMap({ Digest($0) }) else {
      throw NoteError("the root of a checkpoint is no SHA-256 in base64")
    }
    origin = lines[0]
    self.size = size
    self.root = root
    extensions = Array(lines[3...])
  }

  /// What is signed.
  public var text: String {
    ([origin, "\(size)", StandardBase64.encode(root.bytes)] + extensions).map { $0 + "\n" }.joined()
  }
}

/// Decimal numbers without a sign or leading zeros.
enum DecimalText {
  static func number(_ text: some StringProtocol) -> UInt64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), text == "0" || text.utf8.first != 0x30
    else { return nil }
    return UInt64(text)
  }
}
