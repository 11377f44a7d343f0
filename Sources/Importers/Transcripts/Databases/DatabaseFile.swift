import Bytes
import Model

/// A transcript that is a SQLite database: collected, then read as a whole.
struct DatabaseFile: Sendable {
  /// Bytes of a file that are kept, all of which SQLite must have.
  static let byteLimit = 512 << 20

  private var bytes: [UInt8] = []
  private var isOverLimit = false

  /// Whether a file is a database whose schema, as far as it stands at the start, has all of these words.
  static func recognizes(_ head: TranscriptHead, words: [String]) -> Bool {
    guard head.bytes.starts(with: SQLiteImage.magic) else { return false }
    return words.allSatisfy { head.bytes.firstIndex(of: $0) != nil }
  }

  mutating func receive(_ span: Span<UInt8>) {
    guard !isOverLimit, span.count <= Self.byteLimit - bytes.count else {
      (bytes, isOverLimit) = ([], true)
      return
    }
    bytes.append(contentsOf: span)
  }

  /// Hands the database to `body` and says what is wrong with it.
  mutating func read(
    _ file: TranscriptFile, into events: inout [ConversationEvent],
    _ body: (inout SQLiteImage, inout [ConversationEvent]) -> Void
  ) {
    let origin = file.origin(record: 0, offset: 0)
    guard !isOverLimit else {
      let detail = "the database is longer than \(Self.byteLimit) bytes and was not read"
      events.append(.anomaly(Anomaly("transcript-limit", detail, origin: origin)))
      return
    }
    if SQLiteImage.isWriteAhead(bytes) {
      let detail = "the database is written ahead of: what is only in its -wal file was not read"
      events.append(.anomaly(Anomaly("transcript-wal", detail, origin: origin)))
    }
    let failure = SQLiteImage.read(&bytes) { image in body(&image, &events) }
    bytes = []
    guard let failure else { return }
    events.append(
      .anomaly(Anomaly("transcript-database", "the database cannot be read in full: \(failure)", origin: origin)))
  }
}

extension SQLiteImage.Value? {
  /// A time as a number or a text.
  var time: WrittenTime? { self?.scalar.flatMap { WrittenTime($0) } }
  var text: String? { self?.text.flatMap { $0.isEmpty ? nil : $0 } }
  /// JSON in a text.
  var json: JSONValue? { self?.text.flatMap { JSONValue($0) } }
}
