/// COPY to a client: which columns its data are of.
extension AnswerMask {
  /// Tables that a COPY names without its columns; their columns have to be known.
  public mutating func copiedTable(of text: String?, number: Int) -> String? { told(text, number: number)?.copy?.table }

  /// What masks the data of a COPY that begins, in the form and with as many columns as the server says.
  ///
  /// - Throws: `CopyMask.Failure` where it is no COPY whose text is known: then nobody can say how its data are laid out.
  public mutating func copy(
    of text: String?, number: Int, isBinary: Bool, columnCount: Int, _ names: KnownNames
  ) throws(CopyMask.Failure) -> CopyMask {
    guard let told = told(text, number: number), let target = told.copy else {
      throw CopyMask.Failure(reason: "a COPY whose statement is not understood")
    }
    var form = target.form
    guard form.isBinary == isBinary else {
      throw CopyMask.Failure(reason: "a COPY in another form than its statement says")
    }
    form.isBinary = isBinary
    let tables = target.table.map { names.named[$0] ?? [] } ?? []
    // With the columns of each table that the name may mean.
    var columns: [[(table: KnownTable?, column: KnownTable.Column)]] = []
    if let listed = target.columns, listed.count == columnCount {
      columns = listed.map { name in
        let found = tables.flatMap { table in table.columns.filter { $0.name == name }.map { (table, $0) } }
        let own = (target.table == nil ? told.origins(of: name) + (name == "?" ? told.unnamed : []) : [name])
          .map { (nil as KnownTable?, KnownTable.Column(number: 0, name: $0, type: "")) }
        return found.isEmpty ? own : found.map { ($0.0 as KnownTable?, $0.1) }
      }
    } else if target.table != nil {
      let shown = tables.map { table in (table, table.columns.filter { !$0.isLeftOut }) }
        .filter { $0.1.count == columnCount }
      columns = shown.isEmpty ? [] : (0..<columnCount).map { index in shown.map { ($0.0, $0.1[index]) } }
    }
    let isUnknown = columns.isEmpty || target.table == nil && (told.hasWholeRows || told.hidesNames)
    let takesHead = columns.isEmpty && form.hasHeader && !form.isBinary && target.table != nil
    let isHidden = isUnknown && !takesHead && plan.mayTakeColumns(of: target.table)
    let cells = (0..<columnCount).map { index in
      cell(index < columns.count ? columns[index] : [], target.table, isHidden: isHidden)
    }
    let rest = cell([], target.table, isHidden: plan.mayTakeColumns(of: target.table))
    return CopyMask(
      form, RowMask(cells: cells, rest: rest, readsNames: statements.mask.readsNames), takesHead: takesHead)
  }

  private mutating func cell(
    _ columns: [(table: KnownTable?, column: KnownTable.Column)], _ table: String?, isHidden: Bool
  ) -> RowMask.Cell {
    var places: [ColumnPlace] = []
    for (known, column) in columns {
      let tables = known.map { [$0.name] } ?? table.map { [$0] } ?? []
      let place = ColumnPlace(
        name: column.name, tables: tables, type: column.type.isEmpty ? nil : column.type)
      if !places.contains(place) { places.append(place) }
    }
    let hasType = !places.isEmpty && places.allSatisfy { $0.type != nil }
    if places.isEmpty { places = [ColumnPlace()] }
    let masks = places.map { place in statements.edit { $0.mask(for: place) } }
    let first = columns.first
    let location = [first?.table?.name ?? table, first?.column.name].compactMap { $0 }.joined(separator: ".")
    return RowMask.Cell(
      places: places, masks: masks, isHidden: isHidden || !hasType && plan.mayTakeTypes,
      location: location.isEmpty ? "copy" : location, hasType: hasType)
  }

  /// The same row with the names that the head of the data gives.
  mutating func row(of row: RowMask, named names: [String]) -> RowMask {
    let tables = row.cells.first?.places.first?.tables ?? []
    let cells = names.map { name in
      cell([(nil, KnownTable.Column(number: 0, name: name, type: ""))], tables.first, isHidden: false)
    }
    return RowMask(cells: cells, rest: row.rest, readsNames: statements.mask.readsNames)
  }
}
