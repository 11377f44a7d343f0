import Bytes
import Model
import NIOCore
import Parsers
import Policy

/// Masks what a server sends to one client. It is fed whole messages, or pieces of long ones, and writes what the client may
/// see. Used on the session's event loop.
struct PostgresMasking {
  private enum Kind {
    static let notice = UInt8(ascii: "N")
    static let error = UInt8(ascii: "E")
    static let notification = UInt8(ascii: "A")
    static let functionResult = UInt8(ascii: "V")
    static let rowDescription = UInt8(ascii: "T")
    static let copyOut = UInt8(ascii: "H")
    static let copyBoth = UInt8(ascii: "W")
    static let copyDone = UInt8(ascii: "c")
    static let parameterStatus = UInt8(ascii: "S")
    static let dataRow = UInt8(ascii: "D")
    static let copyData = UInt8(ascii: "d")
  }

  /// Bytes of a row that are looked at in one piece.
  static let rowLimit = 2 << 20
  /// Of any other message.
  static let messageLimit = 4 << 20
  /// Encodings in which a byte of ASCII may be the second half of a character, so that nobody can tell where a value ends.
  private static let ambiguous: Set<String> = [
    "SJIS", "SHIFT_JIS", "SHIFT_JIS_2004", "BIG5", "GBK", "UHC", "GB18030", "JOHAB", "WIN936", "WIN949", "WIN950",
    "WIN932", "MSKANJI", "SHIFTJIS", "WINDOWS932", "WINDOWS936", "WINDOWS949", "WINDOWS950",
  ]

  private(set) var answer: AnswerMask
  /// The rows that come now.
  private var rows: (mask: RowMask, shape: RowShape?)?
  private var copy: CopyMask?
  private var longRow: LongRow?
  /// Bytes of a CopyData that have not come.
  private var copyLeft = 0

  init(_ answer: AnswerMask) { self.answer = answer }

  /// In the middle of a message.
  var isInside: Bool { longRow != nil || copyLeft > 0 }
  var maskedCount: Int { answer.maskedCount }

  mutating func note(statement text: String) { answer.note(statement: text) }

  mutating func takeCounts() -> [(key: AnswerMask.Key, count: Int)] { answer.takeCounts() }

  /// Takes a setting that the server tells.
  func learn(setting: String, _ value: String) throws(MaskingFailure) {
    guard setting == "client_encoding", Self.ambiguous.contains(value.uppercased()) else { return }
    throw MaskingFailure(reason: "values in the encoding \(value) cannot be masked; use UTF8")
  }

  // MARK: Messages

  /// A message that is held until it is whole: everything but the data of a COPY and long rows.
  static func isHeld(_ type: UInt8, byteCount: Int) -> Bool {
    type != Kind.copyData && (type != Kind.dataRow || byteCount <= rowLimit)
  }

  /// Whether names may have to be known before a message can be taken.
  func needsNames(_ type: UInt8) -> Bool { type == Kind.dataRow && rows == nil || type == Kind.copyOut }

  /// Names that have to be known before a message can be taken.
  mutating func question(_ type: UInt8, _ pipeline: borrowing PostgresPipeline) -> TargetCatalog.Question {
    var question = TargetCatalog.Question()
    switch type {
    case Kind.dataRow:
      guard rows == nil, let shape = pipeline.rowShape else { break }
      (question.tables, question.types) = AnswerMask.unknown(in: shape.columns)
    case Kind.copyOut:
      guard let (source, number) = pipeline.answerSource else { break }
      question.named = answer.copiedTable(of: source.text, number: number)
    default: break
    }
    return question
  }

  /// Takes a whole message before the pipeline does, and writes what the client is told.
  mutating func take(
    _ message: Span<UInt8>, _ pipeline: inout PostgresPipeline, _ names: KnownNames, into out: inout ByteBuffer
  ) throws(MaskingFailure) {
    guard message.count >= 5 else { throw .layout }
    let type = message[0]
    let body = message.extracting(5..<message.count)
    switch type {
    case Kind.dataRow:
      begin(pipeline, names)
      return try row(message, into: &out)
    case Kind.rowDescription:
      do { try pipeline.describe(body) } catch { throw .layout }
      rows = nil
    case Kind.error, Kind.notice: return try fields(type, body, into: &out)
    case Kind.notification: return try notification(body, into: &out)
    case Kind.functionResult: return try functionResult(body, pipeline, into: &out)
    case Kind.copyOut: try beginCopy(body, pipeline, names)
    case Kind.copyBoth: throw MaskingFailure(reason: "replication cannot be masked")
    case Kind.copyDone: try endCopy(into: &out)
    case Kind.parameterStatus: try status(body)
    default: break
    }
    if type != Kind.notice && type != Kind.parameterStatus && type != Kind.notification { rows = nil }
    write(message, into: &out)
  }

