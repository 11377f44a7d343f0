import Bytes

/// `heartbeat`: the recorder is there, and nothing else happened.
public struct LeafHeartbeat: LeafContent {
  static let kind = "heartbeat"

  /// Sessions that are open.
  public var sessionCount: Int

  public init(sessionCount: Int) { self.sessionCount = sessionCount }

  func write(to json: inout JSONWriter) { json.member("sessions", sessionCount) }

  init(_ fields: LeafFields) throws(LeafError) { sessionCount = try fields.number("sessions") }
}
