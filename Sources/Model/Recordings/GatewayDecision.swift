public import Bytes

/// What the gateway's policy said of one request, and what became of it: a `decision` event.
public struct GatewayDecision: Sendable, Hashable {
  public enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// No approval was asked for.
    case allowed
    /// It was forwarded because people approved it.
    case approved
    /// It waits for people; another decision follows.
    case held
    case denied
    /// Nobody answered in time, so it was denied.
    case expired
    /// The client gave up while it was held.
    case withdrawn

    /// The request went on to the target.
    public var isForwarded: Bool { self == .allowed || self == .approved }
  }

  /// Bytes that the client had sent, from the connection's first, before the message that was decided on.
  public var offset: UInt64
  public var outcome: Outcome
  /// Id of the policy's rule; `default` when none matched.
  public var rule: String
  /// One sentence for a person.
  public var reason: String?
  /// SHA-256 of what approvals are held against.
  public var subject: Digest?
  /// Who approved or rejected it.
  public var people: [String]

  public init(
    offset: UInt64, outcome: Outcome, rule: String, reason: String? = nil, subject: Digest? = nil,
    people: [String] = []
  ) {
    self.offset = offset
    self.outcome = outcome
    self.rule = rule
    self.reason = reason
    self.subject = subject
    self.people = people
  }
}