  private func write(_ bytes: Span<UInt8>, into out: inout ByteBuffer) {
    unsafe bytes.withUnsafeBytes { unsafe _ = out.writeBytes($0) }
  }

  private func status(_ body: Span<UInt8>) throws(MaskingFailure) {
    var reader = ByteReader(body)
    guard let name = try? reader.readCString(), name.starts(with: "client_encoding"),
      let value = try? reader.readCString()
    else { return }
    try learn(setting: name.string, value.string)
  }

  // MARK: Rows

  /// Works out what the rows are that come now.
  mutating func begin(_ pipeline: borrowing PostgresPipeline, _ names: KnownNames) {
    guard rows == nil else { return }
    let shape = pipeline.rowShape
    let asked = pipeline.answerSource
    rows = (
      answer.rows(shape?.columns, of: asked?.source.text, number: asked?.number ?? 0, names), shape
    )
  }

  private mutating func row(_ message: Span<UInt8>, into out: inout ByteBuffer) throws(MaskingFailure) {
    guard let rows else { throw .layout }
    if rows.mask.isIdle, rows.shape != nil { return write(message, into: &out) }
    var reader = ByteReader(message)
    // Where the message was written to by now.
    var position = 0
    let begin = out.writerIndex
    do throws(DecodeError) {
      try reader.skip(5)
      let count = try reader.readUInt16()
      for index in 0..<Int(count) {
        let start = reader.offset
        let length = try reader.readInt32()
        guard length > 0 else {
          guard length >= -1 else { throw DecodeError(.outOfRange, "length", offset: start) }
          continue
        }
        let cell = try reader.read(Int(length))
        let outcome = answer.value(cell, index, of: rows.mask, isBinary: rows.shape?.isBinary(index) ?? true)
        if outcome == .same { continue }
        write(message.extracting(position..<start), into: &out)
        position = reader.offset
        if case .replaced(let shown) = outcome {
          out.writeInteger(Int32(clamping: shown.count))
          out.writeBytes(shown)
        } else {
          out.writeInteger(Int32(-1))
        }
      }
      try reader.expectEnd("DataRow")
    } catch {
      out.moveWriterIndex(to: begin)
      throw .layout
    }
    write(message.extracting(position..<message.count), into: &out)
    if position > 0 { out.setInteger(UInt32(clamping: out.writerIndex - begin - 1), at: begin + 1) }
  }

  // MARK: What is not held

  /// The head of a long row or of data of a COPY was read; `left` bytes follow.
  mutating func open(_ type: UInt8, left: Int) throws(MaskingFailure) {
    if type == Kind.dataRow {
      longRow = LongRow(left: left)
    } else {
      guard copy != nil else { throw MaskingFailure(reason: "data of a COPY that did not begin") }
      copyLeft = left
    }
  }

  /// Takes what is there of it; false when there is nothing.
  mutating func go(on inbox: inout ByteBuffer, into out: inout ByteBuffer) throws(MaskingFailure) -> Bool {
    if var row = longRow {
      longRow = nil
      guard let rows else { throw .layout }
      let before = row.left
      var answer = answer
      let done = try row.receive(
        &inbox,
        { answer.value($0, $1, of: rows.mask, isBinary: rows.shape?.isBinary($1) ?? true) },
        { answer.longValue($0, of: rows.mask) })
      self.answer = answer
      if let done {
        out.writeImmutableBuffer(done)
        return true
      }
      longRow = row
      return row.left < before
    }
    let count = min(copyLeft, inbox.readableBytes)
    guard count > 0, var data = copy else { return false }
    copy = nil
    copyLeft -= count
    do throws(CopyMask.Failure) {
      let shown = try data.receive(inbox.readableBytesUInt8Span.extracting(0..<count), &answer)
      put(copyData: shown, into: &out)
    } catch {
      throw MaskingFailure(reason: error.reason)
    }
    copy = data
    inbox.moveReaderIndex(forwardBy: count)
    return true
  }

