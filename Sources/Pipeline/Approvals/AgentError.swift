/// Why ssh-agent gave no answer.
public struct AgentError: Error, Hashable, Sendable {
  /// What kind of reason; an open set.
  public struct Code: Hashable, Sendable, ExpressibleByStringLiteral {
    public let name: String

    public init(stringLiteral value: String) { name = value }

    /// Nothing answers at the path.
    public static let unreachable: Code = "unreachable"
    /// The connection broke off.
    public static let disconnected: Code = "disconnected"
    /// It took longer than the limit.
    public static let timedOut: Code = "timed-out"
    /// What came is no answer of an agent.
    public static let malformed: Code = "malformed"
    /// The agent says no: it lacks the key, is locked, or someone refused.
    public static let refused: Code = "refused"
  }

  public var code: Code
  /// One line, lower case, no full stop.
  public var detail: String
}

extension AgentError: CustomStringConvertible {
  public var description: String { detail }
}
