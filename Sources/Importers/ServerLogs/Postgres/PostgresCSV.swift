import Bytes
import Model

/// Records of comma-separated values as PostgreSQL writes them (RFC 4180 §2), which may go over several lines.
struct PostgresCSV: Sendable {
  /// Bytes that are read again to find where records begin behind damage, in multiples of the log.
  static let searchFactor = 2
  /// Bytes that a line takes besides its own.
  static let lineCost = 64

  struct Record: Sendable {
    var fields: [String]
    var origin: Origin
  }

  private enum State { case fieldStart, plain, quoted, quoteInQuoted }

  private var lines: ServerLogLines
  /// Lines of the record that is open.
  private var open: [ServerLogLines.Line] = []
  private var openByteCount = 0
  private var skippedCount = 0
  private var state = State.fieldStart
  /// Lines that are read again, the next one last.
  private var again: [ServerLogLines.Line] = []
  private var allowance = 1 << 20
  private let begins: @Sendable ([UInt8]) -> Bool

  /// `begins` tells the first line of a record from others: it is asked where the log is damaged.
  init(_ file: TranscriptFile, begins: @escaping @Sendable ([UInt8]) -> Bool) {
    lines = ServerLogLines(file, dropsReturns: false)
    self.begins = begins
  }

  mutating func append(_ bytes: Span<UInt8>) {
    lines.append(bytes)
    let (sum, overflow) = allowance.addingReportingOverflow(Self.searchFactor * bytes.count)
    allowance = overflow ? .max : sum
  }

  mutating func finish() { lines.finish() }

  /// The next record; nil when more bytes are needed. At the log's end `isOver` tells what is left over.
  mutating func next(
    isOver: Bool, _ damage: inout ServerLogDamage, into events: inout [ServerLogEvent]
  ) -> Record? {
    while true {
      guard let line = again.popLast() ?? lines.next(&damage, into: &events) else {
        guard isOver, let first = open.first else { return nil }
        damage.note("the log ends within a record", first.origin, into: &events)
        resynchronise()
        continue
      }
      if lines.skippedCount > skippedCount, let first = open.first {
        damage.note("a line within the record is too long", first.origin, into: &events)
        again.append(line)
        resynchronise()
        skippedCount = lines.skippedCount
        continue
      }
      if open.isEmpty {
        guard begins(line.bytes) else {
          if !line.bytes.isEmpty { damage.note("no record begins like this", line.origin, into: &events) }
          continue
        }
        state = .fieldStart
      }
      open.append(line)
      openByteCount += line.bytes.count + Self.lineCost
      guard scan(line.bytes), openByteCount <= ServerLogLines.lineLimit else {
        damage.note("the record is not whole", open.first?.origin ?? line.origin, into: &events)
        resynchronise()
        continue
      }
      if state == .quoted { continue }
      let origin = open.first?.origin ?? line.origin
      var whole = open.count == 1 ? line.bytes : Array(open.map(\.bytes).joined(separator: [0x0A]))
      if whole.last == 0x0D { whole.removeLast() }
      (open, openByteCount) = ([], 0)
      if let fields = Self.fields(whole) { return Record(fields: fields, origin: origin) }
    }
  }

  /// Reads the lines of the damaged record again from the next one on that may begin a record.
  private mutating func resynchronise() {
    if let next = open.dropFirst().firstIndex(where: { begins($0.bytes) }) {
      let rest = open[next...]
      let byteCount = rest.reduce(0) { $0 + $1.bytes.count + 1 }
      if byteCount <= allowance {
        allowance -= byteCount
        again += rest.reversed()
      } else if let last = open.last, begins(last.bytes) {
        again.append(last)
      }
    }
    (open, openByteCount, state) = ([], 0, .fieldStart)
  }

  /// Goes over a line; false when it is no part of such a record.
  private mutating func scan(_ bytes: [UInt8]) -> Bool {
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      switch (state, byte) {
      case (.quoted, _):
        guard let quote = bytes.span.firstIndex(of: 0x22, from: position) else { return true }
        position = quote
        state = .quoteInQuoted
      case (.quoteInQuoted, 0x22): state = .quoted
      case (.quoteInQuoted, 0x2C), (.plain, 0x2C), (.fieldStart, 0x2C): state = .fieldStart
      // A server on Windows ends lines with a carriage return.
      case (.quoteInQuoted, 0x0D): return position + 1 == bytes.count
      case (.quoteInQuoted, _), (.plain, 0x22): return false
      case (.fieldStart, 0x22): state = .quoted
      case (.fieldStart, _), (.plain, _): state = .plain
      }
      position += 1
    }
    return true
  }

  /// The fields of one record; nil when its quotation marks do not fit.
  static func fields(_ bytes: [UInt8]) -> [String]? {
    var fields: [String] = []
    var position = 0
    while true {
      if position < bytes.count, bytes[position] == 0x22 {
        var field: [UInt8] = []
        position += 1
        while true {
          guard let quote = bytes.span.firstIndex(of: 0x22, from: position) else { return nil }
          field += bytes[position..<quote]
          position = quote + 1
          guard position < bytes.count, bytes[position] == 0x22 else { break }
          field.append(0x22)
          position += 1
        }
        fields.append(String(decoding: field, as: UTF8.self))
      } else {
        let end = bytes.span.firstIndex(of: 0x2C, from: position) ?? bytes.count
        fields.append(String(decoding: bytes[position..<end], as: UTF8.self))
        position = end
      }
      if position >= bytes.count { return fields }
      guard bytes[position] == 0x2C else { return nil }
      position += 1
      if position == bytes.count {
        fields.append("")
        return fields
      }
    }
  }
}
