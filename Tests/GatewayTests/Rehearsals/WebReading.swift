import Bytes
import Model
import NIOCore
import Parsers

@testable import Gateway

/// The gateway's own reading of HTTP/1 beside the parser's of captures: what the one takes the other reads as the same messages, so that
/// what is judged is what is recorded and what is run. Stops the process where it is not so.
enum WebReading {
  /// A message, as far as both tell it.
  private struct Message: Equatable {
    var start: String
    var fields: [String]
    /// Of its content, without its framing.
    var byteCount: UInt64
    var trailers: [String]
  }

  /// The method that each response answers, in turn.
  private static let methods = ["GET", "HEAD", "POST"]
  private static let limits = HTTPHeadLimits()

  // MARK: Requests

  static func requests(_ bytes: [UInt8]) {
    let (known, accepted) = requests(bytes, stride: .max)
    for size in [1, 7] {
      let (other, count) = requests(bytes, stride: size)
      hold(other == known && count == accepted, "cut otherwise other requests are read")
    }
    let parsed = parse(client: Array(bytes[..<accepted]), server: []).map { call in
      Message(
        start: "\(call.head.method) \(call.head.target) \(call.head.version)", fields: fields(call.head.requestFields),
        byteCount: call.requestBody?.codedByteCount ?? 0, trailers: fields(call.head.requestTrailers))
    }
    hold(parsed == known, "the gateway reads \(known), and the parser \(parsed)")
  }

  /// The requests that are taken, and where the last of them ends.
  private static func requests(_ bytes: [UInt8], stride size: Int) -> ([Message], Int) {
    var found: [Message] = []
    let accepted = read(bytes, stride: size, endsAtLF: false) { view throws(HTTPFault) in
      let head = try RequestHead(view, limits)
      return Next(reader: BodyReader(head.length, limits)) { reader, count in
        found.append(
          Message(
            start: "\(head.method) \(head.target) 1.\(head.minor)", fields: fields(head.fields), byteCount: count,
            trailers: fields(reader.trailers)))
        return head.isPersistent && head.method != "CONNECT"
      }
    }
    return (found, accepted)
  }

  // MARK: Responses

  static func responses(_ bytes: [UInt8]) {
    let (known, shown) = responses(bytes, stride: .max)
    for size in [1, 7] {
      let (other, again) = responses(bytes, stride: size)
      hold(other == known && again == shown, "cut otherwise other responses are read")
    }
    let asked = (0..<(known.count + 1)).map { "\(methods[$0 % methods.count]) /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }
    let calls = parse(client: asked.flatMap { Array($0.utf8) }, server: shown).prefix(known.count)
    let parsed = calls.map { call in
      Message(
        start: "\(call.head.status ?? 0)", fields: fields(call.head.responseFields),
        byteCount: call.responseBody?.codedByteCount ?? 0, trailers: fields(call.head.responseTrailers))
    }
    hold(parsed == known, "the gateway reads \(known), and the parser \(parsed)")
  }

  /// The responses that are taken, and what a client gets of them.
  private static func responses(_ bytes: [UInt8], stride size: Int) -> ([Message], [UInt8]) {
    var found: [Message] = []
    var shown: [UInt8] = []
    var pending: [UInt8] = []
    _ = read(bytes, stride: size, endsAtLF: true) { view throws(HTTPFault) in
      let head = try ResponseHead(view, limits)
      let method = methods[found.count % methods.count]
      let length = try HTTPLength(response: head.fields, status: head.status, minor: head.minor, to: method)
      guard head.status != 101, length != .untilClose else { throw .malformed("it leaves messages") }
      let visible = head.forClient(isLast: false)
      pending = Array(visible.text.readableBytesView)
      return Next(reader: BodyReader(length, limits)) { reader, count in
        shown += pending
        pending = []
        guard head.status >= 200 else { return true }
        found.append(
          Message(
            start: "\(head.status)", fields: fields(visible.fields), byteCount: count, trailers: fields(reader.trailers)
          ))
        return true
      } body: {
        pending += $0
      }
    }
    return (found, shown)
  }

  // MARK: Reading

  /// A message whose head is read.
  private struct Next {
    var reader: BodyReader
    /// Told at its end; false when nothing comes behind it.
    let end: (BodyReader, UInt64) -> Bool
    let body: ([UInt8]) -> Void

    init(
      reader: BodyReader, end: @escaping (BodyReader, UInt64) -> Bool, body: @escaping ([UInt8]) -> Void = { _ in }
    ) {
      (self.reader, self.end, self.body) = (reader, end, body)
    }
  }

  /// Reads messages as a connection does; gives where the last whole one ends.
  private static func read(
    _ bytes: [UInt8], stride size: Int, endsAtLF: Bool, _ head: (ByteBufferView) throws(HTTPFault) -> Next
  ) -> Int {
    var (inbox, scanned, index, accepted, count) = (ByteBuffer(), 0, 0, 0, UInt64(0))
    var next: Next?
    do throws(HTTPFault) {
      while index < bytes.count {
        let end = min(bytes.count, index + min(size, bytes.count))
        inbox.writeBytes(bytes[index..<end])
        index = end
        while true {
          if next == nil {
            if !endsAtLF { WireLines.skipEmpty(&inbox, scanned: &scanned) }
            let view = inbox.readableBytesView
            guard let length = WireLines.headLength(view, scanned: &scanned, endsAtLF: endsAtLF) else { break }
            next = try head(view.prefix(length))
            inbox.moveReaderIndex(forwardBy: length)
            (scanned, count) = (0, 0)
          }
          guard var known = next else { break }
          let taken = try known.reader.take(inbox.readableBytesView) { count += UInt64($0.count) }
          known.body(inbox.readBytes(length: taken) ?? [])
          next = known
          guard known.reader.isDone else { break }
          next = nil
          accepted = index - inbox.readableBytes
          guard known.end(known.reader, count) else { return accepted }
        }
      }
    } catch {
      // What is refused is nobody's.
    }
    return accepted
  }

  private static func fields(_ fields: [WireField]) -> [String] {
    fields.map { $0.value.allSatisfy { $0 < 0x80 } ? "\($0.name): \($0.text)" : $0.name }
  }

  private static func fields(_ fields: [HeaderField]) -> [String] {
    fields.map { $0.value.utf8.allSatisfy { $0 < 0x80 } ? "\($0.name): \($0.value)" : $0.name }
  }

  private static func parse(client: [UInt8], server: [UInt8]) -> [Call] {
    var parser = HTTPParser(options: ParserOptions(secrets: SecretHasher(key: [1]), flow: FlowID(0)))
    var events: [ParserEvent] = []
    let position = StreamPosition(time: .epoch, origin: .unknown)
    parser.receive(client.span, from: .fromClient, at: position, into: &events)
    if !server.isEmpty { parser.receive(server.span, from: .fromServer, at: position, into: &events) }
    parser.finish(at: position, into: &events)
    return events.compactMap { event in
      switch event {
      case .anomaly(let anomaly) where anomaly.code.name.hasPrefix("http-smuggling"):
        fatalError("what is taken can be read in two ways: \(anomaly.detail)")
      case .exchange(let exchange):
        if case .call(let call) = exchange.shape { return call }
        return nil
      default: return nil
      }
    }
  }
}
