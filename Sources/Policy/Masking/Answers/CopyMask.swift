import Bytes

/// Masks the data of a COPY to a client as they come, in whatever pieces: a row is held until it is whole, and never more.
public struct CopyMask: Sendable {
  /// Why a COPY cannot be masked.
  public struct Failure: Error, Sendable, Hashable {
    public let reason: String
  }

  /// Bytes of one row; PostgreSQL's own are shorter than 1 GiB.
  public static let rowLimit = 16 << 20
  private static let signature = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]

  private let form: CopyForm
  private var row: RowMask
  /// The columns are told by the head of the data.
  private var takesHead: Bool
  private var isHead: Bool
  /// What is there of a row.
  private var held: [UInt8] = []
  /// How much of it was looked through for the row's end.
  private var scanned = 0
  private var isQuoted = false
  /// The byte before was one that takes the meaning from the next.
  private var isEscaped = false
  private var isAfterSignature = false
  private var isOver = false

  init(_ form: CopyForm, _ row: RowMask, takesHead: Bool) {
    (self.form, self.row, self.takesHead) = (form, row, takesHead)
    isHead = form.hasHeader && !form.isBinary
  }

  /// Adds data; gives what the client may see by now, whole rows.
  ///
  /// - Throws: `Failure`, after which nothing more may be shown.
  public mutating func receive(_ piece: Span<UInt8>, _ mask: inout AnswerMask) throws(Failure) -> [UInt8] {
    held.append(contentsOf: piece)
    var out: [UInt8] = []
    var start = 0
    while let end = try rowEnd(from: start) {
      out += try masked(held[start..<end], &mask)
      start = end
      (scanned, isQuoted, isEscaped) = (end, false, false)
    }
    if start == held.count { held.removeAll(keepingCapacity: held.capacity < 1 << 16) } else { held.removeFirst(start) }
    scanned -= start
    guard held.count <= Self.rowLimit else {
      throw Failure(reason: "a row of a COPY is longer than \(Self.rowLimit >> 20) MiB")
    }
    return out
  }

  /// The end of the data: a row without its end.
  public mutating func finish(_ mask: inout AnswerMask) throws(Failure) -> [UInt8] {
    guard !held.isEmpty else { return [] }
    guard !form.isBinary else { throw Failure(reason: "the data of a COPY end in a row") }
    let last = held[...]
    held = []
    return try masked(last, &mask)
  }

  // MARK: Rows

  /// Where the row ends that begins at `start`.
  private mutating func rowEnd(from start: Int) throws(Failure) -> Int? {
    if form.isBinary { return try unitEnd(from: start) }
    var index = max(start, scanned)
    while index < held.count {
      let byte = held[index]
      index += 1
      if isEscaped {
        isEscaped = false
        if !form.isCSV || byte == form.quote || byte == form.escape { continue }
      }
      if form.isCSV {
        if isQuoted, byte == form.escape, form.escape != form.quote {
          isEscaped = true
        } else if byte == form.quote {
          isQuoted.toggle()
        } else if byte == 0x0A, !isQuoted {
          return index
        }
      } else if byte == 0x0A {
        return index
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      }
    }
    scanned = index
    return nil
  }

  private mutating func masked(_ bytes: ArraySlice<UInt8>, _ mask: inout AnswerMask) throws(Failure) -> [UInt8] {
    if form.isBinary { return try unit(bytes, &mask) }
    var line = bytes
    let hasEnd = line.last == 0x0A
    if hasEnd { line = line.dropLast() }
    if isHead {
      isHead = false
      if takesHead { learn(line, &mask) }
      return Array(bytes)
    }
    let end: [UInt8] = hasEnd ? [0x0A] : []
    if line.isEmpty || line.elementsEqual([UInt8(ascii: "\\"), UInt8(ascii: ".")]) { return Array(bytes) }
    return (form.isCSV ? csv(line, &mask) : text(line, &mask)) + end
  }

  private mutating func learn(_ line: ArraySlice<UInt8>, _ mask: inout AnswerMask) {
    var names: [String] = []
    if form.isCSV {
      names = fields(of: Array(line)).map { String(decoding: $0.value, as: UTF8.self) }
    } else {
      names = DataMask.fields(line, form).map { String(decoding: DataMask.unescaped($0), as: UTF8.self) }
    }
    row = mask.row(of: row, named: names)
  }

  private func text(_ line: ArraySlice<UInt8>, _ mask: inout AnswerMask) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(line.count + 64)
    for (index, field) in DataMask.fields(line, form).enumerated() {
      if index > 0 { out.append(form.delimiter) }
      if field.elementsEqual(form.null) {
        out += field
        continue
      }
      switch mask.value(DataMask.unescaped(field).span, row.cell(index), isBinary: false) {
      case .same: out += field
      case .replaced(let shown): out += DataMask.escaped(shown, form)
      case .null: out += form.null
      }
    }
    return out
  }

  private func csv(_ line: ArraySlice<UInt8>, _ mask: inout AnswerMask) -> [UInt8] {
    let bytes = Array(line)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + 64)
    for (index, field) in fields(of: bytes).enumerated() {
      if index > 0 { out.append(form.delimiter) }
      defer { out += bytes[field.range.upperBound..<field.end] }
      guard field.isQuoted || field.value != form.null else {
        out += bytes[field.range]
        continue
      }
      switch mask.value(field.value.span, row.cell(index), isBinary: false) {
      case .same: out += bytes[field.range]
      case .replaced(let shown): out += DataMask.quoted(shown, form)
      case .null: out += form.null
      }
    }
    return out
  }

  private func fields(of line: [UInt8]) -> [CSVField] {
    var found: [CSVField] = []
    var index = 0
    // One more behind the last delimiter, even if it is empty.
    while index <= line.count {
      let field = CSVField(line, from: index, form)
      found.append(field)
      index = field.end + 1
    }
    return found
  }

  // MARK: Binary

  /// Where the head, a row or the mark of the end is over; nil where it is not there yet.
  private func unitEnd(from start: Int) throws(Failure) -> Int? {
    guard start < held.count else { return nil }
    if isOver { throw Failure(reason: "a COPY goes on behind its end") }
    var reader = ByteReader(held.span.extracting(start..<held.count))
    guard isAfterSignature else {
      guard held.count - start >= Self.signature.count else { return nil }
      guard held[start...].starts(with: Self.signature) else {
        throw Failure(reason: "the data of a COPY are not in binary form")
      }
      guard (try? reader.skip(Self.signature.count + 4)) != nil, let length = try? reader.readUInt32() else {
        return nil
      }
      guard length == 0 else { throw Failure(reason: "a COPY with a head that nobody knows") }
      return start + reader.offset
    }
    guard let count = try? reader.readInt16() else { return nil }
    for _ in 0..<max(0, Int(count)) {
      guard let length = try? reader.readInt32() else { return nil }
      guard length >= -1 else { throw Failure(reason: "a row of a COPY is not laid out as it says") }
      guard (try? reader.skip(max(0, Int(length)))) != nil else { return nil }
    }
    return start + reader.offset
  }

  private mutating func unit(_ bytes: ArraySlice<UInt8>, _ mask: inout AnswerMask) throws(Failure) -> [UInt8] {
    guard isAfterSignature else {
      isAfterSignature = true
      return Array(bytes)
    }
    let bytes = Array(bytes)
    var reader = ByteReader(bytes.span)
    var edits: [DataMask.Edit] = []
    do {
      let count = try reader.readInt16()
      isOver = count < 0
      for index in 0..<max(0, Int(count)) {
        let start = reader.offset
        let length = try reader.readInt32()
        guard length > 0 else { continue }
        let value = try reader.read(Int(length))
        var out = ByteWriter()
        switch mask.value(value, row.cell(index), isBinary: true) {
        case .same: continue
        case .null: out.write(Int32(-1))
        case .replaced(let shown):
          out.write(Int32(clamping: shown.count))
          out.write(shown)
        }
        edits.append(DataMask.Edit(range: start..<reader.offset, bytes: out.bytes))
      }
    } catch {
      throw Failure(reason: "a row of a COPY is not laid out as it says")
    }
    return DataMask.replace(edits, in: bytes)
  }
}
