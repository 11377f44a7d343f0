import Bytes
public import Model

/// Reads one format of agents' transcripts, fed as the file is read.
///
/// Prompts, tool calls and answers come out as they come out of traffic with language models: one noun, two witnesses.
/// An id of the agent's own (a session, a `toolu_…`) is kept as it is, so that both find each other.
protocol TranscriptImporter: Sendable {
  /// The format's name, as `sources` tells it: `claude-code`, `codex`.
  static var name: String { get }

  /// Whether a file is of this format, by its first bytes; its path may confirm what they say and never replaces it.
  static func recognizes(_ head: TranscriptHead) -> Bool

  init(_ file: TranscriptFile)

  /// The next bytes of the file, in order, cut anywhere: what is told does not depend on the cuts.
  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent])

  /// The file is over.
  mutating func finish(into events: inout [ConversationEvent])
}

/// The first bytes of a file that may be a transcript.
public struct TranscriptHead: Sendable {
  /// Bytes that are looked at.
  public static let byteCount = 64 << 10

  /// At most `byteCount`, from the file's first byte.
  public var bytes: [UInt8]
  /// The file ends with these bytes.
  public var isWhole: Bool
  /// As given; members of archives behind `!`.
  public var path: String
  /// The first objects, one after another as in JSON Lines, or the one document that goes over several lines; the last
  /// may be closed where the bytes end. None when the first character is no bracket of an object.
  let records: [JSONNode]

  /// Records that are looked at.
  static let recordLimit = 32

  public init(bytes: [UInt8], isWhole: Bool, path: String) {
    self.bytes = bytes
    self.isWhole = isWhole
    self.path = path
    records = Self.records(bytes)
  }

  private static func records(_ bytes: [UInt8]) -> [JSONNode] {
    let text = bytes.withoutMark
    guard text.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return [] }
    var entries: [JSONTape.Entry] = []
    let end = text.span.firstIndex(of: 0x0A) ?? text.count
    if end < text.count, JSONTape.scan(Array(text[..<end]).span, from: 0, into: &entries) == .cut {
      // The first line is open: a document of several lines, or a record that is damaged.
      var completion = JSONCompletion(text)
      if let whole = try? completion.finish(), case .value = JSONTape.scan(whole.span, from: 0, into: &entries) {
        return [JSONTape(bytes: whole, entries: entries).root]
      }
      if case .value = JSONTape.scan(text.span, from: 0, into: &entries) {
        return [JSONTape(bytes: text, entries: entries).root]
      }
    }
    var lines = TranscriptLines(TranscriptFile(source: 0, path: ""))
    lines.append(text.span)
    lines.finish()
    var ignored: [ConversationEvent] = []
    var found: [JSONNode] = []
    while found.count < recordLimit, let record = lines.next(into: &ignored) { found.append(record.value) }
    return found
  }
}

/// What is known of a transcript's file besides its bytes.
public struct TranscriptFile: Sendable {
  /// Ordinal of the source in this ingest.
  public var source: UInt32
  /// As given; members of archives behind `!`.
  public var path: String
  /// For formats that hold no times.
  public var modifiedAt: Timestamp?

  public init(source: UInt32, path: String, modifiedAt: Timestamp? = nil) {
    self.source = source
    self.path = path
    self.modifiedAt = modifiedAt
  }

  /// Where a record was read: its number from 1, as lines or elements are counted, and its first byte.
  func origin(record: UInt64, offset: UInt64) -> Origin { Origin(source: source, packet: record, offset: offset) }
}
