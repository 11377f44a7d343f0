import Bytes
import Model

/// A request and what has come of its response so far.
struct OpenCall {
  var call: Call
  var startedAt: Timestamp
  var firstResponseAt: Timestamp?
  var endedAt: Timestamp?
  var origin: Origin
  var begin: StreamPosition
  var requestByteCount: UInt64 = 0
  var responseByteCount: UInt64 = 0
  var requestBody: BodyBuilder?
  var responseBody: BodyBuilder?
  /// Reads its content while it comes.
  var listener: CallListener?
  var isRequestComplete = false
  var isResponseComplete = false
  /// Bytes of its request's content that are kept.
  var heldByteCount: UInt64 = 0
  /// A response was lost while this was the only one that waited.
  var lostResponse: String?
  private(set) var incompleteReason: String?

  init(_ call: Call, begin: StreamPosition) {
    self.call = call
    self.begin = begin
    startedAt = begin.time
    origin = begin.origin
  }

  /// The first reason is the one that is told.
  mutating func note(_ reason: String) { if incompleteReason == nil { incompleteReason = reason } }

  var asksForUpgrade: Bool {
    call.head.method == "CONNECT"
      || (call.head.requestFields["upgrade"] != nil
        && HTTPText.list(call.head.requestFields.values("connection")).contains { $0.lowercased() == "upgrade" })
  }

  /// Closes the bodies.
  mutating func finishBodies() {
    if var body = requestBody {
      call.requestBody = body.finish().body
      requestBody = nil
    }
    if var body = responseBody {
      let (content, records) = body.finish()
      call.responseBody = content
      if let records { call.records = records }
      responseBody = nil
    }
  }

  /// Gives the exchange; the bodies are closed.
  mutating func emit(into events: inout [ParserEvent]) {
    finishBodies()
    if let heard = listener?.finish() {
      call.repository = heard.exchange
      events += heard.events
    }
    listener = nil
    events.append(
      .exchange(
        Exchange(
          shape: .call(call), startedAt: startedAt, firstResponseAt: firstResponseAt, endedAt: endedAt, origin: origin,
          requestByteCount: requestByteCount, responseByteCount: responseByteCount,
          incompleteReason: incompleteReason)))
  }
}
