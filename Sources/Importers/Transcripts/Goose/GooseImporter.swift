import Bytes
import Model

/// Goose before 1.10: lines, the first with facts of the session; later an export as one document.
struct GooseImporter: TranscriptImporter {
  static let name = GooseTeller.format

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    let json = HeadJSON(head)
    guard let first = json.first, first.isObject else { return false }
    if first["conversation"]?.isArray == true, first["working_dir"] != nil { return true }
    if first["working_dir"] != nil, first["message_count"] != nil || first["description"] != nil { return true }
    return json.values.contains { value in
      value["role"] != nil && value["created"] != nil
        && value.list("content").contains { ["toolRequest", "toolResponse"].contains($0["type"]?.string ?? "") }
    }
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    let origin = file.origin(record: 0, offset: 0)
    let head = document.head(besides: ["conversation"])
    let facts = head.members
    let created = WrittenTime(facts?[member: "created_at"] ?? facts?[member: "created"])?.at
    let native = head.lists["conversation"] == nil ? file.stem : facts?[member: "id"]?.text ?? file.stem
    let directory = facts?[member: "working_dir"]?.text
    var teller: GooseTeller?
    let take = { (record: TranscriptDocument.Record, events: inout [ConversationEvent]) in
      let value = record.value
      // The first line of the file is none of a message.
      guard value[member: "role"] != nil else { return }
      let at = WrittenTime(value[member: "created"])?.at
      if teller == nil {
        let start = created ?? at ?? file.fallbackTime
        teller = GooseTeller(native, directory: directory, startedAt: start, origin: origin)
      }
      teller?.message(
        role: value[member: "role"]?.string, content: value[member: "content"], id: value[member: "id"]?.text, at: at,
        isCut: record.isCut, origin: record.origin, into: &events)
    }
    if let open = head.lists["conversation"] {
      document.forEachRecord(from: open, file, into: &events, take)
    } else {
      document.forEachValue(file, into: &events, take)
    }
    document = TranscriptDocument()
    var last =
      teller ?? GooseTeller(native, directory: directory, startedAt: created ?? file.fallbackTime, origin: origin)
    last.begin(into: &events)
    last.finish(into: &events)
  }
}
