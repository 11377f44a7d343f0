import Foundation
import GRDB
public import Model

extension CaseFile {
  /// Calls `body` for each action that `filter` lets through, in order of time.
  public func forEachAction(_ filter: ActionFilter, _ body: (Action) throws -> Void) throws {
    try read { database in
      var number: Int64?
      if let session = filter.session {
        number = try Int64.fetchOne(database, sql: "SELECT n FROM session WHERE id = ?", arguments: [session])
        guard number != nil else { return }
      }
      let query = ActionQuery(filter, sessionNumber: number)
      let rows = try Row.fetchCursor(database, sql: query.sql, arguments: query.arguments)
      var memo = ListMemo()
      while let row = try rows.next() { try body(Action(row: row, memo: &memo)) }
    }
  }

  public func findings() throws -> [Finding] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM finding ORDER BY severity, rule, id").map { Finding(row: $0) }
        .sorted { ($1.severity, $0.id) < ($0.severity, $1.id) }
    }
  }

  /// Other facts of a session by name, sorted: server version, parameters.
  public func facts(ofSession id: String) throws -> [(name: String, value: String)] {
    try read { database in
      let json = try String.fetchOne(database, sql: "SELECT facts FROM session WHERE id = ?", arguments: [id]) ?? "{}"
      let values = (try? JSONDecoder().decode([String: String].self, from: Data(json.utf8))) ?? [:]
      return values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }
  }
}
