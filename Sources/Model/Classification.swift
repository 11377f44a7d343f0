/// What Policy says that one statement, request or command does.
public struct Classification: Sendable, Hashable {
  /// `SELECT`, `ALTER TABLE`, `POST`, `git push`; `UNKNOWN` when it cannot be told.
  public var verb: String
  public var effect: Effect
  /// In the order of the text, without repeats.
  public var resources: [Resource]
  /// Groups statements that differ in constants only; nil when it could not be parsed.
  public var fingerprint: String?
  /// An UPDATE or DELETE without WHERE.
  public var isUnfiltered: Bool
  /// Why the effect is `unknown`, or what was assumed; nil when nothing needs saying.
  public var note: String?
  /// Set when the statement is about the transaction itself; names of savepoints are lower-cased unless quoted.
  public var transactionControl: TransactionControl?

  public init(
    verb: String, effect: Effect, resources: [Resource] = [], fingerprint: String? = nil, isUnfiltered: Bool = false,
    note: String? = nil, transactionControl: TransactionControl? = nil
  ) {
    self.verb = verb
    self.effect = effect
    self.resources = resources
    self.fingerprint = fingerprint
    self.isUnfiltered = isUnfiltered
    self.note = note
    self.transactionControl = transactionControl
  }
}
