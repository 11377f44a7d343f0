import GRDB
public import Model

/// Something that a full-text search found.
public struct SearchHit: Sendable {
  public enum Subject: Sendable {
    case action(Action)
    /// A prompt, a tool call or a completion, by its id.
    case conversation(kind: String, id: String)
  }

  public var subject: Subject
  /// The words around the match, the match itself between U+E000 and U+E001 (private use), so that a sink can mark it.
  public var excerpt: String
  /// How many actions share the matching statement.
  public var count: Int

  public var action: Action? { if case .action(let action) = subject { action } else { nil } }

  init(_ subject: Subject, excerpt: String, count: Int = 1) {
    self.subject = subject
    self.excerpt = excerpt
    self.count = count
  }
}

extension CaseFile {
  /// Documents that one search looks at, at most, a quarter of them.
  private static let documentLimit = 1 << 20

  /// Actions whose text, parameters or result match an FTS5 query, prompts, tool calls and completions too, best first.
  ///
  /// What is not FTS5's syntax is taken for plain words.
  public func search(_ query: String, limit: Int) throws -> [SearchHit] {
    let documents = try read { database in
      do {
        return try Self.documents(query, limit: limit, in: database)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
        let plain = PlainQuery(query).text
        return plain.isEmpty ? [] : try Self.documents(plain, limit: limit, in: database)
      }
    }
    var hits: [SearchHit] = []
    var seen: Set<String> = []
    let words = SearchWords(query)
    for document in documents where hits.count < limit {
      let reference: String = document["ref_id"]
      let excerpt: String = document["excerpt"]
      if document["kind"] == "statement" {
        guard let action = try action(id: reference), seen.insert(action.id).inserted else { continue }
        hits.append(SearchHit(.action(action), excerpt: excerpt, count: try countOfSame(as: reference)))
      } else if document["kind"] != "values" {
        hits.append(SearchHit(.conversation(kind: document["kind"], id: reference), excerpt: excerpt))
      } else {
        for action in try actions(inRange: reference) where hits.count < limit {
          guard try words.match(action, in: self), seen.insert(action.id).inserted else { continue }
          hits.append(SearchHit(.action(action), excerpt: words.excerpt(of: action.text)))
        }
      }
    }
    return hits
  }

  private static func documents(_ query: String, limit: Int, in database: Database) throws -> [Row] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT kind, ref_id, snippet(search, 2, char(57344), char(57345), '…', 16) AS excerpt
        FROM search WHERE search MATCH ? ORDER BY rank LIMIT ?
        """, arguments: [query, min(max(limit, 0), documentLimit) * 4])
  }

  private func countOfSame(as id: String) throws -> Int {
    guard let place = try place(of: id) else { return 1 }
    return try read { database in
      try Int.fetchOne(
        database,
        sql: "SELECT count(*) FROM action WHERE statement = (SELECT statement FROM action WHERE n = ?)",
        arguments: [place]) ?? 1
    }
  }

  /// The actions of `ses-….17-42`.
  private func actions(inRange reference: String) throws -> [Action] {
    guard let dot = reference.lastIndex(of: ".") else { return [] }
    let ends = reference[reference.index(after: dot)...].split(separator: "-").compactMap { Int64($0) }
    guard let first = ends.first, let last = ends.last else { return [] }
    return try read { database in
      let number = try Int64.fetchOne(
        database, sql: "SELECT n FROM session WHERE id = ?", arguments: [String(reference[..<dot])])
      guard let number else { return [] }
      return try Row.fetchAll(
        database, sql: ActionQuery.select + " WHERE a.n BETWEEN ? AND ? ORDER BY a.n",
        arguments: [number << 32 | first, number << 32 | last]
      ).map { Action(row: $0) }
    }
  }
}
