import Bytes
import Model

/// Where a message, or a stretch of what a terminal showed, is among the records of an action.
struct RecordPlace: Sendable, Hashable {
  var at: Timestamp
  /// What all of its records are; others may stand between them.
  var kind: StreamRecord.Kind
  /// Bytes of the payload before what it shows.
  var start: Int
  /// Bytes of the payload up to its end.
  var end: Int
  /// Bytes before `start` that hold the beginning of a line which goes on.
  var carried = 0
  /// It says that a program failed, or that a connection was closed for an error.
  var isFailure = false
}

/// Puts the records of an action together to what is shown at once: one message, a line of a terminal, what was typed up
/// to Return.
enum RecordGroups {
  /// A pause in a line after which what is there is shown.
  private static let pause: Int64 = 1_000_000_000
  /// Bytes of a terminal that are shown at once.
  private static let groupLimit = 8 << 10
  /// Bytes before it that are read again, for the beginning of a line.
  private static let carryLimit = 4 << 10
  /// Bytes of a record before its content.
  static let headCount = 14

  private struct Open {
    var place: RecordPlace
  }

  /// The places in order of their beginning; a damaged end is left out.
  static func places(in bytes: [UInt8]) -> [RecordPlace] {
    var places: [RecordPlace] = []
    var open: [StreamRecord.Kind: RecordPlace] = [:]
    /// For each kind, where the record begins in which its open line began.
    var lineStarts: [StreamRecord.Kind: Int] = [:]
    var cursor = StreamRecordCursor(bytes)
    var position = 0
    while let record = try? cursor.next() {
      let start = position
      position += headCount + record.bytes.count
      guard let ends = lineEnd(of: record) else {
        places.append(
          RecordPlace(
            at: record.at, kind: record.kind, start: start, end: position, isFailure: isFailure(record)))
        continue
      }
      let kind = record.kind
      if let group = open[kind], record.at.nanoseconds(since: group.at) > pause {
        places.append(group)
        open[kind] = nil
      }
      var group = open[kind] ?? RecordPlace(at: record.at, kind: kind, start: start, end: position)
      if open[kind] == nil, kind != .input, let line = lineStarts[kind], start - line <= carryLimit {
        group.carried = start - line
      }
      group.at = record.at
      group.end = position
      let isAtLineStart = record.bytes.last.map(ends.contains) ?? true
      if isAtLineStart {
        lineStarts[kind] = nil
      } else if lineStarts[kind] == nil || record.bytes.contains(where: ends.contains) {
        lineStarts[kind] = start
      }
      open[kind] = group
      if isAtLineStart || position - group.start > groupLimit {
        places.append(group)
        open[kind] = nil
      }
    }
    places += open.values
    return places.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
  }

  /// The bytes that end a line, for what is shown by lines.
  private static func lineEnd(of record: StreamRecord) -> [UInt8]? {
    switch record.kind {
    case .output, .errorOutput: [0x0A]
    case .input: [0x0A, 0x0D]
    case .text, .binary, .ping, .pong, .close, .event, .message, .resize, .exit: nil
    }
  }

  private static func isFailure(_ record: StreamRecord) -> Bool {
    switch record.kind {
    case .exit: return !record.bytes.elementsEqual("0".utf8)
    case .close:
      // 1000: normal closure; 1001: going away (RFC 6455 §7.4.1).
      guard record.bytes.count >= 2 else { return false }
      let code = Int(record.bytes[0]) << 8 | Int(record.bytes[1])
      return code != 1000 && code != 1001
    default: return false
    }
  }
}

/// The records of the action that was looked at last: playing a stream reads them many times.
final class RecordBook {
  private let reading: any CaseReading
  private var known: (id: String, payload: StoredPayload?)?

  init(_ reading: any CaseReading) { self.reading = reading }

  func payload(of actionID: String) throws -> StoredPayload? {
    if let known, known.id == actionID { return known.payload }
    let payload = try reading.records(of: actionID)
    known = (actionID, payload)
    return payload
  }

  /// The records of a place, those of its kind only; the carried ones apart.
  func records(of actionID: String, at place: RecordPlace) throws -> (carried: [StreamRecord], shown: [StreamRecord]) {
    guard let bytes = try payload(of: actionID)?.bytes else { return ([], []) }
    func read(_ range: Range<Int>) -> [StreamRecord] {
      guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return [] }
      var cursor = StreamRecordCursor(Array(bytes[range]))
      var records: [StreamRecord] = []
      while let record = try? cursor.next() { if record.kind == place.kind { records.append(record) } }
      return records
    }
    guard place.start <= place.end, place.carried <= place.start else { return ([], []) }
    return (read((place.start - place.carried)..<place.start), read(place.start..<place.end))
  }
}
