import Bytes
import Model

/// A transcript that is one JSON document: collected, then read record by record, so that a damaged one costs no other.
struct TranscriptDocument: Sendable {
  /// Bytes of a file that are kept; the agents' own documents stay below 100 MB.
  static let byteLimit = 512 << 20
  /// Bytes of a member of the document that is no list of records.
  static let memberLimit = 1 << 20
  /// How often the file may be walked over in search of where a damaged record ends.
  static let searchFactor = 16

  /// A record of the document.
  struct Record: Sendable {
    var value: JSONValue
    /// The file ends within it.
    var isCut: Bool
    var origin: Origin
  }

  /// What the outermost object holds.
  struct Head: Sendable {
    /// Nil when the outermost value is no object.
    var members: JSONValue?
    /// Where the lists begin that are there.
    var lists: [String: Int]

    /// In the order of the file.
    var ordered: [Int] { lists.values.sorted() }
  }

  private(set) var bytes: [UInt8] = []
  private(set) var isOverLimit = false

  mutating func receive(_ span: Span<UInt8>) {
    let room = Self.byteLimit - bytes.count
    if span.count <= room {
      bytes.append(contentsOf: span)
    } else {
      isOverLimit = true
      bytes.append(contentsOf: span.extracting(first: room))
    }
  }

  /// The members of the outermost object other than these lists, and where the lists begin.
  func head(besides lists: Set<String>) -> Head {
    var text: [UInt8] = [UInt8(ascii: "{")]
    var places: [String: Int] = [:]
    var position = start
    if position < bytes.count, bytes[position] == UInt8(ascii: "{") { position += 1 }
    while let member = nextMember(&position) {
      if lists.contains(member.name), bytes[member.value] == UInt8(ascii: "[") {
        places[member.name] = member.value
        guard let end = JSONBounds.end(of: member.value, in: bytes) else { break }
        position = end
        continue
      }
      let end = JSONBounds.end(of: member.value, in: bytes)
      let raw = bytes[member.start..<(end ?? bytes.count)].prefix(Self.memberLimit)
      if JSONValue(bytes: [UInt8(ascii: "{")] + raw + [UInt8(ascii: "}")]) != nil {
        if text.count > 1 { text.append(UInt8(ascii: ",")) }
        text += raw
      }
      guard let end else { break }
      position = end
    }
    // Unless the walk came to the object's end, a list that it did not meet may be there all the same.
    let isOrderly = position < bytes.count && bytes[position] == UInt8(ascii: "}")
    if !isOrderly { for name in lists where places[name] == nil { places[name] = search(list: name) } }
    text.append(UInt8(ascii: "}"))
    return Head(members: JSONValue(bytes: text), lists: places)
  }

  /// Where the array begins that the document is; nil when it is none.
  var arrayStart: Int? {
    start < bytes.count && bytes[start] == UInt8(ascii: "[") ? start : nil
  }

  /// The document is one value and no list of records.
  var isObject: Bool { start < bytes.count && bytes[start] == UInt8(ascii: "{") }

  /// Says what is wrong with the file as a whole.
  func tellLimit(_ file: TranscriptFile, into events: inout [ConversationEvent]) {
    guard isOverLimit else { return }
    let detail = "the document is longer than \(Self.byteLimit) bytes, what follows was not read"
    events.append(.anomaly(Anomaly("transcript-limit", detail, origin: file.origin(record: 0, offset: 0))))
  }