  // MARK: COPY

  private mutating func beginCopy(
    _ body: Span<UInt8>, _ pipeline: borrowing PostgresPipeline, _ names: KnownNames
  ) throws(MaskingFailure) {
    var reader = ByteReader(body)
    guard let format = try? reader.readUInt8(), let count = try? reader.readUInt16() else { throw .layout }
    let asked = pipeline.answerSource
    do throws(CopyMask.Failure) {
      copy = try answer.copy(
        of: asked?.source.text, number: asked?.number ?? 0, isBinary: format == 1, columnCount: Int(count), names)
    } catch {
      throw MaskingFailure(reason: error.reason)
    }
  }

  private mutating func endCopy(into out: inout ByteBuffer) throws(MaskingFailure) {
    guard var data = copy else { return }
    copy = nil
    do throws(CopyMask.Failure) {
      put(copyData: try data.finish(&answer), into: &out)
    } catch {
      throw MaskingFailure(reason: error.reason)
    }
  }

  private func put(copyData bytes: [UInt8], into out: inout ByteBuffer) {
    guard !bytes.isEmpty else { return }
    out.writeInteger(Kind.copyData)
    out.writeInteger(UInt32(clamping: bytes.count + 4))
    out.writeBytes(bytes)
  }

  // MARK: Texts

  /// An ErrorResponse or NoticeResponse.
  private mutating func fields(_ type: UInt8, _ body: Span<UInt8>, into out: inout ByteBuffer) throws(MaskingFailure) {
    if type == Kind.error { copy = nil }
    var fields: [(type: UInt8, value: [UInt8])] = []
    var reader = ByteReader(body)
    while true {
      guard let kind = try? reader.readUInt8() else { throw .layout }
      if kind == 0 { break }
      guard let value = try? reader.readCString() else { throw .layout }
      fields.append((kind, value.array))
    }
    guard reader.isAtEnd else { throw .layout }
    let code = fields.first { $0.type == UInt8(ascii: "C") }.map { String(decoding: $0.value, as: UTF8.self) } ?? ""
    var shown = ByteBuffer()
    for field in fields {
      shown.writeInteger(field.type)
      shown.writeBytes(answer.field(field.value, type: field.type, code: code, isError: type == Kind.error))
      shown.writeInteger(UInt8(0))
    }
    shown.writeInteger(UInt8(0))
    out.writeImmutableBuffer(ClientAnswer.message(type, shown))
  }

  private mutating func notification(_ body: Span<UInt8>, into out: inout ByteBuffer) throws(MaskingFailure) {
    var reader = ByteReader(body)
    guard (try? reader.skip(4)) != nil, (try? reader.readCString()) != nil else { throw .layout }
    let start = reader.offset
    guard let payload = try? reader.readCString(), reader.isAtEnd else { throw .layout }
    var shown = ByteBuffer()
    write(body.extracting(0..<start), into: &shown)
    shown.writeBytes(answer.notification(payload.array))
    shown.writeInteger(UInt8(0))
    out.writeImmutableBuffer(ClientAnswer.message(Kind.notification, shown))
  }

  private mutating func functionResult(
    _ body: Span<UInt8>, _ pipeline: borrowing PostgresPipeline, into out: inout ByteBuffer
  ) throws(MaskingFailure) {
    var reader = ByteReader(body)
    guard let length = try? reader.readInt32(), length >= -1 else { throw .layout }
    var shown = ByteBuffer()
    var bytes: [UInt8]?
    if length >= 0 {
      guard let value = try? reader.read(Int(length)) else { throw .layout }
      switch answer.functionResult(value, isBinary: pipeline.answerSource?.source.isResultBinary ?? true) {
      case .same: bytes = value.array
      case .replaced(let shown): bytes = shown
      case .null: bytes = nil
      }
    }
    guard reader.isAtEnd else { throw .layout }
    shown.writeInteger(bytes.map { Int32(clamping: $0.count) } ?? -1)
    if let bytes { shown.writeBytes(bytes) }
    out.writeImmutableBuffer(ClientAnswer.message(Kind.functionResult, shown))
  }
}
