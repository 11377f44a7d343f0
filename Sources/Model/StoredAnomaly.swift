/// An anomaly as the case file holds it; a row of the `anomalies` view.
public struct StoredAnomaly: Sendable, Hashable {
  public var id: String
  public var sourceID: String?
  public var sessionID: String?
  public var packet: UInt64?
  public var offset: UInt64?
  public var code: String
  public var detail: String
  public var time: Timestamp?

  public init(
    id: String, sourceID: String?, sessionID: String?, packet: UInt64?, offset: UInt64?, code: String, detail: String,
    time: Timestamp?
  ) {
    self.id = id
    self.sourceID = sourceID
    self.sessionID = sessionID
    self.packet = packet
    self.offset = offset
    self.code = code
    self.detail = detail
    self.time = time
  }
}