  /// Reads the array that begins at `open`, record by record; one that cannot be read is told and passed over. Gives
  /// where it ends.
  @discardableResult
  func forEachRecord(
    from open: Int, _ file: TranscriptFile, into events: inout [ConversationEvent],
    _ body: (Record, inout [ConversationEvent]) -> Void
  ) -> Int {
    let separator = Separator(bytes, after: open)
    var budget = Self.searchFactor * bytes.count + (1 << 20)
    var number: UInt64 = 0
    var position = JSONBounds.afterBlanks(open + 1, in: bytes)
    while position < bytes.count, bytes[position] != UInt8(ascii: "]") {
      number += 1
      let origin = file.origin(record: number, offset: UInt64(position))
      let end = JSONBounds.end(of: position, in: bytes)
      let raw = Array(bytes[position..<(end ?? bytes.count)])
      budget -= raw.count
      if let end, let value = JSONValue(bytes: raw) {
        body(Record(value: value, isCut: false, origin: origin), &events)
        position = JSONBounds.afterBlanks(end, in: bytes)
        if position >= bytes.count || bytes[position] == UInt8(ascii: "]") { break }
        if bytes[position] == UInt8(ascii: ",") {
          position = JSONBounds.afterBlanks(position + 1, in: bytes)
          continue
        }
      }
      // Damaged: the next record begins where the like of what stands between two records is found.
      let next = separator.next(in: bytes, after: position)
      budget -= (next ?? bytes.count) - position
      if next == nil, end == nil, let text = try? JSONText(raw) {
        events.append(.anomaly(Anomaly("transcript-cut", "the file ends within a record", origin: origin)))
        body(Record(value: text.value, isCut: true, origin: origin), &events)
        return bytes.count
      }
      let count = (next ?? end ?? bytes.count) - position
      let detail = "a record of \(count) bytes is damaged and was passed over"
      events.append(.anomaly(Anomaly("transcript-record", detail, origin: origin)))
      guard let next, budget > 0 else {
        if next != nil {
          let detail = "too much of the document is damaged, what follows was not read"
          events.append(.anomaly(Anomaly("transcript-limit", detail, origin: origin)))
        }
        return bytes.count
      }
      position = next
    }
    guard position >= bytes.count else { return position + 1 }
    let origin = file.origin(record: number + 1, offset: UInt64(bytes.count))
    events.append(.anomaly(Anomaly("transcript-cut", "the file ends between two records", origin: origin)))
    return bytes.count
  }

  /// Reads values that follow one another, on lines or not; what cannot be read is passed over up to the next line.
  func forEachValue(
    _ file: TranscriptFile, into events: inout [ConversationEvent],
    _ body: (Record, inout [ConversationEvent]) -> Void
  ) {
    var budget = Self.searchFactor * bytes.count + (1 << 20)
    var number: UInt64 = 0
    var position = start
    while position < bytes.count {
      number += 1
      let origin = file.origin(record: number, offset: UInt64(position))
      let end = JSONBounds.end(of: position, in: bytes)
      let raw = Array(bytes[position..<(end ?? bytes.count)])
      budget -= raw.count
      if let end, let value = JSONValue(bytes: raw) {
        body(Record(value: value, isCut: false, origin: origin), &events)
        position = JSONBounds.afterBlanks(end, in: bytes)
        continue
      }
      // A record on a line of its own begins with a brace.
      var next = position
      repeat {
        guard let feed = bytes.span.firstIndex(of: 0x0A, from: next) else {
          next = bytes.count
          break
        }
        next = feed + 1
      } while next < bytes.count && bytes[next] != UInt8(ascii: "{")
      budget -= next - position
      if next == bytes.count, end == nil, let text = try? JSONText(raw) {
        events.append(.anomaly(Anomaly("transcript-cut", "the file ends within a record", origin: origin)))
        body(Record(value: text.value, isCut: true, origin: origin), &events)
        return
      }
      let detail = "a record of \(next - position) bytes is damaged and was passed over"
      events.append(.anomaly(Anomaly("transcript-record", detail, origin: origin)))
      guard budget > 0 else {
        let detail = "too much of the document is damaged, what follows was not read"
        events.append(.anomaly(Anomaly("transcript-limit", detail, origin: origin)))
        return
      }
      position = next
    }
  }

  /// Finds the arrays that are members of one of some names, at any depth, in the order of the file.
  struct ListCursor: Sendable {
    private let names: [String]
    /// For each name where its next list begins; nil when there is none any more.
    private var places: [Int?]

    init(_ names: [String]) {
      self.names = names
      places = names.map { _ in 0 }
    }

    /// The next list at or after `from`, which never goes back.
    mutating func next(in document: TranscriptDocument, from: Int) -> (name: String, open: Int)? {
      var found: (name: String, open: Int)?
      for (index, name) in names.enumerated() {
        guard let place = places[index] else { continue }
        if place <= from { places[index] = document.search(list: name, from: from) }
        if let open = places[index], open < found?.open ?? .max { found = (name, open) }
      }
      return found
    }
  }

