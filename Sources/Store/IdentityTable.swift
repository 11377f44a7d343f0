import GRDB
import Model

/// The distinct identities of a case.
final class IdentityTable {
  /// Identities remembered to be found again; beyond it they are written anew, which costs space and no truth.
  static let memoryLimit = 10_000

  private let insert: BulkInsert
  private var numbers: [Identity: Int64] = [:]
  private var last: (identity: Identity, number: Int64)?
  private var next: Int64

  init(_ database: Database) throws {
    insert = try BulkInsert(database, into: "identity(n, user, target, application)", columns: 4)
    next = try (Int64.fetchOne(database, sql: "SELECT max(n) FROM identity") ?? 0) + 1
  }

  /// The row for an identity, made when it is new.
  func number(of identity: Identity) throws -> Int64 {
    if let last, last.identity == identity { return last.number }
    let number = try numbers[identity] ?? add(identity)
    last = (identity, number)
    return number
  }

  private func add(_ identity: Identity) throws -> Int64 {
    if numbers.count >= IdentityTable.memoryLimit { numbers.removeAll(keepingCapacity: true) }
    let number = next
    next += 1
    numbers[identity] = number
    try insert.insert { row in
      row.add(number)
      row.add(identity.user)
      row.add(identity.target)
      row.add(identity.application)
    }
    return number
  }
}
