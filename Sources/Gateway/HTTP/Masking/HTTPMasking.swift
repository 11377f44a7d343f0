import Bytes
import Model
import NIOCore
import Policy

/// The masking of the answer to one request, by the rules that held for its place when it was sent on. Used on the
/// connection's event loop.
final class HTTPMasking {
  /// How content goes to the client.
  private enum Framing {
    case none
    /// As long as the head says.
    case fixed
    case chunked
    /// Up to the end of the connection.
    case untilClose
  }

  /// What was masked where, since it was told last.
  struct Count {
    var key: MaskTally.Key
    var location: String
    var count: Int
  }

  private var call: CallAnswerMask
  private var body: BodyMask?
  private var messages: WebSocketMasking?
  private var framing = Framing.none
  private let passesCompressed: Bool
  private var tallies: [String: MaskTally] = [:]
  /// Values that were masked and are not told.
  private(set) var untoldCount = 0
  /// When content came last, while some of it may wait for what is behind it.
  var lastContent: NIODeadline?

  /// Nil where no rule holds.
  init?(_ plan: MaskingPlan, hasher: SecretHasher, passesCompressed: Bool) {
    guard let call = CallAnswerMask(plan, hasher: hasher) else { return nil }
    (self.call, self.passesCompressed) = (call, passesCompressed)
  }

  /// Takes other rules for messages that come from now on.
  func replace(_ plan: MaskingPlan, hasher: SecretHasher) {
    guard let call = CallAnswerMask(plan, hasher: hasher) else { return }
    note()
    self.call = call
  }

  // MARK: Heads

  /// The fields of a request as the target may have them.
  static func asked(_ fields: [WireField]) -> [WireField] {
    restored(CallAnswerMask.request(fields.map(\.header)), of: fields)
  }

  /// The head of an answer as the client may have it, without what frames its content but for that which the gateway puts in.
  ///
  /// - Throws: where the content cannot be masked.
  func head(
    _ head: ResponseHead, _ length: HTTPLength, to request: RequestHead
  ) throws(BodyMaskFailure) -> ResponseHead {
    let (shown, body) = try call.answer(
      CallAnswerMask.Head(method: request.method, status: head.status, fields: head.fields.map(\.header)),
      passesCompressed: passesCompressed)
    var out = masked(head, shown)
    defer { note() }
    guard let body else {
      guard length != .none else { return out }
      // A 205 has none (RFC 9110 §15.3.6), whatever comes behind it.
      out.fields.remove(["transfer-encoding", "content-length"])
      out.fields.append(WireField("Content-Length", "0"))
      return out
    }
    self.body = body
    out.fields.remove(["transfer-encoding"])
    if case .fixed = length, body.keepsLength {
      framing = .fixed
      return out
    }
    out.fields.remove(["content-length"])
    framing = request.minor == 1 ? .chunked : .untilClose
    if framing == .chunked { out.fields.append(WireField("Transfer-Encoding", "chunked")) }
    return out
  }

  /// A head behind which another comes, or another protocol.
  func interim(_ head: ResponseHead) throws(BodyMaskFailure) -> ResponseHead {
    let (shown, _) = try call.answer(
      CallAnswerMask.Head(method: "GET", status: head.status, fields: head.fields.map(\.header)))
    defer { note() }
    return masked(head, shown)
  }

  private func masked(_ head: ResponseHead, _ fields: [HeaderField]) -> ResponseHead {
    var out = head
    out.fields = Self.restored(fields, of: head.fields)
    let reason = String(decoding: head.reason, as: UTF8.self)
    let shown = call.reason(reason)
    if shown != reason { out.reason = Array(shown.utf8).filter { $0 >= 0x20 && $0 != 0x7F } }
    return out
  }

  /// Fields of which some are left out and others have another value; of the rest each byte is as it came.
  private static func restored(_ fields: [HeaderField], of originals: [WireField]) -> [WireField] {
    var rest = originals[...]
    return fields.map { field in
      while let first = rest.first, first.name != field.name { rest = rest.dropFirst() }
      if let original = rest.popFirst(), original.header == field { return original }
      // A line end in it would begin another field.
      let isLine = field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
      return WireField(field.name, isLine ? field.value : "")
    }
  }

  /// The end of the content is told by that of the connection.
  var endsWithConnection: Bool { framing == .untilClose }

  // MARK: Content

  /// Takes content; gives what the client gets of it by now, framed.
  func content(_ pieces: [ByteBuffer]) throws(BodyMaskFailure) -> ByteBuffer {
    var out: [UInt8] = []
    for piece in pieces { out += try body?.feed(piece.readableBytesUInt8Span) ?? [] }
    note()
    return framed(out)
  }

  /// Nothing came for a while: what of that which waits can be shown.
  func pause() throws(BodyMaskFailure) -> ByteBuffer {
    let out = try body?.settle() ?? []
    note()
    return framed(out)
  }

  /// The end of the content, with the fields behind it.
  func finish(_ trailers: [WireField]) throws(BodyMaskFailure) -> ByteBuffer {
    var out = framed(try body?.finish() ?? [])
    if framing == .chunked {
      out.writeString("0\r\n")
      out.write(Self.restored(call.trailers(trailers.map(\.header)), of: trailers))
    }
    note()
    body = nil
    return out
  }

  private func framed(_ bytes: [UInt8]) -> ByteBuffer {
    var buffer = ByteBuffer()
    guard !bytes.isEmpty else { return buffer }
    if framing == .chunked { buffer.writeString(String(bytes.count, radix: 16) + "\r\n") }
    buffer.writeBytes(bytes)
    if framing == .chunked { buffer.writeString("\r\n") }
    return buffer
  }

  // MARK: WebSocket

  /// What the target says from here on are messages of WebSocket.
  func beginMessages() { messages = WebSocketMasking() }

  func takeMessages(_ bytes: ByteBuffer) throws(MaskingFailure) -> ByteBuffer {
    var out = ByteBuffer()
    defer { note() }
    try messages?.receive(bytes, &call, into: &out)
    return out
  }

  // MARK: Counts

  private func note() {
    add(call.takeTally(), messages == nil ? "fields" : "message")
    if let tally = body?.takeTally() { add(tally, "content") }
  }

  private func add(_ tally: MaskTally, _ location: String) {
    guard !tally.isEmpty else { return }
    tallies[location, default: MaskTally()].merge(tally)
    untoldCount += tally.total
  }

  func takeCounts() -> [Count] {
    defer { (tallies, untoldCount) = ([:], 0) }
    return tallies.sorted { $0.key < $1.key }.flatMap { location, tally in
      tally.counts.sorted { $0.key < $1.key }.map { Count(key: $0.key, location: location, count: $0.value) }
    }
  }
}

extension WireField {
  fileprivate var header: HeaderField { HeaderField(name, text) }
}
