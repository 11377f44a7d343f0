public import Bytes
public import Model

/// Masks what PostgreSQL was asked and what it answered.
public struct StatementMask: Sendable {
  /// Statements whose columns are remembered.
  private static let memoryLimit = 512
  /// Words that were asked about.
  private static let wordLimit = 20_000

  public private(set) var mask: DataMask
  let readsColumns: Bool
  private var known: [String: StatementColumns?] = [:]
  private var words: [String: Bool] = [:]
  /// The text that was asked about last: each is asked about several times.
  private var lastMention: (text: String, does: Bool)?

  public init(_ plan: MaskingPlan, hasher: SecretHasher) {
    mask = DataMask(plan, hasher: hasher)
    readsColumns = plan.readsNames
  }

  public mutating func takeTally() -> MaskTally { mask.takeTally() }

  /// Masks with what it holds.
  mutating func edit<T>(_ body: (inout DataMask) -> T) -> T { body(&mask) }

  /// What the statement tells of columns; nil when nothing of it matters or it does not parse.
  mutating func columns(_ text: String, _ needs: Bool) -> StatementColumns? {
    guard needs else { return nil }
    if let known = known[text] { return known }
    if known.count >= Self.memoryLimit { known.removeAll(keepingCapacity: true) }
    let found = StatementColumns(text)
    if text.utf8.count < 4096 { known[text] = .some(found) }
    return found
  }

  /// Whether a text names a column that a rule may mean, writes rows without naming columns, or copies.
  mutating func mentions(_ text: String) -> Bool {
    guard readsColumns else { return text.utf8.count < 1 << 16 && hasCopy(text) }
    if let lastMention, lastMention.text == text { return lastMention.does }
    let does = hasMeantWord(text)
    lastMention = (text, does)
    return does
  }

  private mutating func hasMeantWord(_ text: String) -> Bool {
    for word in text.utf8.split(whereSeparator: { !ByteClass.isWord($0) && $0 < 0x80 && $0 != 0x24 }) {
      let word = String(decoding: word, as: UTF8.self)
      if let known = words[word] {
        if known { return true }
        continue
      }
      let lower = word.lowercased()
      let does = lower == "copy" || lower == "insert" || mask.plan.mayName(lower)
      if words.count < Self.wordLimit { words[word] = does }
      if does { return true }
    }
    return false
  }

  private func hasCopy(_ text: String) -> Bool {
    let start = text.utf8.drop { $0 <= 0x20 }.prefix(4)
    return String(decoding: start, as: UTF8.self).lowercased() == "copy"
  }

  // MARK: Text

  /// The text of a statement whose constants are masked: by the columns that they belong to, and by detectors.
  public mutating func text(_ text: String) -> String {
    let needs = mentions(text)
    let columns = columns(text, needs)
    let bytes = Array(text.utf8)
    var shape = SQLShape()
    shape.read(text)
    var edits: [DataMask.Edit] = []
    var taken: [Range<Int>] = []
    for constant in shape.constants where constant.upperBound <= bytes.count {
      let names = needs ? names(of: constant, columns) : nil
      guard let edit = constantEdit(bytes, constant, names) ?? nestedEdit(bytes, constant) else { continue }
      edits.append(edit)
      taken.append(constant)
    }
    // Everything else by detectors: comments, identifiers, constants of no column.
    var next = 0
    for claim in mask.claims(bytes) {
      let range = claim.detection.range
      while next < taken.count, taken[next].upperBound <= range.lowerBound { next += 1 }
      if next < taken.count, taken[next].overlaps(range) { continue }
      for var edit in mask.edits(bytes, [claim]) {
        // A number becomes a string.
        if let number = shape.number(around: range, in: bytes) {
          edit = DataMask.Edit(range: number, bytes: Self.literal(edit.bytes))
        }
        edits.append(edit)
      }
    }
    edits.sort { $0.range.lowerBound < $1.range.lowerBound }
    return edits.isEmpty ? text : String(decoding: DataMask.replace(edits, in: bytes), as: UTF8.self)
  }