  /// The last object that is a member of that name between two places.
  func object(_ name: String, from: Int, to: Int) -> JSONValue? {
    var found: JSONValue?
    var from = from
    let key = "\"\(name)\""
    while let hit = firstIndex(of: key, from: from, to: to) {
      from = hit + 1
      let colon = JSONBounds.afterBlanks(hit + key.utf8.count, in: bytes)
      guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { continue }
      let open = JSONBounds.afterBlanks(colon + 1, in: bytes)
      guard open < to, let end = JSONBounds.end(of: open, in: bytes), end - open <= Self.memberLimit else { continue }
      if let value = JSONValue(bytes: Array(bytes[open..<end])), value.isObject { found = value }
    }
    return found
  }

  // MARK: Details

  private var start: Int {
    JSONBounds.afterBlanks(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, in: bytes)
  }

  /// The member at or after `position`, which is then behind its name.
  private func nextMember(_ position: inout Int) -> (name: String, start: Int, value: Int)? {
    position = JSONBounds.afterBlanks(position, in: bytes)
    if position < bytes.count, bytes[position] == UInt8(ascii: ",") {
      position = JSONBounds.afterBlanks(position + 1, in: bytes)
    }
    let start = position
    guard start < bytes.count, bytes[start] == UInt8(ascii: "\""),
      let end = JSONBounds.endOfString(start, in: bytes), let name = JSONValue(bytes: Array(bytes[start..<end]))?.string
    else { return nil }
    let colon = JSONBounds.afterBlanks(end, in: bytes)
    guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { return nil }
    let value = JSONBounds.afterBlanks(colon + 1, in: bytes)
    guard value < bytes.count else { return nil }
    return (name, start, value)
  }

  /// Where `text` begins first in a part of the bytes.
  private func firstIndex(of text: String, from: Int, to: Int) -> Int? {
    let wanted = Array(text.utf8)
    guard let first = wanted.first else { return nil }
    let end = min(to, bytes.count) - wanted.count
    var position = from
    while position <= end {
      if bytes[position] == first, bytes[position..<(position + wanted.count)].elementsEqual(wanted) { return position }
      position += 1
    }
    return nil
  }

  /// Where a list of that name begins, whatever stands before it.
  fileprivate func search(list name: String, from: Int = 0) -> Int? {
    var from = from
    let key = "\"\(name)\""
    while let hit = bytes.firstIndex(of: key, from: from) {
      from = hit + 1
      // Within a string its quotation marks have backslashes before them.
      if hit > 0, bytes[hit - 1] == UInt8(ascii: "\\") { continue }
      let colon = JSONBounds.afterBlanks(hit + key.utf8.count, in: bytes)
      guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { continue }
      let open = JSONBounds.afterBlanks(colon + 1, in: bytes)
      if open < bytes.count, bytes[open] == UInt8(ascii: "[") { return open }
    }
    return nil
  }

  /// What stands between two records, by the start of the first: white space with a line's end tells the depth, and
  /// without it the first member's name does.
  private struct Separator {
    private let pattern: [UInt8]

    init(_ bytes: [UInt8], after open: Int) {
      let brace = JSONBounds.afterBlanks(open + 1, in: bytes)
      let blanks = bytes[min(open + 1, brace)..<brace]
      var pattern = [UInt8(ascii: ","), UInt8(ascii: "{")]
      if blanks.contains(0x0A) {
        pattern = [UInt8(ascii: ",")] + blanks + [UInt8(ascii: "{")]
      } else if brace < bytes.count, bytes[brace] == UInt8(ascii: "{") {
        let key = JSONBounds.afterBlanks(brace + 1, in: bytes)
        if key < bytes.count, bytes[key] == UInt8(ascii: "\""), let end = JSONBounds.endOfString(key, in: bytes),
          end - key < 64
        {
          pattern += bytes[(brace + 1)..<end]
        }
      }
      self.pattern = pattern
    }

    /// Where the next record begins after `position`; between comma and brace stands what white space there may be.
    func next(in bytes: [UInt8], after position: Int) -> Int? {
      var from = position
      let tail = Array(pattern.dropFirst().drop { JSONBounds.isBlank($0) })
      let blanks = Array(pattern.dropFirst().prefix { JSONBounds.isBlank($0) })
      while let comma = bytes.span.firstIndex(of: UInt8(ascii: ","), from: from) {
        from = comma + 1
        let brace = JSONBounds.afterBlanks(comma + 1, in: bytes)
        guard bytes[brace...].starts(with: tail) else { continue }
        if blanks.isEmpty || bytes[(comma + 1)..<brace].elementsEqual(blanks) { return brace }
      }
      return nil
    }
  }
}
