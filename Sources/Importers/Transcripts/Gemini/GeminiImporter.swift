import Bytes
import Model

/// Reads the chats of Gemini CLI: one JSON document in old versions, and in new ones JSON Lines of messages with patches.
///
/// A message may be written again as it grows, so that messages wait for the end of the file, for a rewind, or for many
/// others to come.
struct GeminiImporter: TranscriptImporter {
  static let name = "gemini-cli"

  /// Bytes of a chat that is one document.
  static let documentLimit = 512 << 20
  /// Messages that wait, and the bytes of their records.
  static let messageLimit = 1 << 12
  static let waitingByteLimit = 8 << 20
  /// Messages that are remembered after they were told.
  static let toldLimit = 1 << 16

  private enum Shape { case unknown, lines, document, overLimit }

  /// A message that waits, as it was written last.
  struct Message: Sendable {
    var id: String
    var value: JSONNode
    var origin: Origin
    var isCut: Bool
  }

  /// Where a message was told.
  struct Place: Sendable {
    var conversation: String
    var ordinal: Int
    var promptID: String?
  }

  let file: TranscriptFile
  var lines: TranscriptLines
  private var shape = Shape.unknown
  /// The first line while the shape is unknown, or the document.
  private var bytes: [UInt8] = []
  var nouns = TranscriptNouns(agent: name)
  var thread: TranscriptThread
  var session: String?
  var waiting: [Message] = []
  private var indices: [String: Int] = [:]
  private var waitingByteCount = 0
  var told = BoundedTable<String, Place>(limit: toldLimit)
  var time: Timestamp
  var forkCount = 0

