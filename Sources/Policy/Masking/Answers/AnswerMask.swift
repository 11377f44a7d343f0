public import Bytes
public import Model

/// Masks what PostgreSQL answers while it goes by, value by value, by the rules that mask captures.
///
/// What stands in the place of a value can be read by a program that expects the column's type, or is NULL. What is not known of
/// a column is taken for what a rule means: where an expression may be made of a column that rules take whole, nothing of it
/// is shown.
public struct AnswerMask: Sendable {
  /// One kind of masking in one place.
  public struct Key: Sendable, Hashable, Comparable {
    /// `schema.table.column` as far as it is known, `error`, `notice`, `notification`, `function`.
    public var location: String
    public var mask: MaskTally.Key

    public static func < (left: Key, right: Key) -> Bool { (left.location, left.mask) < (right.location, right.mask) }
  }

  /// Different places that are counted one by one for one answer.
  private static let placeLimit = 1_000
  /// Bytes of a location.
  private static let locationLimit = 200
  /// Results whose columns are remembered.
  private static let shapeLimit = 256
  /// Cursors and prepared statements of SQL that are remembered.
  private static let earlierLimit = 64

  private struct Shape: Hashable {
    var text: String?
    var number: Int
    var columns: [Column]
  }

  var statements: StatementMask
  private var shapes: [Shape: (mask: RowMask, names: KnownNames)] = [:]
  private var counts: [Key: Int] = [:]
  /// What PREPARE and DECLARE named last.
  private var earlier: [StatementColumns] = []
  public var plan: MaskingPlan { statements.mask.plan }
  /// Values that were masked.
  public private(set) var maskedCount = 0

  /// Nil when the plan has no rules.
  public init?(_ plan: MaskingPlan, hasher: SecretHasher) {
    guard !plan.isEmpty else { return nil }
    statements = StatementMask(plan, hasher: hasher)
  }

  /// What was masked since this was asked last, in order.
  public mutating func takeCounts() -> [(key: Key, count: Int)] {
    defer { counts = [:] }
    return counts.sorted { $0.key < $1.key }.map { (key: $0.key, count: $0.value) }
  }

  /// Files what was counted under a place.
  mutating func settle(_ location: String) {
    let tally = statements.takeTally()
    for (mask, count) in tally.counts {
      maskedCount += count
      let isKnown = counts.count < Self.placeLimit
      let place = isKnown ? String(decoding: location.utf8.prefix(Self.locationLimit), as: UTF8.self) : "other"
      counts[Key(location: place, mask: mask), default: 0] += count
    }
  }

  // MARK: Statements

  /// Takes note of a statement that is sent, as far as later ones need it.
  public mutating func note(statement text: String) {
    guard text.holds(inAnyCase: "prepare") || text.holds(inAnyCase: "declare") else { return }
    guard let columns = StatementColumns(text) else {
      // What it names is not known, so nothing is.
      earlier = []
      return
    }
    if columns.madeNames.isEmpty { return }
    if earlier.count >= Self.earlierLimit { earlier.removeFirst() }
    earlier.append(columns)
  }

  /// What the text tells of columns; nil when it is not known or does not parse.
  mutating func told(_ text: String?, number: Int) -> StatementColumns? {
    guard let text, let text = Self.statement(text, number) else { return nil }
    return statements.columns(text, true)
  }

  /// One of several statements.
  private static func statement(_ text: String, _ number: Int) -> String? {
    let isOne = text.utf8.dropLast().firstIndex(of: UInt8(ascii: ";")) == nil
    guard number > 0 || !isOne else { return text }
    guard text.utf8.count <= SQLGrammar.textLimit, case .tree(let json) = SQLGrammar.parse(text),
      let found = TreeNode.statements(json), number < found.count
    else { return nil }
    let bytes = Array(text.utf8)
    let range = found[number].range.clamped(to: 0..<bytes.count)
    return String(decoding: bytes[range], as: UTF8.self)
  }

  /// Words without one of which a statement reads no table.
  private static let readers: [StaticString] = ["from", "execute", "fetch", "table", "returning", "copy", "using"]

  /// Whether a text can tell where values come from.
  private func matters(_ text: String) -> Bool {
    // Of plans nothing is a column.
    if text.drop(while: \.isWhitespace).prefix(7).lowercased() == "explain" { return false }
    return Self.readers.contains { text.holds(inAnyCase: $0) }
  }

  // MARK: Results

