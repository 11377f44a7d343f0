import Bytes
import Model

/// The records of a transcript in JSON Lines, fed as the file is read.
///
/// A line may hold several values, as an agent that writes from two tasks leaves them behind, and a record that is
/// damaged takes no other with it: reading goes on with the next value that stands on its own.
struct TranscriptLines: Sendable {
  /// Bytes of one line; of a longer one nothing is read.
  static let lineLimit = 64 << 20
  /// Damaged places that are told one by one; of the others their number.
  static let damageLimit = 256
  /// Types of records that are counted by name.
  static let unknownLimit = 64

  struct Record: Sendable {
    /// An object.
    var value: JSONNode
    var origin: Origin
    /// The file ended within it: what was open there was closed, and a member without a value left out.
    var isCut = false
  }

  private struct Count: Sendable {
    var count: UInt64 = 1
    var first: Origin
  }

  private let file: TranscriptFile
  private let recognizes: @Sendable (JSONNode) -> Bool
  private var lines: LineSplitter
  /// The line that is being read, and how far.
  private var line: [UInt8] = []
  private var position = 0
  private var lineOffset: UInt64 = 0
  private var scratch: [JSONTape.Entry] = []
  private var damageCount = 0
  private var lastDamage = Origin.unknown
  private var unknown: [String: Count] = [:]

  /// `recognizes` tells a record of the format from an object within one: it is asked where a line is damaged.
  init(
    _ file: TranscriptFile, lineLimit: Int = lineLimit,
    recognizes: @escaping @Sendable (JSONNode) -> Bool = { _ in true }
  ) {
    self.file = file
    self.recognizes = recognizes
    lines = LineSplitter(limit: lineLimit)
  }

  /// Takes the next bytes of the file; `next` gives their records.
  mutating func append(_ bytes: Span<UInt8>) { lines.append(bytes) }

  /// The file is over: `next` gives what is left.
  mutating func finish() { lines.finish() }

  /// The next record; nil when more bytes are needed.
  mutating func next(into events: inout [ConversationEvent]) -> Record? {
    while true {
      while position < line.count { if let record = value(into: &events) { return record } }
      switch lines.next() {
      case .line(let bytes, let offset): (line, position, lineOffset) = (bytes, 0, offset)
      case .overLimit(let offset, let byteCount):
        let origin = file.origin(record: lines.number, offset: offset)
        let detail = "a line of \(byteCount) bytes is longer than \(lines.limit) and was not read"
        events.append(.anomaly(Anomaly("transcript-line-over-limit", detail, origin: origin)))
      case nil:
        line = []
        position = 0
        return nil
      }
    }
  }

  /// Counts a record whose type is not known.
  mutating func noteUnknown(_ type: String, _ origin: Origin) {
    let name = unknown.count < Self.unknownLimit || unknown[type] != nil ? type.cut(to: 64) : "others"
    if unknown[name] == nil { unknown[name] = Count(first: origin) } else { unknown[name]?.count += 1 }
  }

  /// Tells what was counted, after the last record.
  mutating func report(into events: inout [ConversationEvent]) {
    if damageCount > Self.damageLimit {
      let detail = "\(damageCount - Self.damageLimit) more places are damaged; this is the last"
      events.append(.anomaly(Anomaly("transcript-line-damaged", detail, origin: lastDamage)))
    }
    for (name, count) in unknown.sorted(by: { ($0.value.first.packet, $0.key) < ($1.value.first.packet, $1.key) }) {
      let detail = "\(count.count) records of type “\(name)” are not known and were not read; the first is here"
      events.append(.anomaly(Anomaly("transcript-record-unknown", detail, origin: count.first)))
    }
    (damageCount, unknown) = (0, [:])
  }

  // MARK: Details

  /// The value at `position` of the line; nil when there is none that is a record, with `position` moved all the same.
  private mutating func value(into events: inout [ConversationEvent]) -> Record? {
    guard let start = line[position...].firstIndex(where: { !isBlank($0) }) else {
      position = line.count
      return nil
    }
    let text = line
    let outcome = JSONTape.scan(text.span, from: start, into: &scratch)
    if case .value(let end) = outcome, scratch.first?.kind == .object {
      position = end
      return record(at: start)
    }
    if outcome == .cut, lines.isAtEnd, !lines.lastLineEnded, let cut = cutRecord(at: start) {
      let origin = file.origin(record: lines.number, offset: lineOffset + UInt64(start))
      events.append(.anomaly(Anomaly("transcript-cut", "the file ends within a record", origin: origin)))
      position = line.count
      return cut
    }
    switch outcome {
    case .value: noteDamage(at: start, "the value is no object", into: &events)
    case .cut: noteDamage(at: start, "the record is not whole", into: &events)
    case .refused(let place): noteDamage(at: start, "no JSON from byte \(place - start) of it on", into: &events)
    }
    return salvage(after: start)
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

  private func record(at start: Int) -> Record {
    let tape = JSONTape(bytes: line, entries: scratch)
    return Record(value: tape.root, origin: file.origin(record: lines.number, offset: lineOffset + UInt64(start)))
  }

  /// What there is of a record within which the file ends.
  private mutating func cutRecord(at start: Int) -> Record? {
    var completion = JSONCompletion(Array(line[start...]))
    guard let whole = try? completion.finish() else { return nil }
    guard case .value = JSONTape.scan(whole.span, from: 0, into: &scratch), scratch.first?.kind == .object else {
      return nil
    }
    let root = JSONTape(bytes: whole, entries: scratch).root
    guard recognizes(root) else { return nil }
    let origin = file.origin(record: lines.number, offset: lineOffset + UInt64(start))
    return Record(value: root, origin: origin, isCut: true)
  }

  /// The next record of the line that stands on its own: nothing follows it but the next one.
  private mutating func salvage(after start: Int) -> Record? {
    // An object within another is followed by a comma or a bracket; each attempt goes no deeper than the limit of depth,
    // and this bounds them all together.
    let text = line
    var allowance = 8 * text.count + 4_096
    var place = start + 1
    while allowance > 0, let brace = text.span.firstIndex(of: 0x7B, from: place) {
      place = brace + 1
      guard place < line.count, line[place] == 0x22 || line[place] == 0x20 else { continue }
      switch JSONTape.scan(text.span, from: brace, into: &scratch) {
      case .cut: allowance -= line.count - brace
      case .refused(let end): allowance -= end - brace + 1
      case .value(let end):
        allowance -= end - brace
        let after = line[end...].first { !isBlank($0) }
        guard after == nil || after == 0x7B else { continue }
        let found = record(at: brace)
        guard recognizes(found.value) else { continue }
        position = end
        return found
      }
    }
    position = line.count
    return nil
  }

  private mutating func noteDamage(at start: Int, _ what: String, into events: inout [ConversationEvent]) {
    damageCount += 1
    lastDamage = file.origin(record: lines.number, offset: lineOffset + UInt64(start))
    guard damageCount <= Self.damageLimit else { return }
    events.append(.anomaly(Anomaly("transcript-line-damaged", what, origin: lastDamage)))
  }
}
