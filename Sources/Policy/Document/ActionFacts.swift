/// What policies may ask of an action that does not stand in it: it is read where a policy asks.
public struct ActionFacts: Sendable, Hashable {
  /// Statements that were sent in one request with it, itself included; nil when nobody counted.
  public var statementCount: Int?
  /// Nil when nobody looked.
  public var returned: ReturnedClasses?

  public init(statementCount: Int? = nil, returned: ReturnedClasses? = nil) {
    (self.statementCount, self.returned) = (statementCount, returned)
  }
}
