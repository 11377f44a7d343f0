import Bytes
import Model

/// A connection after `101 Switching Protocols` to WebSocket (RFC 6455), with permessage-deflate (RFC 7692).
///
/// Its messages become records; a gap inside a payload costs that message, one that takes a frame's head away leaves the
/// rest of that direction opaque, since nothing marks where the next frame begins.
struct WebSocketConnection: SwitchedConnection {
  private let options: ParserOptions
  private var client: WebSocketSide
  private var server: WebSocketSide
  private var records: StreamRecordBuilder
  private var anomalyCount = 0
  private(set) var clientByteCount: UInt64 = 0
  private(set) var serverByteCount: UInt64 = 0
  private(set) var endedAt: Timestamp?
  private(set) var incompleteReason: String?

  /// Takes the fields of the 101 response, which say what was agreed.
  init(options: ParserOptions, fields: [HeaderField], isWhole: Bool) {
    self.options = options
    let deflate = WebSocketDeflate(fields)
    let limit = max(64 << 10, min(options.bodyLimit, WebSocketSide.messageLimit))
    client = WebSocketSide(.fromClient, deflate, limit: limit)
    server = WebSocketSide(.fromServer, deflate, limit: limit)
    records = StreamRecordBuilder(limit: max(0, options.bodyLimit), held: options.held)
  }

  mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    endedAt = position.time
    count(UInt64(bytes.count), direction)
    var outcome = WebSocketSide.Outcome()
    if direction == .fromClient {
      client.receive(bytes, position, &outcome)
    } else {
      server.receive(bytes, position, &outcome)
    }
    take(outcome, &events)
  }

  mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    let side = direction == .fromClient ? "request" : "response"
    note("gap of \(gap.byteCount.grouped) bytes in the \(side)'s messages")
    var outcome = WebSocketSide.Outcome()
    if direction == .fromClient {
      client.lose(gap.byteCount, position, &outcome)
    } else {
      server.lose(gap.byteCount, position, &outcome)
    }
    take(outcome, &events)
  }

  mutating func finish(at position: StreamPosition, into events: inout [ParserEvent]) {
    var outcome = WebSocketSide.Outcome()
    client.finish(position, &outcome)
    server.finish(position, &outcome)
    take(outcome, &events)
    for (side, name) in [(client, "client"), (server, "server")] where side.opaqueByteCount > 0 {
      note("\(side.opaqueByteCount.grouped) bytes of the \(name) could not be cut into frames")
    }
  }

  /// What was said; nil when nothing was.
  mutating func takeRecords() -> Payload? { records.isEmpty ? nil : records.finish() }

  private mutating func note(_ reason: String) { if incompleteReason == nil { incompleteReason = reason } }

  private mutating func count(_ bytes: UInt64, _ direction: Direction) {
    if direction == .fromClient { clientByteCount += bytes } else { serverByteCount += bytes }
  }

  private mutating func take(_ outcome: WebSocketSide.Outcome, _ events: inout [ParserEvent]) {
    for record in outcome.records { records.append(record) }
    if let reason = outcome.incompleteReason { note(reason) }
    for (code, detail, position) in outcome.anomalies {
      anomalyCount += 1
      guard anomalyCount <= HTTPLimits.anomalies else { return }
      events.append(
        .anomaly(Anomaly(code, detail, origin: position.origin, flow: options.flow, time: position.time)))
    }
  }
}
