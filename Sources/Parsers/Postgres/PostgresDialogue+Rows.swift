import Bytes
import Model

/// DataRow: the path that most bytes take.
extension PostgresDialogue {
  mutating func takeRow(_ envelope: borrowing Envelope, _ body: Span<UInt8>, _ events: inout [ParserEvent]) {
    guard openForRow(envelope, &events) else { return }
    guard envelope.damage == nil else { return }
    if answer.needsDecoding { return takeDecodedRow(envelope, body, &events) }
    // The body is the layout of our payload, if it is what it should be.
    guard let end = PostgresDialogue.rowEnd(body) else {
      return complain(envelope, DecodeError(.truncated, "DataRow", offset: 0, found: "\(body.count) bytes"), &events)
    }
    if end == body.count {
      answer.rows.append(body)
    } else {
      expectEnd(body.count - end, envelope, "server", &events)
      answer.rows.append(body.extracting(first: end))
    }
  }

  /// Counts a row.
  private mutating func openForRow(_ envelope: borrowing Envelope, _ events: inout [ParserEvent]) -> Bool {
    if !answer.isOpen || queue.lostCount > 0 {
      guard align(envelope, &events) else { return false }
      if !answer.isOpen { openResult() }
    }
    answer.note(envelope)
    if answer.resultAt == nil { answer.resultAt = envelope.begin.time }
    answer.rowCount &+= 1
    return true
  }

  /// The first part of a row that is too large to hold.
  mutating func takeLargeRow(_ envelope: borrowing Envelope, _ part: Span<UInt8>, _ events: inout [ParserEvent]) {
    sawServer = true
    guard openForRow(envelope, &events) else { return }
    answer.rows.pass(part)
  }

  /// More of it.
  mutating func passRow(_ part: Span<UInt8>, endTime: Timestamp) {
    guard answer.isOpen else { return }
    answer.byteCount += UInt64(part.count)
    answer.endTime = endTime
    answer.rows.pass(part)
  }

  /// Where the cells end; nil when they do not fit.
  private static func rowEnd(_ body: Span<UInt8>) -> Int? {
    var reader = ByteReader(body)
    guard let count = try? reader.readUInt16() else { return nil }
    for _ in 0..<count {
      guard let length = try? reader.readInt32() else { return nil }
      if length == -1 { continue }
      guard (try? reader.skip(Int(length))) != nil else { return nil }
    }
    return reader.offset
  }

  /// Writes a row with binary cells, or in another encoding, as text in UTF-8.
  private mutating func takeDecodedRow(
    _ envelope: borrowing Envelope, _ body: Span<UInt8>, _ events: inout [ParserEvent]
  ) {
    var reader = ByteReader(body)
    var row: [UInt8] = []
    row.reserveCapacity(body.count + 16)
    do throws(DecodeError) {
      let count = try reader.readUInt16("cell count")
      row.appendBigEndian(count)
      for index in 0..<Int(count) {
        let length = try reader.readInt32("cell length")
        guard length != -1 else {
          row.appendBigEndian(UInt32.max)
          continue
        }
        let cell = try reader.read(Int(length), "cell")
        let mark = row.count
        row.appendBigEndian(UInt32(0))
        if FormatCodes.isBinary(answer.formats, at: index) {
          let oid = index < answer.columns.count ? answer.columns[index].typeOID : 0
          BinaryValue.append(oid, cell, text: text, to: &row)
        } else if text.isUTF8 || cell.isASCII {
          row.append(contentsOf: cell)
        } else {
          row.append(contentsOf: text.text(cell).utf8)
        }
        row.setBigEndian(UInt32(clamping: row.count - mark - 4), at: mark)
      }
      answer.rows.append(row.span)
      expectEnd(reader.remaining, envelope, "server", &events)
    } catch {
      complain(envelope, error, &events)
    }
  }
}

extension Array where Element == UInt8 {
  fileprivate mutating func appendBigEndian<T: FixedWidthInteger>(_ value: T) {
    for shift in stride(from: T.bitWidth - 8, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  fileprivate mutating func setBigEndian(_ value: UInt32, at index: Int) {
    for place in 0..<4 where index + place < count {
      self[index + place] = UInt8(truncatingIfNeeded: value >> (24 - 8 * place))
    }
  }
}
