import Bytes
package import Model

/// A connection of HTTP/2 (RFC 9113): frames become streams, and each stream an exchange.
///
/// It is fed the bytes from the client's preface on, or from anywhere in a connection whose beginning was not captured. What
/// goes wrong in a stream stays in that stream; only header compression is shared, and a loss there is told for each field
/// that it touches. Flow control says nothing about what was done and is not followed.
package struct HTTP2Connection {
  let options: ParserOptions
  var client = HTTP2Side(.fromClient)
  var server = HTTP2Side(.fromServer)
  var streams: [UInt32: HTTP2Stream] = [:]
  /// Streams that are over, and whether by a reset: frames that crossed it on the way are nothing strange.
  var ended = HTTP2EndedStreams()
  /// Streams that the client reset and the server may still answer, the oldest first.
  var crossed: [UInt32] = []
  /// Octets of the heads of open streams.
  var heldHeads = 0
  /// The request that was made with HTTP/1.1, until the stream is there.
  private var upgradedRequest: Call?
  private let upgradedAt: StreamPosition?
  private let upgradedByteCount: UInt64
  private var toldFacts = false
  var hasPushes = false
  var rapidResets = 0
  var firstRapidReset: StreamPosition?
  private var anomalyCount = 0

  /// `upgradedRequest` is the HTTP/1.1 request by which the connection was upgraded: stream 1, half-closed by the client.
  /// It begins at `upgradedAt` and had so many bytes.
  package init(
    options: ParserOptions, upgradedRequest: Call?, upgradedAt: StreamPosition? = nil, upgradedByteCount: UInt64 = 0
  ) {
    self.options = options
    self.upgradedRequest = upgradedRequest
    self.upgradedAt = upgradedAt
    self.upgradedByteCount = upgradedByteCount
    // RFC 7540 §3.2.1: the settings came with the request, and the 101 response acknowledges them.
    if let text = upgradedRequest?.head.requestFields["http2-settings"] {
      let settings = HTTP2Settings(base64: text)
      if let size = settings.headerTableSize { server.decoder.allow(size) }
      server.allowedFrame = max(server.allowedFrame, settings.maximumFrameSize ?? 0)
    }
  }

  /// Takes the next bytes of one direction.
  package mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    guard !bytes.isEmpty else { return }
    begin(position, &events)
    settle(direction.reversed, &events)
    consume(bytes, direction, position, &events)
    searchOn(direction, &events)
  }

  /// Takes note of bytes that are missing from one direction.
  package mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    guard gap.byteCount > 0 else { return }
    begin(position, &events)
    settle(direction.reversed, &events)
    lose(gap, direction, position, &events)
  }

  /// The flow is over; gives what is still open, marked incomplete.
  package mutating func finish(at position: StreamPosition, into events: inout [ParserEvent]) {
    begin(position, &events)
    for direction in Direction.allCases { close(direction, position, &events) }
    closeStreams(position, &events)
  }

  subscript(_ direction: Direction) -> HTTP2Side {
    get { direction == .fromClient ? client : server }
    _modify { if direction == .fromClient { yield &client } else { yield &server } }
  }

  /// The stream of the request that was upgraded.
  private mutating func begin(_ position: StreamPosition, _ events: inout [ParserEvent]) {
    guard var call = upgradedRequest else { return }
    upgradedRequest = nil
    call.head.version = "2"
    call.head.streamID = 1
    call.upgrade = "h2c"
    let requestPosition = StreamPosition(
      time: upgradedAt?.time ?? call.requestEndedAt ?? position.time, origin: upgradedAt?.origin ?? position.origin)
    let stream = HTTP2Stream(id: 1, call: call, at: requestPosition, recordLimit: options.bodyLimit, held: options.held)
    stream.request = .ended
    stream.requestByteCount = upgradedByteCount
    client.highestStream = 1
    tell(authority: call.head.authority, fields: call.head.requestFields, &events)
    streams[1] = stream
  }

  /// Says once what the first request says of the session.
  mutating func tell(authority: String?, fields: [HeaderField], _ events: inout [ParserEvent]) {
    guard !toldFacts else { return }
    toldFacts = true
    var facts = SessionFacts()
    facts.protocolVersion = "2"
    facts.target = authority
    facts.application = fields["user-agent"]
    events.append(.facts(facts))
  }

  /// Something strange, up to so many a connection.
  mutating func report(
    _ code: Anomaly.Code, _ detail: String, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    anomalyCount += 1
    guard anomalyCount <= HTTP2Limits.anomalies else { return }
    let isLast = anomalyCount == HTTP2Limits.anomalies
    events.append(
      .anomaly(
        Anomaly(
          isLast ? "http2-anomalies-omitted" : code,
          isLast ? "further anomalies of this connection are not listed" : detail,
          origin: position.origin, flow: options.flow, time: position.time)))
  }
}
