import NIOCore

/// The gateway's own connection to a target, on which it asks for names: one query at a time, in text form.
final class CatalogSide: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Rows of each statement of a query; nil is NULL.
  typealias Answer = [[[String?]]]

  /// Bytes of one message, and rows of one answer.
  private static let messageLimit = 1 << 20
  private static let rowLimit = 100_000

  private var inbox = ByteBuffer()
  private var answer: Answer = []
  private var rows: [[String?]] = []
  private var rowCount = 0
  private var hasFailed = false
  private var done: ((Answer?) -> Void)?

  /// Asks; `done` is called once, with nil when there is no answer.
  func ask(_ query: String, on channel: any Channel, done: @escaping (Answer?) -> Void) {
    (answer, rows, rowCount, hasFailed, self.done) = ([], [], 0, false, done)
    var body = ByteBuffer()
    body.writeNullTerminatedString(query)
    channel.writeAndFlush(ClientAnswer.message(UInt8(ascii: "Q"), body), promise: nil)
    channel.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    inbox.writeImmutableBuffer(unwrapInboundIn(data))
    while let type = inbox.getInteger(at: inbox.readerIndex, as: UInt8.self),
      let length = inbox.getInteger(at: inbox.readerIndex + 1, as: UInt32.self)
    {
      guard (4...Self.messageLimit).contains(Int(length)) else { return context.close(promise: nil) }
      guard inbox.readableBytes > Int(length), var body = inbox.readSlice(length: Int(length) + 1) else { break }
      body.moveReaderIndex(forwardBy: 5)
      take(type, &body)
    }
    if inbox.readableBytes == 0 { inbox = ByteBuffer() }
  }

  func channelReadComplete(context: ChannelHandlerContext) { context.read() }

  private func take(_ type: UInt8, _ body: inout ByteBuffer) {
    switch type {
    case UInt8(ascii: "D"):
      rowCount += 1
      guard rowCount <= Self.rowLimit, let row = Self.row(&body) else { return hasFailed = true }
      rows.append(row)
    case UInt8(ascii: "C"):
      answer.append(rows)
      rows = []
    case UInt8(ascii: "E"): hasFailed = true
    case UInt8(ascii: "Z"): finish(hasFailed ? nil : answer)
    default: break
    }
  }

  private static func row(_ body: inout ByteBuffer) -> [String?]? {
    guard let count = body.readInteger(as: UInt16.self) else { return nil }
    var row: [String?] = []
    for _ in 0..<count {
      guard let length = body.readInteger(as: Int32.self) else { return nil }
      if length < 0 {
        row.append(nil)
      } else {
        guard let text = body.readString(length: Int(length)) else { return nil }
        row.append(text)
      }
    }
    return row
  }

  private func finish(_ answer: Answer?) {
    guard let done else { return }
    self.done = nil
    done(answer)
  }

  func channelInactive(context: ChannelHandlerContext) { finish(nil) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    finish(nil)
    context.close(promise: nil)
  }
}
