import CPQ

/// A connection that only reads: one read-only snapshot, names of pg_catalog only, and a time limit for each statement.
@safe final class CatalogConnection {
  /// Milliseconds for a query of the catalog.
  static let statementTimeout = 60_000
  /// Rows of one answer.
  static let rowLimit = 5_000_000

  private let connection: OpaquePointer

  /// Connects with what `libpq` takes: a connection string, a URI, or a database's name.
  ///
  /// - Parameter parameters: that text.
  /// - Throws: `CatalogError`.
  init(_ parameters: String) throws(CatalogError) {
    // Later words win: what Exhibit asks for comes after what the user gave.
    let words = ["dbname", "application_name", "connect_timeout", "client_encoding"]
    let values = [parameters, "exhibit blame", "15", "UTF8"]
    let opened = unsafe CatalogConnection.open(words, values)
    guard let opened = unsafe opened else { throw CatalogError(.connection, "out of memory") }
    unsafe (connection = opened)
    guard unsafe PQstatus(opened) == CONNECTION_OK else {
      throw CatalogError(.connection, unsafe String(cString: PQerrorMessage(opened)))
    }
    try run("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    try run("SET statement_timeout = \(CatalogConnection.statementTimeout)")
    try run("SET search_path = pg_catalog")
    try run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
  }

  deinit { unsafe PQfinish(connection) }

  /// The words and values as libpq wants them: two lists of strings, each with a nil at its end.
  private static func open(_ words: [String], _ values: [String]) -> OpaquePointer? {
    func list(
      _ texts: ArraySlice<String>, _ found: [UnsafePointer<CChar>?],
      _ body: ([UnsafePointer<CChar>?]) -> OpaquePointer?
    ) -> OpaquePointer? {
      guard let first = texts.first else { return unsafe body(found + [nil]) }
      return unsafe first.withCString { unsafe list(texts.dropFirst(), found + [$0], body) }
    }
    return unsafe list(words[...], []) { words in
      unsafe list(values[...], []) { values in unsafe PQconnectdbParams(words, values, 1) }
    }
  }

  func run(_ text: String) throws(CatalogError) {
    let result = unsafe PQexec(connection, text)
    defer { unsafe PQclear(result) }
    guard unsafe PQresultStatus(result) == PGRES_COMMAND_OK else { throw failure() }
  }

  /// Rows of a query, each cell as text; nil for NULL.
  func rows(_ text: String) throws(CatalogError) -> [[String?]] {
    let result = unsafe PQexec(connection, text)
    defer { unsafe PQclear(result) }
    guard unsafe PQresultStatus(result) == PGRES_TUPLES_OK else { throw failure() }
    let counts = unsafe (PQntuples(result), PQnfields(result))
    guard counts.0 <= CatalogConnection.rowLimit else { throw CatalogError(.answer, "more rows than are read") }
    var rows: [[String?]] = []
    rows.reserveCapacity(Int(counts.0))
    for row in 0..<max(0, counts.0) {
      var cells: [String?] = []
      for column in 0..<max(0, counts.1) {
        let isNull = unsafe PQgetisnull(result, row, column) != 0
        cells.append(isNull ? nil : unsafe PQgetvalue(result, row, column).map { unsafe String(cString: $0) })
      }
      rows.append(cells)
    }
    return rows
  }

  private func failure() -> CatalogError { CatalogError(.query, unsafe String(cString: PQerrorMessage(connection))) }
}
