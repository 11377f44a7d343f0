/// A statement that begins, ends or marks a transaction.
public enum TransactionControl: Sendable, Hashable {
  case begin
  case commit
  /// ROLLBACK, ABORT.
  case rollback
  case savepoint(String)
  case rollbackTo(String)
  case release(String)
  /// PREPARE TRANSACTION: it leaves the session undecided.
  case prepare
}
