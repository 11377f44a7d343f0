public import Model

/// What a live PostgreSQL database holds, out of its system catalogs.
///
/// The one part of the analysis that opens a socket, and only where a person names a database (`blame --against`). It runs
/// SELECTs in one read-only transaction and calls nothing outside of pg_catalog.
public struct Catalog: Sendable {
  /// The database's name.
  public let database: String
  /// `15.18 (Debian …)`.
  public let serverVersion: String
  /// Definitions stand as SQL under `definition`.
  public let objects: [SchemaObject]

  /// Reads the catalog of a database.
  ///
  /// - Parameter parameters: a connection string, a URI or a database's name, as psql takes it; what it leaves out comes from
  ///   the environment, the service file and the password file.
  /// - Throws: `CatalogError`.
  public init(reading parameters: String) throws {
    let connection = try CatalogConnection(parameters)
    let facts = try connection.rows("SELECT current_database(), current_setting('server_version')")
    guard let row = facts.first, row.count == 2, let database = row[0], let version = row[1] else {
      throw CatalogError(.answer, "the server does not say which database this is")
    }
    self.database = database
    serverVersion = version
    var objects: [SchemaObject] = []
    for query in CatalogQuery.all {
      for row in try connection.rows(query.text) {
        guard row.count == 4 + query.properties.count, let name = row[3],
          let kind = row[0].flatMap({ SchemaObject.Kind(rawValue: $0) })
        else { throw CatalogError(.answer, "an answer of another shape than asked for") }
        var object = SchemaObject(kind, schema: row[1], owner: row[2], name: name)
        for (property, value) in zip(query.properties, row.dropFirst(4)) { object.properties[property] = value }
        objects.append(object)
      }
    }
    try connection.run("COMMIT")
    self.objects = objects
  }
}