  /// Nil: no column. Empty: not known, though rules mean columns that the statement names.
  private func names(of constant: Range<Int>, _ columns: StatementColumns?) -> [String]? {
    guard let columns else { return [] }
    if writesUnnamedRows(columns) { return [] }
    // A prefix such as E or U& belongs to the constant, and a minus does not.
    guard let names = columns.constants[constant.lowerBound] ?? columns.constants[constant.lowerBound - 1] else {
      return nil
    }
    return Set(names).sorted().flatMap { columns.origins(of: $0) }
  }

  /// Whether rows are written whose columns are not named, though rules mean columns of the table.
  private func writesUnnamedRows(_ columns: StatementColumns) -> Bool {
    guard columns.hasUnnamedRows else { return false }
    return columns.tables.isEmpty
      ? mask.plan.mayTakeColumns(of: nil) : columns.tables.contains { mask.plan.mayTakeColumns(of: $0) }
  }

  private mutating func constantEdit(
    _ bytes: [UInt8], _ constant: Range<Int>, _ names: [String]?
  ) -> DataMask.Edit? {
    guard let names else { return nil }
    let value = Self.content(bytes, constant)
    if names.isEmpty {
      // Rows whose columns are not known.
      guard mask.plan.mayTakeColumns(of: nil), !value.isEmpty else { return nil }
      mask.fail("columns")
      return DataMask.Edit(range: constant, bytes: Self.literal(MaskedForm.mark(nil)))
    }
    for name in Set(names).sorted() where mask.plan.mayName(name) {
      switch mask.value(value, ColumnPlace(name: name)) {
      case .same: continue
      case .replaced(let shown): return DataMask.Edit(range: constant, bytes: Self.literal(shown))
      case .null: return DataMask.Edit(range: constant, bytes: Array("NULL".utf8))
      }
    }
    return nil
  }

