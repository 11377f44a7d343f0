import GRDB
import Model

/// The distinct statements of a case: kind, shape and what Policy said of them.
final class StatementTable {
  /// Statements remembered to be found again; beyond it the oldest half is forgotten, which costs space and no truth.
  static let memoryLimit = 50_000

  /// The same object, which is the quick way to the same statement.
  private struct Identity: Hashable {
    var form: StatementForm
    var kind: String

    static func == (left: Identity, right: Identity) -> Bool { left.form === right.form && left.kind == right.kind }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(form)) }
  }

  private struct Key: Hashable {
    var kind: String
    var shape: String
    var classification: Classification
  }

  private let insert: BulkInsert
  private var identities: [Identity: Int64] = [:]
  private var numbers: [Key: Int64] = [:]
  private var next: Int64

  init(_ database: Database) throws {
    insert = try BulkInsert(
      database, into: "statement(n, kind, verb, text, resources, effect, fingerprint, unfiltered, note)", columns: 9)
    next = try (Int64.fetchOne(database, sql: "SELECT max(n) FROM statement") ?? 0) + 1
  }

  /// The row for a statement, made when it is new.
  func number(kind: String, _ form: StatementForm) throws -> (number: Int64, isNew: Bool) {
    let identity = Identity(form: form, kind: kind)
    if let number = identities[identity] { return (number, false) }
    if identities.count >= StatementTable.memoryLimit { identities.removeAll(keepingCapacity: true) }
    let found = try number(Key(kind: kind, shape: form.shape, classification: form.classification))
    identities[identity] = found.number
    return found
  }

  private func number(_ key: Key) throws -> (number: Int64, isNew: Bool) {
    if let number = numbers[key] { return (number, false) }
    if numbers.count >= StatementTable.memoryLimit {
      let floor = next - Int64(StatementTable.memoryLimit / 2)
      numbers = numbers.filter { $0.value >= floor }
    }
    let (kind, shape, classification) = (key.kind, key.shape, key.classification)
    let number = next
    next += 1
    numbers[key] = number
    try insert.insert { row in
      row.add(number)
      row.add(kind)
      row.add(classification.verb)
      row.add(shape)
      row.add(JSONText.array(classification.resources.map(\.description)))
      row.add(classification.effect.rawValue)
      row.add(classification.fingerprint)
      row.add(classification.isUnfiltered)
      row.add(classification.note)
    }
    return (number, true)
  }
}
