import Bytes
import Model

/// opencode's export of a session, `{info, messages: [{info, parts}]}`.
struct OpenCodeImporter: TranscriptImporter {
  static let name = OpenCodeTeller.format

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard let first = HeadJSON(head).first, first.isObject else { return false }
    if let messages = first["messages"], messages.isArray {
      return first["info"]?.isObject == true || messages.elements.first?["info"] != nil
    }
    return isStored(first)
  }

  /// A session, a message or a part, as each had a file of its own.
  private static func isStored(_ value: JSONValue) -> Bool {
    if value["sessionID"]?.string != nil, value["id"]?.string != nil {
      return value["messageID"] != nil && value["type"] != nil || value["role"] != nil && value["time"] != nil
    }
    return value["projectID"]?.string != nil && value["directory"]?.string != nil
      && value["time"]?[member: "created"] != nil
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    let origin = file.origin(record: 0, offset: 0)
    let head = document.head(besides: ["messages"])
    guard let messages = head.lists["messages"] else {
      document.forEachValue(file, into: &events) { record, events in stored(record, into: &events) }
      return
    }
    let info = head.members?[member: "info"]
    var teller = OpenCodeTeller(session: info, id: info?[member: "id"]?.text ?? file.stem, file, origin: origin)
    document.forEachRecord(from: messages, file, into: &events) { record, events in
      teller.message(
        record.value[member: "info"], parts: record.value.list("parts"), isCut: record.isCut, origin: record.origin,
        into: &events)
    }
    teller.begin(into: &events)
    document = TranscriptDocument()
    teller.finish(into: &events)
  }

  private func stored(_ record: TranscriptDocument.Record, into events: inout [ConversationEvent]) {
    let value = record.value
    guard let session = value[member: "sessionID"]?.text else {
      guard let id = value[member: "id"]?.text else { return }
      var teller = OpenCodeTeller(session: value, id: id, file, origin: record.origin)
      teller.begin(into: &events)
      return
    }
    let at = WrittenTime(value[member: "time"]?[member: "created"])?.at ?? file.fallbackTime
    var teller = OpenCodeTeller(id: session, startedAt: at, file, origin: record.origin)
    if value[member: "messageID"] != nil {
      teller.part(value, origin: record.origin, into: &events)
    } else {
      teller.message(value, parts: [], origin: record.origin, into: &events)
      teller.begin(into: &events)
    }
    teller.finish(into: &events)
  }
}