  /// A constant that is JSON, an array or bytes has names and values of its own.
  private mutating func nestedEdit(_ bytes: [UInt8], _ constant: Range<Int>) -> DataMask.Edit? {
    // The shortest that has any, with its quotation marks.
    guard constant.count > 5 else { return nil }
    let marks = [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\\")]
    guard bytes[constant].prefix(24).contains(where: marks.contains) else { return nil }
    var value = Self.content(bytes, constant)
    // `E'\\x…'`
    if value.starts(with: "\\\\x".utf8) { value.removeFirst() }
    guard let first = value.first(where: { $0 > 0x20 }), marks.contains(first) else { return nil }
    switch mask.value(value, nil) {
    case .same, .null: return nil
    case .replaced(let shown): return DataMask.Edit(range: constant, bytes: Self.literal(shown))
    }
  }

  /// What a constant says, without its quotation marks; escapes of `E'…'` as they are written.
  private static func content(_ bytes: [UInt8], _ constant: Range<Int>) -> [UInt8] {
    let text = bytes[constant]
    if let first = text.firstIndex(of: UInt8(ascii: "'")), text.last == UInt8(ascii: "'"),
      first < constant.upperBound - 1
    {
      var out: [UInt8] = []
      var rest = text[(first + 1)..<(constant.upperBound - 1)]
      while let byte = rest.popFirst() {
        out.append(byte)
        if byte == UInt8(ascii: "'"), rest.first == byte { rest = rest.dropFirst() }
      }
      return out
    }
    guard text.first == UInt8(ascii: "$"), let end = text.dropFirst().firstIndex(of: UInt8(ascii: "$")) else {
      return Array(text)
    }
    let length = end - constant.lowerBound + 1
    return text.count >= 2 * length ? Array(text.dropFirst(length).dropLast(length)) : Array(text)
  }

  private static func literal(_ value: [UInt8]) -> [UInt8] {
    var out = [UInt8(ascii: "'")]
    for byte in value {
      if byte == UInt8(ascii: "'") { out.append(byte) }
      out.append(byte)
    }
    return out + [UInt8(ascii: "'")]
  }

  /// The constants of a masked text, and its comments, to be found by.
  public static func searchable(_ text: String) -> [UInt8] {
    var shape = SQLShape()
    shape.read(text)
    let bytes = Array(text.utf8)
    return Array((shape.constants + shape.comments).map { bytes[$0] }.joined(separator: [0x20]))
  }

  // MARK: Values

  /// A statement whose values are masked: parameters, results, COPY data, errors and notices. Its text stays.
  public mutating func apply(to statement: Statement) -> Statement {
    var statement = statement
    let needs = mentions(statement.text)
    let hasMeant = readsColumns && statement.results.contains { $0.columns.contains { mask.plan.mayName($0.name) } }
    let columns = columns(statement.text, needs || hasMeant)
    for (index, parameter) in statement.parameters.enumerated() {
      guard let text = parameter.text else { continue }
      statement.parameters[index].text = self.parameter(
        Array(text.utf8), parameter.type,
        (columns?.parameters[index + 1] ?? []).flatMap { columns?.origins(of: $0) ?? [$0] },
        isLost: needs && columns.map { writesUnnamedRows($0) } ?? true)
    }
    for index in statement.results.indices {
      statement.results[index] = result(statement.results[index], columns, isLost: needs && columns == nil)
    }
    statement.notices = statement.notices.map { message($0) }
    return statement
  }

  private mutating func parameter(_ value: [UInt8], _ type: String, _ names: [String], isLost: Bool) -> String? {
    let places = Set(names).sorted().filter { mask.plan.mayName($0) }.map { ColumnPlace(name: $0, type: type) }
    if isLost, places.isEmpty, mask.plan.mayTakeColumns(of: nil) {
      mask.fail("columns")
      return String(decoding: MaskedForm.mark(nil), as: UTF8.self)
    }
    for place in places + [ColumnPlace(type: type)] {
      switch mask.value(value, place) {
      case .same: continue
      case .replaced(let shown): return String(decoding: shown, as: UTF8.self)
      case .null: return nil
      }
    }
    return String(decoding: value, as: UTF8.self)
  }

  /// An error or notice.
  public mutating func message(_ message: ServerMessage) -> ServerMessage {
    var message = message
    message.message = mask.text(message.message)
    message.fields = message.fields.map { ServerMessage.Field(name: $0.name, value: detail($0.value)) }
    return message
  }

  /// `Key (ssn)=(123-45-6789) already exists.`, `Failing row contains (1, …).`
  mutating func detail(_ text: String) -> String {
    if readsColumns, text.hasPrefix("Failing row contains ("), mask.plan.mayTakeColumns(of: nil) {
      mask.fail("columns")
      return "Failing row contains (\(String(decoding: MaskedForm.mark(nil), as: UTF8.self)))."
    }
    if readsColumns, text.hasPrefix("Key ("), let middle = text.firstRange(of: ")=("),
      let end = text[middle.upperBound...].lastIndex(of: ")")
    {
      let list = text[text.index(text.startIndex, offsetBy: 5)..<middle.lowerBound]
      // Of an index on an expression, `lower(email)`, the words.
      let names =
        list.split(separator: ",").map { $0.filter { !$0.isWhitespace && $0 != "\"" } }
        + list.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "$" }.map(String.init)
      if names.contains(where: { mask.plan.mayName($0) }) {
        mask.fail("columns")
        return mask.text(
          text[..<middle.upperBound] + String(decoding: MaskedForm.mark(nil), as: UTF8.self) + text[end...])
      }
    }
    return mask.text(text)
  }

  private mutating func result(_ result: StatementResult, _ columns: StatementColumns?, isLost: Bool) -> StatementResult
  {
    var result = result
    if case .failed(let error) = result.outcome { result.outcome = .failed(message(error)) }
    let places = result.columns.enumerated().map { index, column in
      self.places(of: column, index, result.columns.count, columns)
    }
    if let rows = result.rows { result.rows = self.rows(rows, places, isLost: isLost) }
    if let copy = result.copy { result.copy = self.copy(copy, columns) }
    return result
  }

  /// The columns that a result's column may be, its own name first.
  func places(
    of column: Column, _ index: Int, _ count: Int, _ columns: StatementColumns?
  ) -> [ColumnPlace] {
    let tables = column.tableOID == 0 ? [] : columns?.tables ?? []
    var names = [column.name]
    if let columns {
      let made = columns.outputs.flatMap { $0.count == count ? $0[index] : nil } ?? []
      // Of what the statement gives no name, and of which it is not known where it stands.
      let isNamed = column.tableOID != 0 || columns.outputs?.count == count || columns.aliases[column.name] != nil
      let unnamed = isNamed ? [] : columns.unnamed
      names += Set((made + unnamed + [column.name]).flatMap { columns.origins(of: $0) }).sorted()
    }
    var places: [ColumnPlace] = []
    for name in names {
      let place = ColumnPlace(name: name, tables: tables, type: column.type)
      if !places.contains(place) { places.append(place) }
    }
    return places
  }

