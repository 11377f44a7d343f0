/// What a gateway decided of a request, or what a person said of it; a row of the `decisions` view.
public struct RecordedVerdict: Sendable, Hashable {
  /// Number of the session.
  public var session: Int64
  /// Of the action in it; nil where the request is none that is known.
  public var sequence: Int?
  public var at: Timestamp
  public var event: GatewayEvent
  public var origin: Origin

  /// - Parameters:
  ///   - session: its number in the case.
  ///   - sequence: of the action.
  ///   - at: when it was decided.
  ///   - event: a decision or an approval.
  ///   - origin: the packet with the event.
  public init(session: Int64, sequence: Int?, at: Timestamp, event: GatewayEvent, origin: Origin) {
    self.session = session
    self.sequence = sequence
    self.at = at
    self.event = event
    self.origin = origin
  }
}
