import Bytes
import Model

/// What the records of one format in JSON Lines tell.
protocol RecordTeller: Sendable {
  /// As `TranscriptImporter.name`.
  static var name: String { get }
  /// As `TranscriptImporter.recognizes`.
  static func recognizes(_ head: TranscriptHead) -> Bool
  init(_ file: TranscriptFile)
  /// The next record, in the file's order.
  mutating func take(_ record: TranscriptDocument.Record, into events: inout [ConversationEvent])
  /// There are no others.
  mutating func finish(into events: inout [ConversationEvent])
}

/// Reads a format whose records stand in lines.
struct RecordImporter<Teller: RecordTeller>: TranscriptImporter {
  static var name: String { Teller.name }

  private var lines: RecordLines
  private var teller: Teller

  init(_ file: TranscriptFile) {
    lines = RecordLines(file)
    teller = Teller(file)
  }

  static func recognizes(_ head: TranscriptHead) -> Bool { Teller.recognizes(head) }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) {
    lines.append(bytes)
    tell(&events)
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    lines.finish()
    tell(&events)
    teller.finish(into: &events)
    lines.report(into: &events)
  }

  private mutating func tell(_ events: inout [ConversationEvent]) {
    while let record = lines.next(into: &events) { teller.take(record, into: &events) }
  }
}

extension Dialogue {
  /// The one conversation of a file that names neither times nor itself.
  init(of file: TranscriptFile, agent: String) {
    let native = file.stem
    var conversation = Conversation(
      id: Conversation.identifier([agent, native]), startedAt: file.fallbackTime,
      origin: file.origin(record: 1, offset: 0))
    conversation.nativeID = native.cut(to: LLMRequest.nameLimit)
    conversation.agent = agent
    conversation.clock = .none
    self.init(conversation)
  }
}