  private mutating func rows(_ payload: Payload, _ places: [[ColumnPlace]], isLost: Bool) -> Payload {
    let hidesAll = isLost && mask.plan.mayTakeColumns(of: nil)
    let masks = places.map { $0.map { mask.mask(for: $0) } }
    let other = mask.mask(for: nil)
    if !hidesAll, !mask.readsNames, masks.allSatisfy({ $0.allSatisfy(\.isIdle) }), other.isIdle { return payload }
    let bytes = payload.bytes
    var reader = ByteReader(bytes.span)
    var edits: [DataMask.Edit] = []
    do {
      while !reader.isAtEnd {
        let count = try reader.readUInt16("cell count")
        for index in 0..<Int(count) {
          let start = reader.offset
          let length = try reader.readInt32("cell length")
          guard length > 0 else { continue }
          let cell = try reader.read(Int(length), "cell")
          let own = index < masks.count ? masks[index] : [other]
          if !hidesAll, own.allSatisfy({ mask.isQuiet(cell, $0) }) { continue }
          var out = ByteWriter()
          if hidesAll { mask.fail("columns") }
          let outcome =
            hidesAll
            ? .replaced(MaskedForm.mark(nil)) : self.cell(cell.array, index < places.count ? places[index] : [])
          switch outcome {
          case .same: continue
          case .replaced(let shown):
            out.write(Int32(clamping: shown.count))
            out.write(shown)
          case .null: out.write(Int32(-1))
          }
          edits.append(DataMask.Edit(range: start..<reader.offset, bytes: out.bytes))
        }
      }
    } catch {
      mask.fail("rows")
      return payload.masked([])
    }
    return edits.isEmpty ? payload : payload.masked(DataMask.replace(edits, in: bytes))
  }

  private mutating func cell(_ value: [UInt8], _ places: [ColumnPlace]) -> DataMask.Outcome {
    guard !places.isEmpty else { return mask.value(value, nil) }
    for place in places {
      let outcome = mask.value(value, place)
      if outcome != .same { return outcome }
    }
    return .same
  }

  /// The data of a COPY.
  private mutating func copy(_ copy: CopyTransfer, _ columns: StatementColumns?) -> CopyTransfer {
    var copy = copy
    copy.failure = copy.failure.map { mask.text($0) }
    let target = columns?.copy
    let form = target?.form ?? CopyForm()
    let tables = target?.table.map { [$0] } ?? []
    let places = target?.columns.map { names in
      names.map { name in
        let origins = columns?.origins(of: name) ?? [name]
        return ColumnPlace(name: origins.sorted().first { mask.plan.mayName($0) } ?? name, tables: tables)
      }
    }
    let bytes: [UInt8]
    if copy.direction == .both {
      // Replication: what stands in it is not told by columns.
      bytes = copy.isBinary ? copy.content.bytes : mask.text(copy.content.bytes)
    } else if copy.isBinary || form.isBinary {
      bytes = mask.copyBinary(copy.content.bytes, places: places, table: target?.table)
    } else if form.isCSV {
      bytes = mask.csv(copy.content.bytes, form, places: places, table: target?.table)
    } else {
      bytes = mask.copyText(copy.content.bytes, form, places: places, table: target?.table)
    }
    if bytes != copy.content.bytes { copy.content = copy.content.masked(bytes) }
    return copy
  }
}

extension SQLShape {
  /// The number that a range stands in; nil when that is a string, a comment or a name.
  fileprivate func number(around range: Range<Int>, in bytes: [UInt8]) -> Range<Int>? {
    var (low, high) = (0, constants.count)
    while low < high {
      let middle = (low + high) / 2
      if constants[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    guard low < constants.count else { return nil }
    let constant = constants[low]
    guard constant.lowerBound <= range.lowerBound, range.upperBound <= constant.upperBound,
      constant.upperBound <= bytes.count, let first = bytes[constant].first
    else { return nil }
    return ByteClass.isDigit(first) || first == UInt8(ascii: ".") ? constant : nil
  }
}
