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

  /// The signatures that decided.
  public struct Signing: Sendable, Hashable {
    /// SHA-256 over the request that was signed, its file.
    public var request: Digest
    /// Fingerprint of the key of each, `SHA256:…`.
    public var keys: [String]
    /// When the gateway saw each first, in the order of `keys`: UTC, empty where that is not known.
    public var seen: [String]
    /// SHA-256 over the signatures in armour, one behind the other in the order of `keys`.
    public var signatures: Digest

    public init(request: Digest, keys: [String], seen: [String], signatures: Digest) {
      self.request = request
      self.keys = keys
      self.seen = seen
      self.signatures = signatures
    }
  }

  /// The rule of what was refused because nobody could know what it would do.
  public static let unreadableRule = "lines"

  /// Bytes that the client had sent, from the connection's first, before the message that was decided on.
  public var offset: UInt64
  public var outcome: Outcome
  /// Id of the policy's rule; `default` when none matched.
  public var rule: String
  /// One sentence for a person.
  public var reason: String?
  /// SHA-256 of what approvals are held against.
  public var subject: Digest?
  /// Who approved or rejected it, each by one name; the `approval` events before it have their keys.
  public var people: [String]
  /// What they signed, and how; nil when nobody did.
  public var signing: Signing?
  /// The line that was typed into a shell, without the secrets in it: no message of the recording holds it as a whole.
  public var typed: String?

  public init(
    offset: UInt64, outcome: Outcome, rule: String, reason: String? = nil, subject: Digest? = nil,
    people: [String] = [], signing: Signing? = nil
  ) {
    self.offset = offset
    self.outcome = outcome
    self.rule = rule
    self.reason = reason
    self.subject = subject
    self.people = people
    self.signing = signing
  }
}