  /// OIDs of tables and of types made by users that a result names.
  public static func unknown(in columns: [Column]) -> (tables: Set<UInt32>, types: Set<UInt32>) {
    let types = columns.lazy.map(\.typeOID).filter { $0 >= firstUserOID }
    return (Set(columns.lazy.map(\.tableOID).filter { $0 != 0 }), Set(types))
  }

  /// Types from this OID on are made by users (FirstNormalObjectId).
  private static let firstUserOID: UInt32 = 16_384

  /// What becomes of the values of a result.
  ///
  /// `columns` are nil where the server did not say them: then no value is shown. `text` is that of the request, nil if it is not
  /// known exactly; `number` of its statements were answered before.
  public mutating func rows(_ columns: [Column]?, of text: String?, number: Int, _ names: KnownNames) -> RowMask {
    guard let columns else {
      let cell = RowMask.Cell(places: [], masks: [], isHidden: true, location: "unknown", hasType: false)
      return RowMask(cells: [], rest: cell, readsNames: true)
    }
    let isKnown = columns.allSatisfy { names.tables[$0.tableOID]?.column($0.attribute) != nil }
    // Where all columns are known nothing is asked of the text, so other constants in it make no other result.
    let shape = Shape(text: isKnown ? nil : text, number: isKnown ? 0 : number, columns: columns)
    if let known = shapes[shape], known.names.tables == names.tables, known.names.types == names.types {
      return known.mask
    }
    let matters = !isKnown && statements.readsColumns && (text.map { self.matters($0) } ?? true)
    let told = matters ? self.told(text, number: number) : nil
    let isLost = matters && told == nil
    let count = columns.count
    let cells = columns.enumerated().map { index, column in
      cell(column, index, count, told, isLost: isLost, names)
    }
    let rest = RowMask.Cell(places: [], masks: [], isHidden: true, location: "unknown", hasType: false)
    let mask = RowMask(cells: cells, rest: rest, readsNames: statements.mask.readsNames)
    if shapes.count >= Self.shapeLimit { shapes.removeAll(keepingCapacity: true) }
    // What runs what was named before depends on that.
    if told?.earlierName == nil { shapes[shape] = (mask, names) }
    return mask
  }

  private mutating func cell(
    _ column: Column, _ index: Int, _ count: Int, _ told: StatementColumns?, isLost: Bool, _ names: KnownNames
  ) -> RowMask.Cell {
    let type = names.types[column.typeOID] ?? column.type
    let hasType = column.typeOID < Self.firstUserOID || names.types[column.typeOID] != nil
    var places: [ColumnPlace] = []
    var isHidden = !hasType && plan.mayTakeTypes
    let table = names.tables[column.tableOID]
    if let table, let found = table.column(column.attribute) {
      for name in [found.name, column.name] { places.append(ColumnPlace(name: name, tables: [table.name], type: type)) }
    } else {
      var own = column
      own.type = type
      var sources = told.map { [$0] } ?? []
      var isForeign = false
      if let name = told?.earlierName {
        let named = earlier.filter { $0.madeNames.contains(name) }
        sources += named
        isForeign = named.isEmpty
      }
      for source in sources {
        for place in statements.places(of: own, index, count, source) where !places.contains(place) {
          places.append(place)
        }
      }
      if sources.isEmpty { places = statements.places(of: own, index, count, nil) }
      let isUnknown =
        isLost || isForeign || sources.contains { $0.hasWholeRows || $0.hidesNames }
        || column.tableOID != 0 && sources.contains { $0.outputs?.count != count }
      if isUnknown, !Self.isCertain(type), plan.mayTakeColumns(of: nil) { isHidden = true }
      // In a whole row types are not told.
      if isUnknown, type != "bool", plan.mayTakeTypes { isHidden = true }
    }
    var seen: Set<ColumnPlace> = []
    places = places.filter { seen.insert($0).inserted }
    let masks = places.map { place in statements.edit { $0.mask(for: place) } }
    let location = table.map { table in "\(table.name).\(table.column(column.attribute)?.name ?? column.name)" }
    return RowMask.Cell(
      places: places, masks: masks, isHidden: isHidden, location: location ?? column.name, hasType: hasType)
  }

  /// Types whose values tell the names of what is in them, or are too few to be a person's.
  private static func isCertain(_ type: String) -> Bool { ["json", "jsonb", "bool", "void"].contains(type) }

  // MARK: Values

  /// What becomes of one value that is not NULL.
  public mutating func value(_ bytes: Span<UInt8>, _ index: Int, of row: RowMask, isBinary: Bool) -> DataMask.Outcome {
    value(bytes, row.cell(index), isBinary: isBinary)
  }

