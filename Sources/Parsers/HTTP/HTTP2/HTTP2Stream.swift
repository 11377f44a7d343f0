import Bytes
import Model

/// A stream (RFC 9113 §5): one request and its response, as far as they have come.
///
/// A class, because it is large and changed in many small steps while it stands in a table; only its connection holds it.
final class HTTP2Stream {
  /// How far one direction has come.
  enum Half {
    /// No head was seen.
    case idle
    case open
    case ended
  }

  /// What the stream was switched to by the answer to CONNECT.
  enum Tunnelling {
    case none
    /// A CONNECT that is not answered; what the client sent already.
    case asked(early: [(bytes: [UInt8], position: StreamPosition)], count: Int)
    case open
  }

  let id: UInt32
  var call: Call
  var request = Half.idle
  var response = Half.idle
  var requestContent: HTTP2Content?
  var responseContent: HTTP2Content?
  /// Reads its content while it comes.
  var listener: CallListener?
  /// What that found strange, once it is finished.
  private(set) var strange: [ParserEvent] = []
  var records: StreamRecordBuilder
  var tunnelling = Tunnelling.none
  let startedAt: Timestamp
  let origin: Origin
  private let held: HeldContent?
  var firstResponseAt: Timestamp?
  var lastResponseAt: Timestamp?
  var endedAt: Timestamp?
  var requestByteCount: UInt64 = 0
  var responseByteCount: UInt64 = 0
  /// Octets of its fields.
  var headSize = 0
  /// Why it is not whole; the first reason stands.
  private(set) var incompleteReason: String?

  init(id: UInt32, call: Call, at position: StreamPosition, recordLimit: Int, held: HeldContent?) {
    self.id = id
    self.call = call
    startedAt = position.time
    origin = position.origin
    records = StreamRecordBuilder(limit: recordLimit, held: held)
    self.held = held
  }

  func note(_ reason: String) {
    if incompleteReason == nil { incompleteReason = reason }
  }

  func count(_ bytes: Int, _ direction: Direction) {
    if direction == .fromClient {
      requestByteCount += UInt64(clamping: bytes)
    } else {
      responseByteCount += UInt64(clamping: bytes)
    }
  }

  /// How far a direction has come.
  func half(_ direction: Direction) -> Half { direction == .fromClient ? request : response }

  var isTunnel: Bool { if case .open = tunnelling { true } else { false } }

  /// Whether nothing more belongs to it. A request that was not captured is not waited for.
  var isOver: Bool { response == .ended && request != .open || request == .ended && response == .ended }

  func append(_ bytes: Span<UInt8>, _ direction: Direction, at time: Timestamp, limit: Int) {
    if direction == .fromClient {
      var content =
        Self.take(&requestContent)
        ?? content(call.head.requestFields, limit, direction)
      content.append(bytes, at: time, into: &records)
      requestContent = content
    } else {
      var content =
        Self.take(&responseContent)
        ?? content(call.head.responseFields, limit, direction)
      content.append(bytes, at: time, into: &records)
      responseContent = content
    }
  }

  func lose(_ count: UInt64?, _ direction: Direction, limit: Int) {
    if direction == .fromClient {
      var content =
        Self.take(&requestContent)
        ?? content(call.head.requestFields, limit, direction)
      content.lose(count)
      requestContent = content
    } else {
      var content =
        Self.take(&responseContent)
        ?? content(call.head.responseFields, limit, direction)
      content.lose(count)
      responseContent = content
    }
  }

  private func content(_ fields: [HeaderField], _ limit: Int, _ direction: Direction) -> HTTP2Content {
    HTTP2Content(fields: fields, limit: limit, held: held, direction: direction, listener: listener)
  }

  /// Moves the content out, so that it is changed in place.
  private static func take(_ content: inout HTTP2Content?) -> HTTP2Content? {
    var taken: HTTP2Content?
    swap(&taken, &content)
    return taken
  }

  /// The exchange, and what was wrong with its messages.
  func finish() -> (exchange: Exchange, failures: [String]) {
    var failures: [String] = []
    var events: Payload?
    if var content = requestContent {
      let outcome = content.finish()
      call.requestBody = outcome.body
      call.head.requestTrailers += outcome.trailers
      if let failure = outcome.failure { failures.append("request: \(failure)") }
      events = outcome.records
    }
    if var content = responseContent {
      let outcome = content.finish()
      call.responseBody = outcome.body
      call.head.responseTrailers += outcome.trailers
      if let failure = outcome.failure { failures.append("response: \(failure)") }
      events = outcome.records ?? events
    }
    call.records = records.isEmpty ? events : records.finish()
    if let heard = listener?.finish() {
      call.repository = heard.exchange
      strange += heard.events
    }
    listener = nil
    let exchange = Exchange(
      shape: .call(call), startedAt: startedAt, firstResponseAt: firstResponseAt, endedAt: endedAt ?? lastResponseAt,
      origin: origin, requestByteCount: requestByteCount, responseByteCount: responseByteCount,
      incompleteReason: incompleteReason)
    return (exchange, failures)
  }
}
