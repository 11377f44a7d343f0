import Bytes
import NIOCore

/// A connection to a target on which one EXPLAIN runs, and nothing else.
final class EstimateSide: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Stage {
    /// Until the transaction is read-only and has its limits.
    case beginning
    case explaining
  }

  /// Bytes of a message.
  private static let messageLimit = 4 << 20
  private static let begin =
    "BEGIN READ ONLY; SET LOCAL statement_timeout = 2000; SET LOCAL lock_timeout = 500"

  private let text: String
  private let parameters: [String?]
  private var done: (@Sendable (RowEstimate) -> Void)?
  private var stage = Stage.beginning
  private var inbox = ByteBuffer()
  private var plan: [UInt8] = []
  private var problem: String?
  private var deadline: Scheduled<Void>?

  init(_ text: String, _ parameters: [String?], _ done: @escaping @Sendable (RowEstimate) -> Void) {
    (self.text, self.parameters, self.done) = (text, parameters, done)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: RowEstimator.patience) {
      let (side, context) = bound.value
      side.finish(RowEstimate(.unknown("the target took too long")), context)
    }
    var body = ByteBuffer()
    body.writeNullTerminatedString(Self.begin)
    context.writeAndFlush(wrapOutboundOut(ClientAnswer.message(UInt8(ascii: "Q"), body)), promise: nil)
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    inbox.writeImmutableBuffer(unwrapInboundIn(data))
    while done != nil, let length = inbox.getInteger(at: inbox.readerIndex + 1, as: UInt32.self) {
      guard (4...Self.messageLimit).contains(Int(length)) else {
        return finish(RowEstimate(.unknown("the target does not speak PostgreSQL's protocol")), context)
      }
      guard inbox.readableBytes > Int(length), var message = inbox.readSlice(length: Int(length) + 1) else { return }
      let type = message.readInteger(as: UInt8.self) ?? 0
      message.moveReaderIndex(forwardBy: 4)
      take(type, &message, context)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) { if done != nil { context.read() } }

  func channelInactive(context: ChannelHandlerContext) {
    finish(RowEstimate(.unknown("the target closed the connection")), context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    finish(RowEstimate(.unknown("\(error)")), context)
  }

  private func take(_ type: UInt8, _ body: inout ByteBuffer, _ context: ChannelHandlerContext) {
    switch type {
    case UInt8(ascii: "E"):
      var message: String?
      while let field = body.readInteger(as: UInt8.self), field != 0, let value = body.readNullTerminatedString() {
        if field == UInt8(ascii: "M") { message = value }
      }
      problem = problem ?? message ?? "the target refused it"
    case UInt8(ascii: "D"):
      guard plan.isEmpty, body.readInteger(as: UInt16.self) == 1, let count = body.readInteger(as: Int32.self) else {
        return
      }
      plan = body.readBytes(length: Int(max(0, count))) ?? []
    case UInt8(ascii: "Z"): ready(body.readInteger(as: UInt8.self), context)
    default: break
    }
  }

  private func ready(_ state: UInt8?, _ context: ChannelHandlerContext) {
    if let problem { return finish(RowEstimate(.unknown(problem)), context) }
    switch stage {
    case .beginning:
      // Outside of a transaction nothing is promised.
      guard state == UInt8(ascii: "T") else {
        return finish(RowEstimate(.unknown("the target did not begin a transaction")), context)
      }
      stage = .explaining
      context.writeAndFlush(wrapOutboundOut(explanation), promise: nil)
    case .explaining: finish(RowEstimate(plan: plan), context)
    }
  }

  /// Parse, Bind, Execute, Sync: one statement, whatever the text says.
  private var explanation: ByteBuffer {
    var parse = ByteBuffer()
    parse.writeNullTerminatedString("")
    parse.writeNullTerminatedString("EXPLAIN (FORMAT JSON) \(text)")
    parse.writeInteger(UInt16(0))
    var bind = ByteBuffer()
    bind.writeNullTerminatedString("")
    bind.writeNullTerminatedString("")
    bind.writeInteger(UInt16(0))
    bind.writeInteger(UInt16(clamping: parameters.count))
    for value in parameters {
      guard let value else {
        bind.writeInteger(Int32(-1))
        continue
      }
      bind.writeInteger(Int32(clamping: value.utf8.count))
      bind.writeString(value)
    }
    bind.writeInteger(UInt16(0))
    var execute = ByteBuffer()
    execute.writeNullTerminatedString("")
    execute.writeInteger(UInt32(0))
    var all = ClientAnswer.message(UInt8(ascii: "P"), parse)
    all.writeImmutableBuffer(ClientAnswer.message(UInt8(ascii: "B"), bind))
    all.writeImmutableBuffer(ClientAnswer.message(UInt8(ascii: "E"), execute))
    all.writeImmutableBuffer(ClientAnswer.message(UInt8(ascii: "S"), ByteBuffer()))
    return all
  }

  private func finish(_ estimate: RowEstimate, _ context: ChannelHandlerContext) {
    guard let done else { return }
    self.done = nil
    deadline?.cancel()
    done(estimate)
    context.writeAndFlush(wrapOutboundOut(TargetRequest.terminate), promise: nil)
    context.close(promise: nil)
  }
}
