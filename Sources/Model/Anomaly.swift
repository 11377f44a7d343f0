/// Strange evidence, kept as data: what was wrong, and where.
public struct Anomaly: Sendable, Hashable {
  /// What kind of strange: an open set of stable kebab-case names, listed in docs/anomalies.md.
  public struct Code: Hashable, Sendable, ExpressibleByStringLiteral {
    public let name: String

    public init(_ name: String) { self.name = name }
    public init(stringLiteral value: String) { self.name = value }
  }

  public var code: Code
  /// One line for a person, without the location.
  public var detail: String
  public var origin: Origin
  /// The flow it belongs to, where it belongs to one.
  public var flow: FlowID?
  public var time: Timestamp?

  public init(_ code: Code, _ detail: String, origin: Origin, flow: FlowID? = nil, time: Timestamp? = nil) {
    self.code = code
    self.detail = detail
    self.origin = origin
    self.flow = flow
    self.time = time
  }
}
