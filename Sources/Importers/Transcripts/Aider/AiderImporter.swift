import Bytes
import Model

/// Aider's chat history: Markdown with a heading for each start, `#### ` before what was typed and `> ` before output.
struct AiderImporter: TranscriptImporter {
  static let name = "aider"
  /// Bytes of a line that are read; longer ones are parts of files in answers.
  static let lineLimit = 1 << 20

  private static let opening = "# aider chat started at "

  private let file: TranscriptFile
  private var lines = LineSplitter(limit: lineLimit)
  private var chat: AiderChat?
  private var chatCount = 0

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard let hit = head.bytes.firstIndex(of: opening) else { return false }
    guard hit == 0 || head.bytes[hit - 1] == 0x0A || hit == 3 else { return false }
    // The heading is Aider's alone; JSON may quote it, at no line's start.
    return WrittenTime(String(decoding: head.bytes[(hit + opening.utf8.count)...].prefix(19), as: UTF8.self)) != nil
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) {
    lines.append(bytes)
    read(into: &events)
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    lines.finish()
    read(into: &events)
    chat?.finish(into: &events)
    chat = nil
  }

  private mutating func read(into events: inout [ConversationEvent]) {
    while let line = lines.next() {
      switch line {
      case .overLimit(let offset, let count):
        let detail = "a line of \(count) bytes is longer than \(Self.lineLimit) and was not read"
        let origin = file.origin(record: lines.number, offset: offset)
        events.append(.anomaly(Anomaly("transcript-line-over-limit", detail, origin: origin)))
      case .line(let bytes, let offset):
        let text = String(decoding: bytes, as: UTF8.self).trimmedEnd
        take(text, file.origin(record: lines.number, offset: offset), into: &events)
      }
    }
  }

  private mutating func take(_ line: String, _ origin: Origin, into events: inout [ConversationEvent]) {
    if line.hasPrefix(Self.opening), let start = WrittenTime(String(line.dropFirst(Self.opening.count))) {
      chat?.finish(into: &events)
      chatCount += 1
      let id = Conversation.identifier([Self.name, start.at.description, String(chatCount)])
      var conversation = Conversation(id: id, startedAt: start.at, origin: origin)
      conversation.clock = .start
      chat = AiderChat(conversation, isTimed: true)
      return
    }
    if chat == nil {
      guard !line.isEmpty else { return }
      // What stands before the first heading is the end of a chat whose start is not there.
      let id = Conversation.identifier([Self.name, "", "0"])
      var conversation = Conversation(id: id, startedAt: file.fallbackTime, origin: origin)
      conversation.clock = .none
      chat = AiderChat(conversation, isTimed: false)
    }
    chat?.take(line, origin, into: &events)
  }
}

extension String {
  /// Without white space at the end: Markdown's line breaks are two blanks.
  var trimmedEnd: String {
    let scalars = unicodeScalars
    guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
    return String(scalars[...last])
  }
}
