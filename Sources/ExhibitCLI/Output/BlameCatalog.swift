import Catalogs
import Foundation
import Model
import Policy

/// What `--against` names: a live database, or a file of SQL.
struct BlameCatalog {
  /// Bytes of a file that are read.
  static let fileLimit = 512 << 20

  /// Nil for a file.
  let database: String?
  /// What it is called: `shop (PostgreSQL 15.18)`, `schema.sql`.
  let title: String
  let objects: [SchemaObject]

  init(_ text: String) throws {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: text, isDirectory: &isFolder), !isFolder.boolValue else {
      if text.hasSuffix(".sql") { throw InputProblem("\(text): no such file") }
      do {
        let catalog = try Catalog(reading: text)
        database = catalog.database
        title = "\(catalog.database) (PostgreSQL \(catalog.serverVersion))"
        objects = catalog.objects
      } catch let error as CatalogError {
        throw InputProblem("--against: \(error)")
      }
      return
    }
    let data = try Data(contentsOf: URL(filePath: text), options: .mappedIfSafe)
    guard data.count <= Self.fileLimit else { throw InputProblem("\(text): larger than \(Self.fileLimit >> 20) MiB") }
    guard !data.starts(with: Data("PGDMP".utf8)) else {
      throw InputProblem("\(text): a dump in pg_dump's own format; make SQL of it: pg_restore -s -f schema.sql \(text)")
    }
    let script = SchemaScript(String(decoding: data, as: UTF8.self))
    guard !script.objects.isEmpty else {
      throw InputProblem("\(text): neither a connection string nor SQL that makes a schema")
    }
    if let line = script.refused.first {
      StandardError.line(
        "exhibit: \(text):\(line): \(script.refused.count) statements were not understood and are not compared")
    }
    database = nil
    title = URL(filePath: text).lastPathComponent
    objects = script.objects
  }
}
