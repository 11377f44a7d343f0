import GRDB
import Model

/// The distinct statements of a case: kind, shape and what Policy said of them.
final class StatementTable {
  /// Statements remembered to be found again; beyond it the oldest half is forgotten, which costs space and no truth.
  static let memoryLimit = 50_000

  private struct Key: Hashable {
    var kind: String
    var shape: String
    var classification: Classification
  }

  private let insert: BulkInsert
  private var numbers: [Key: Int64] = [:]
  private var next: Int64

  init(_ database: Database) throws {
    insert = try BulkInsert(
      database,
      """
      INSERT INTO statement(n, kind, verb, text, resources, effect, fingerprint, unfiltered, note)
      VALUES (?,?,?,?,?,?,?,?,?)
      """)
    next = try (Int64.fetchOne(database, sql: "SELECT max(n) FROM statement") ?? 0) + 1
  }

  /// The row for a statement, made when it is new.
  func number(
    kind: String, _ classification: Classification, shape: String
  ) throws -> (number: Int64, isNew: Bool) {
    let key = Key(kind: kind, shape: shape, classification: classification)
    if let number = numbers[key] { return (number, false) }
    if numbers.count >= StatementTable.memoryLimit {
      let floor = next - Int64(StatementTable.memoryLimit / 2)
      numbers = numbers.filter { $0.value >= floor }
    }
    let number = next
    next += 1
    numbers[key] = number
    insert.add(number)
    insert.add(kind)
    insert.add(classification.verb)
    insert.add(shape)
    insert.add(JSONText.array(classification.resources.map(\.description)))
    insert.add(classification.effect.rawValue)
    insert.add(classification.fingerprint)
    insert.add(classification.isUnfiltered)
    insert.add(classification.note)
    try insert.insert()
    return (number, true)
  }
}
