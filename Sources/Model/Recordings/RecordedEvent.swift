public import Bytes

/// One event of a recording: one JSON object on one line.
public struct RecordedEvent: Sendable, Hashable {
  /// Bytes of the JSON of one event; longer ones are not written, and not read.
  public static let byteLimit = 60_000

  /// The connection that it belongs to, by its name in the recording; nil for the recorder's own.
  public var session: String?
  public var at: Timestamp
  public var event: GatewayEvent

  public init(session: String? = nil, at: Timestamp, event: GatewayEvent) {
    self.session = session
    self.at = at
    self.event = event
  }

  /// The object's bytes, without a line feed.
  public var json: [UInt8] {
    var json = JSONWriter()
    json.reserve(256)
    json.object { json in
      json.member("type", event.type)
      if let session { json.member("session", session) }
      json.member("at", at.nanoseconds)
      event.write(to: &json)
    }
    return json.bytes
  }

  /// Reads one.
  ///
  /// - Throws: `DecodeError` when it is no JSON object, or lacks what its type demands.
  public init(json bytes: [UInt8]) throws(DecodeError) {
    guard bytes.count <= RecordedEvent.byteLimit else {
      throw DecodeError(.overLimit, "gateway event", offset: 0, expected: "\(RecordedEvent.byteLimit) bytes")
    }
    guard let value = JSONValue.document(in: bytes), value.isObject else {
      throw DecodeError(.mismatch, "gateway event", offset: 0, expected: "a JSON object")
    }
    let fields = EventFields(value)
    session = fields.text("session")
    at = Timestamp(nanoseconds: try fields.required(Int64.self, "at"))
    event = try GatewayEvent(try fields.required("type"), fields)
  }
}
