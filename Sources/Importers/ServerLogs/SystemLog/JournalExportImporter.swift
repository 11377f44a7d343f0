import Bytes
import Model

/// `journalctl -o export` (systemd, “Journal Export Format”): `FIELD=value` lines, or a name, a length of eight bytes, least
/// first, and so many bytes; an empty line ends an entry.
struct JournalExportImporter: ServerLogImporter {
  static let name = "journal-export"
  /// Bytes of one field; of longer ones nothing is read.
  static let fieldLimit = ServerLogLines.lineLimit

  private let file: TranscriptFile
  private var pending: [UInt8] = []
  private var position = 0
  /// The first byte that was not searched for a line feed.
  private var searched = 0
  private var base: UInt64 = 0
  /// Bytes of a field that are passed over.
  private var skip: UInt64 = 0
  private var isInLongLine = false
  private var fields = JournalFields()
  private var entryStart: UInt64?
  private var number: UInt64 = 0
  private var teller = SystemLogTeller()
  private var damage = ServerLogDamage()

  static func recognizes(_ head: TranscriptHead) -> Bool {
    let bytes = head.bytes
    guard bytes.span.starts(with: "__CURSOR=") else { return false }
    let text = String(decoding: bytes.prefix(8_192), as: UTF8.self)
    return text.utf8.split(separator: 0x0A).contains { $0.starts(with: "__REALTIME_TIMESTAMP=".utf8) }
  }

  init(_ file: TranscriptFile, _ head: TranscriptHead) { self.file = file }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ServerLogEvent]) {
    if position > 0 {
      pending.removeFirst(position)
      base += UInt64(position)
      searched -= position
      position = 0
    }
    pending.append(contentsOf: bytes)
    while step(into: &events) {}
  }

  mutating func finish(into events: inout [ServerLogEvent]) {
    if position < pending.count || skip > 0 {
      damage.note("the log ends within a field", origin, into: &events)
    }
    endEntry(into: &events)
    teller.finish(into: &events)
    damage.report(into: &events)
  }

  private var origin: Origin { file.origin(record: number, offset: entryStart ?? base + UInt64(position)) }

  /// Reads a field; false when more bytes are needed.
  private mutating func step(into events: inout [ServerLogEvent]) -> Bool {
    if skip > 0 {
      let count = min(skip, UInt64(pending.count - position))
      skip -= count
      position += Int(clamping: count)
      searched = max(searched, position)
      return skip == 0 && position < pending.count
    }
    guard let end = pending.span.firstIndex(of: 0x0A, from: max(searched, position)) else {
      searched = pending.count
      if pending.count - position > Self.fieldLimit {
        if !isInLongLine {
          damage.noteOverLimit(UInt64(pending.count - position), Self.fieldLimit, origin, into: &events)
        }
        isInLongLine = true
        position = pending.count
      }
      return false
    }
    if isInLongLine {
      isInLongLine = false
      (position, searched) = (end + 1, end + 1)
      return true
    }
    if end == position {
      endEntry(into: &events)
      (position, searched) = (end + 1, end + 1)
      return true
    }
    if entryStart == nil {
      number += 1
      entryStart = base + UInt64(position)
    }
    let line = pending[position..<end]
    if let mark = line.firstIndex(of: 0x3D) {
      take(line[..<mark], line[(mark + 1)...])
      (position, searched) = (end + 1, end + 1)
      return true
    }
    searched = position
    return binary(after: end, into: &events)
  }

  /// A field whose length stands behind its name.
  private mutating func binary(after end: Int, into events: inout [ServerLogEvent]) -> Bool {
    guard pending.count - end > 8 else { return false }
    let length = pending[(end + 1)..<(end + 9)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Self.fieldLimit), let count = Int(exactly: length) else {
      // Either a field that is too long, or no length at all.
      damage.note("a field of \(length) bytes was not read", origin, into: &events)
      (position, searched) = (end + 1, end + 1)
      return true
    }
    let start = end + 9
    guard pending.count - start > count else { return false }
    take(pending[position..<end], pending[start..<(start + count)])
    position = start + count + (pending[start + count] == 0x0A ? 1 : 0)
    searched = position
    return true
  }

  private mutating func take(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
    guard name.count <= 32 else { return }
    let name = String(decoding: name, as: UTF8.self)
    guard JournalFields.names.contains(name), fields.values[name] == nil else { return }
    fields.values[name] = String(decoding: value, as: UTF8.self)
  }

  private mutating func endEntry(into events: inout [ServerLogEvent]) {
    defer { (fields, entryStart) = (JournalFields(), nil) }
    guard entryStart != nil else { return }
    if let entry = fields.entry(origin) {
      teller.receive(entry, &damage, into: &events)
    } else {
      damage.note("the entry has no time or no message", origin, into: &events)
    }
  }
}
