import Bytes
import Model

/// Makes records of the objects of a log in JSON.
protocol JSONLogTeller: Sendable {
  static var name: String { get }
  /// The member of a document that holds the list of objects: `Records`, `items`; empty where there is none.
  static var listName: String { get }
  static func isEntry(_ value: JSONValue) -> Bool
  init()
  mutating func tell(
    _ value: JSONValue, _ origin: Origin, isCut: Bool, _ damage: inout ServerLogDamage,
    into events: inout [ServerLogEvent])
  mutating func finish(into events: inout [ServerLogEvent])
}

extension JSONLogTeller {
  mutating func finish(into events: inout [ServerLogEvent]) {}
}

/// Reads a log that has an object, or a list of them, on each line, or that is one document with a list.
///
/// A document is held whole, up to `TranscriptDocument.byteLimit`; lines are read as they come.
struct JSONServerLog<Teller: JSONLogTeller>: ServerLogImporter {
  static var name: String { Teller.name }

  private let file: TranscriptFile
  private var lines: ServerLogRecords
  private var document: TranscriptDocument?
  private var teller = Teller()
  private var damage = ServerLogDamage()

  static func recognizes(_ head: TranscriptHead) -> Bool {
    head.records.prefix(8).contains { node in
      guard let value = node.value else { return false }
      return Teller.isEntry(value) || entries(value).contains { Teller.isEntry($0) }
    }
  }

  init(_ file: TranscriptFile, _ head: TranscriptHead) {
    self.file = file
    lines = ServerLogRecords(file) { node in
      node.value.map { Teller.isEntry($0) || Self.entries($0).contains { Teller.isEntry($0) } } ?? false
    }
    // One object whose first line is not all of it, or that may have no other line, is a document.
    let bytes = head.bytes.withoutMark
    let firstLine = bytes.span.firstIndex(of: 0x0A).map { Array(bytes[..<$0]) }
    let isAlone = firstLine.map { JSONValue(bytes: $0) == nil } ?? true
    if isAlone, !Teller.listName.isEmpty, head.records.count == 1, let first = head.records.first?.value,
      !Teller.isEntry(first)
    {
      document = TranscriptDocument()
    }
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ServerLogEvent]) {
    guard document == nil else {
      document?.receive(bytes)
      return
    }
    lines.append(bytes)
    read(into: &events)
  }

  mutating func finish(into events: inout [ServerLogEvent]) {
    readDocument(into: &events)
    lines.finish()
    read(into: &events)
    teller.finish(into: &events)
    damage.report(into: &events)
  }

  private static func entries(_ value: JSONValue) -> [JSONValue] {
    Teller.listName.isEmpty ? [] : value.list(Teller.listName)
  }

  private mutating func read(into events: inout [ServerLogEvent]) {
    while let record = lines.next(&damage, into: &events) {
      guard let value = record.value.value else {
        damage.note("the object has too many values", record.origin, into: &events)
        continue
      }
      take(value, record.origin, isCut: record.isCut, into: &events)
    }
  }

  private mutating func take(
    _ value: JSONValue, _ origin: Origin, isCut: Bool, into events: inout [ServerLogEvent]
  ) {
    if Teller.isEntry(value) {
      teller.tell(value, origin, isCut: isCut, &damage, into: &events)
      return
    }
    let inside = Self.entries(value)
    if inside.isEmpty { damage.note("the object is no entry of this log", origin, into: &events) }
    for (index, entry) in inside.enumerated() {
      guard Teller.isEntry(entry) else {
        damage.note("an object of the list is no entry of this log", origin, into: &events)
        continue
      }
      teller.tell(entry, origin, isCut: isCut && index == inside.count - 1, &damage, into: &events)
    }
  }

  private mutating func readDocument(into events: inout [ServerLogEvent]) {
    guard let document else { return }
    var found: [ConversationEvent] = []
    document.tellLimit(file, into: &found)
    var rest: [UInt8] = []
    if let start = document.head(besides: [Teller.listName]).lists[Teller.listName] {
      var told: [(JSONValue, Origin, Bool)] = []
      let end = document.forEachRecord(from: start, file, into: &found) { record, _ in
        told.append((record.value, record.origin, record.isCut))
      }
      for (value, origin, isCut) in told {
        if Teller.isEntry(value) {
          teller.tell(value, origin, isCut: isCut, &damage, into: &events)
        } else {
          damage.note("an object of the list is no entry of this log", origin, into: &events)
        }
      }
      // A further document may follow on the next line.
      if let next = document.bytes.span.firstIndex(of: 0x0A, from: end) {
        let tail = document.bytes[(next + 1)...]
        if tail.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") { rest = Array(tail) }
      }
    } else {
      damage.note("the document has no list", file.origin(record: 0, offset: 0), into: &events)
    }
    for case .anomaly(let anomaly) in found { damage.note(anomaly.detail, anomaly.origin, into: &events) }
    if !rest.isEmpty { lines.append(rest.span) }
  }
}