  init(_ file: TranscriptFile) {
    self.file = file
    lines = TranscriptLines(file, recognizes: Self.isRecord)
    time = file.modifiedAt ?? .epoch
    let start = file.origin(record: 1, offset: 0)
    thread = TranscriptThread(Conversation(id: "", startedAt: time, origin: start))
    thread.noun.agent = Self.name
  }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    if head.records.contains(where: isHead) { return true }
    if !head.records.isEmpty {
      let marks = head.records.filter(isRecord).count
      return marks * 2 >= head.records.count && head.records.contains { isMessage($0) }
    }
    return false
  }

  /// The chat itself, or what stands before its messages.
  private static func isHead(_ value: JSONNode) -> Bool {
    value[member: "sessionId"]?.isString == true && value[member: "projectHash"]?.isString == true
  }

  private static func isRecord(_ value: JSONNode) -> Bool {
    isHead(value) || isMessage(value) || value[member: "$set"]?.isObject == true
      || value[member: "$rewindTo"]?.isString == true
  }

  private static func isMessage(_ value: JSONNode) -> Bool {
    guard let type = value[member: "type"], value[member: "id"]?.isString == true, value.has("content"),
      value[member: "timestamp"]?.isString == true
    else { return false }
    return type.equals("user") || type.equals("gemini") || type.equals("info") || type.equals("error")
      || type.equals("warning")
  }

  // MARK: Bytes

  mutating func receive(_ span: Span<UInt8>, into events: inout [ConversationEvent]) {
    switch shape {
    case .lines:
      lines.append(span)
      drain(into: &events)
    case .overLimit: break
    case .document:
      bytes.append(contentsOf: span)
      guard bytes.count > Self.documentLimit else { return }
      shape = .overLimit
      bytes = []
      let detail = "the document is longer than \(Self.documentLimit) bytes and was not read"
      events.append(.anomaly(Anomaly("transcript-over-limit", detail, origin: file.origin(record: 1, offset: 0))))
    case .unknown:
      let before = bytes.count
      bytes.append(contentsOf: span)
      guard let end = bytes.span.firstIndex(of: 0x0A, from: before) else {
        if bytes.count > TranscriptLines.lineLimit { choose(isDocument: false, into: &events) }
        return
      }
      choose(isDocument: isOpen(Array(bytes[..<end])), into: &events)
    }
  }

  /// Whether a first line is the beginning of a value that goes on in the next one.
  private func isOpen(_ line: [UInt8]) -> Bool {
    var entries: [JSONTape.Entry] = []
    return JSONTape.scan(line.withoutMark.span, from: 0, into: &entries) == .cut && line.count < 1_024
  }

  private mutating func choose(isDocument: Bool, into events: inout [ConversationEvent]) {
    shape = isDocument ? .document : .lines
    guard shape == .lines else { return }
    let start = bytes
    bytes = []
    lines.append(start.span)
    drain(into: &events)
  }

  private mutating func drain(into events: inout [ConversationEvent]) {
    while let record = lines.next(into: &events) { read(record.value, record.origin, record.isCut, into: &events) }
  }

  mutating func finish(into events: inout [ConversationEvent]) {
    if shape == .unknown { choose(isDocument: false, into: &events) }
    if shape == .document { readDocument(into: &events) }
    lines.finish()
    drain(into: &events)
    tellWaiting(into: &events)
    nouns.endAnswer(of: &thread, into: &events)
    nouns.finish(into: &events)
    lines.report(into: &events)
  }

  private mutating func readDocument(into events: inout [ConversationEvent]) {
    let origin = file.origin(record: 1, offset: 0)
    var text = bytes.withoutMark
    bytes = []
    var entries: [JSONTape.Entry] = []
    var isCut = false
    if case .value = JSONTape.scan(text.span, from: 0, into: &entries) {
    } else {
      var completion = JSONCompletion(text)
      do throws(DecodeError) {
        text = try completion.finish()
      } catch {
        events.append(.anomaly(Anomaly("transcript-unreadable", "\(error)", origin: origin)))
        return
      }
      guard case .value = JSONTape.scan(text.span, from: 0, into: &entries) else { return }
      isCut = true
      events.append(.anomaly(Anomaly("transcript-cut", "the file ends within the document", origin: origin)))
    }
    read(JSONTape(bytes: text, entries: entries).root, origin, isCut, into: &events)
  }

  // MARK: Records

  private mutating func read(
    _ value: JSONNode, _ origin: Origin, _ isCut: Bool, into events: inout [ConversationEvent]
  ) {
    if let patch = value[member: "$set"] {
      readHead(patch, origin, isCut, into: &events)
    } else if let id = value[member: "$rewindTo"]?.string(limit: TranscriptNouns.nameLimit) {
      rewind(to: id, origin, into: &events)
    } else if value[member: "sessionId"] != nil || value[member: "messages"] != nil {
      readHead(value, origin, isCut, into: &events)
    } else if value[member: "type"] != nil {
      hold(value, origin, isCut, into: &events)
    } else {
      lines.noteUnknown("", origin)
    }
  }

  private mutating func readHead(
    _ value: JSONNode, _ origin: Origin, _ isCut: Bool, into events: inout [ConversationEvent]
  ) {
    let limit = TranscriptNouns.nameLimit
    if session == nil, let id = value[member: "sessionId"]?.string(limit: limit) {
      session = id
      var noun = Conversation(id: Conversation.identifier([Self.name, id]), startedAt: time, origin: origin)
      noun.startedAt = value[member: "startTime"]?.string.flatMap(TranscriptTime.instant) ?? time
      time = noun.startedAt
      (noun.nativeID, noun.agent) = (id, Self.name)
      noun.workingDirectory = value.list("directories").first?.string(limit: limit)
      if value[member: "kind"]?.equals("subagent") == true {
        noun.link = .subagent
        noun.agentID = id
        // The folder that holds it has the name of the session that it belongs to.
        let folders = file.path.split { $0 == "/" || $0 == "\\" || $0 == "!" }.dropLast()
        noun.parentID = folders.last.map { Conversation.identifier([Self.name, String($0)]) }
      }
      thread = TranscriptThread(noun)
    }
    let messages = value.list("messages")
    for (index, message) in messages.enumerated() {
      var place = origin
      place.offset += UInt64(message.range.lowerBound)
      if messages.count > 1 { place.packet += UInt64(index) }
      hold(message, place, isCut && index == messages.count - 1, into: &events)
    }
  }

  private mutating func hold(
    _ value: JSONNode, _ origin: Origin, _ isCut: Bool, into events: inout [ConversationEvent]
  ) {
    let id = value[member: "id"]?.string(limit: TranscriptNouns.nameLimit) ?? "\(origin.offset)"
    let message = Message(id: id, value: value, origin: origin, isCut: isCut)
    // What is there of a message takes the place of no whole one.
    if isCut, indices[id] != nil || told[id] != nil { return }
    waitingByteCount += value.range.count
    if let index = indices[id] {
      waitingByteCount -= waiting[index].value.range.count
      waiting[index] = message
    } else {
      indices[id] = waiting.count
      waiting.append(message)
    }
    if waiting.count > Self.messageLimit || waitingByteCount > Self.waitingByteLimit { tellWaiting(into: &events) }
  }

  mutating func tellWaiting(into events: inout [ConversationEvent]) {
    let messages = waiting
    (waiting, indices, waitingByteCount) = ([], [:], 0)
    for message in messages { tell(message, into: &events) }
  }
}