  mutating func value(_ bytes: Span<UInt8>, _ cell: RowMask.Cell, isBinary: Bool) -> DataMask.Outcome {
    guard bytes.count > 0 else { return .same }
    let outcome: DataMask.Outcome
    if cell.isHidden {
      statements.edit { $0.fail("columns") }
      outcome = hidden(bytes, cell, isBinary: isBinary)
    } else {
      guard !isQuiet(bytes, cell, isBinary: isBinary) else { return .same }
      outcome = shown(bytes.array, cell, isBinary: isBinary)
      guard outcome != .same else { return .same }
    }
    settle(cell.location)
    return outcome
  }

  /// A value that is longer than is looked into.
  public mutating func longValue(_ index: Int, of row: RowMask) -> DataMask.Outcome {
    statements.edit { $0.fail("large") }
    settle(row.cell(index).location)
    return .null
  }

  private static let textual: Set<String> = ["text", "varchar", "bpchar", "name", "citext", "xml", "unknown"]

  private func isQuiet(_ bytes: Span<UInt8>, _ cell: RowMask.Cell, isBinary: Bool) -> Bool {
    if isBinary, !Self.textual.contains(cell.places.first?.type ?? "") {
      return !statements.mask.readsNames && cell.masks.allSatisfy(\.isIdle)
    }
    return cell.masks.allSatisfy { statements.mask.isQuiet(bytes, $0) }
  }

  private func hidden(_ bytes: Span<UInt8>, _ cell: RowMask.Cell, isBinary: Bool) -> DataMask.Outcome {
    let type = cell.places.first?.type ?? ""
    guard cell.hasType, Self.textual.contains(type) else { return .null }
    return .replaced(MaskedForm.mark(nil))
  }

  private mutating func shown(_ value: [UInt8], _ cell: RowMask.Cell, isBinary: Bool) -> DataMask.Outcome {
    for place in cell.places {
      var outcome = statements.edit { $0.value(value, place, format: isBinary ? .binary : .text) }
      if outcome == .same { continue }
      // Of a type that is not known nobody can say what it may be replaced by.
      if isBinary, !cell.hasType { outcome = .null }
      return outcome
    }
    return .same
  }

  /// The result of a function that was called by its number: of no column and no known type.
  public mutating func functionResult(_ bytes: Span<UInt8>, isBinary: Bool) -> DataMask.Outcome {
    let value = bytes.array
    let place = isBinary ? ColumnPlace(type: "bytea") : nil
    var outcome = statements.edit { $0.value(value, place, format: isBinary ? .binary : .text) }
    if isBinary, outcome != .same { outcome = .null }
    settle("function")
    return outcome
  }

  // MARK: Texts

  /// A field of an error or notice, by its type; `code` is the SQLSTATE.
  public mutating func field(_ value: [UInt8], type: UInt8, code: String, isError: Bool) -> [UInt8] {
    guard !Self.codes.contains(type) else { return value }
    let text = String(decoding: value, as: UTF8.self)
    var shown = statements.detail(text)
    // Of a constraint: keys and rows, in words of whatever language.
    if type == UInt8(ascii: "D"), code.hasPrefix("23"), shown == text, statements.readsColumns,
      plan.mayTakeColumns(of: nil), !text.hasPrefix("Key (")
    {
      statements.edit { $0.fail("columns") }
      shown = String(decoding: MaskedForm.mark(nil), as: UTF8.self)
    }
    settle(isError ? "error" : "notice")
    return shown == text ? value : Array(shown.utf8)
  }

  /// Severity, SQLSTATE, positions, places in the server's source: no text.
  private static let codes = Set("SVCPpFLR".utf8)

  /// The payload of a notification.
  public mutating func notification(_ value: [UInt8]) -> [UInt8] {
    let shown = statements.edit { $0.text(value) }
    settle("notification")
    return shown
  }
}

extension MaskingPlan {
  /// Whether a rule takes whole values by their type, so that a type must be known.
  var mayTakeTypes: Bool { rules.contains { !$0.types.isEmpty && $0.action != .keep } }
}

extension String {
  /// Whether a word of small ASCII letters occurs in it, in any case.
  fileprivate func holds(inAnyCase word: StaticString) -> Bool {
    var text = self
    let count = word.utf8CodeUnitCount
    return word.withUTF8Buffer { word in
      text.withUTF8 { units in
        guard units.count >= count else { return false }
        return (0...(units.count - count)).contains { start in
          for offset in 0..<count where unsafe units[start + offset] | 0x20 != word[offset] { return false }
          return true
        }
      }
    }
  }
}
