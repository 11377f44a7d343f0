import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One request on a connection of its own, and its answer.
final class WebRequestSide: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  enum Outcome: Sendable {
    /// `body` is empty where nobody wants it.
    case answered(status: Int, body: [UInt8])
    /// Why there is no answer.
    case failed(String)
  }

  /// What is asked or told.
  struct Request: Sendable {
    var address: WebAddress
    /// JSON, to be posted; nil asks.
    var message: [UInt8]?
    /// Bytes of the answer's content; 0 means that nobody wants it.
    var answerLimit = 0
  }

  private let request: Request
  private var finish: (@Sendable (Outcome) -> Void)?
  private var status = 0
  private var body: [UInt8] = []

  private init(_ request: Request, _ finish: @escaping @Sendable (Outcome) -> Void) {
    (self.request, self.finish) = (request, finish)
  }

  /// Calls back once, on the event loop.
  static func send(
    _ request: Request, tls: NIOSSLContext?, on loop: any EventLoop, within limit: TimeAmount,
    _ finish: @escaping @Sendable (Outcome) -> Void
  ) {
    let address = request.address
    ClientBootstrap(group: loop)
      .connectTimeout(limit)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls {
            try pipeline.addHandler(try NIOSSLClientHandler(context: tls, serverHostname: address.serverName))
          }
          try pipeline.addHTTPClientHandlers()
          try pipeline.addHandler(WebRequestSide(request, finish))
        }
      }
      .connect(host: address.host, port: address.port)
      .whenComplete { result in
        switch result {
        case .failure(let error): finish(.failed("\(address.host): \(error)"))
        case .success(let channel): channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        }
      }
  }

  func channelActive(context: ChannelHandlerContext) {
    var headers = HTTPHeaders()
    headers.add(name: "Host", value: request.address.authority)
    if let message = request.message {
      headers.add(name: "Content-Type", value: "application/json")
      headers.add(name: "Content-Length", value: String(message.count))
    } else {
      headers.add(name: "Accept", value: "application/json")
    }
    headers.add(name: "User-Agent", value: "exhibit-gateway")
    headers.add(name: "Connection", value: "close")
    let head = HTTPRequestHead(
      version: .http1_1, method: request.message == nil ? .GET : .POST, uri: request.address.target, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if let message = request.message {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: message)))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      status = Int(clamping: head.status.code)
      if request.answerLimit == 0 { end(.answered(status: status, body: []), context) }
    case .body(let part):
      guard part.readableBytes <= request.answerLimit - body.count else {
        return end(.failed("\(request.address.host) answered more than \(request.answerLimit) bytes"), context)
      }
      body += part.readableBytesView
    case .end: end(.answered(status: status, body: body), context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(.failed("\(request.address.host) did not answer"), context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(.failed("\(request.address.host): \(error)"), context)
  }

  private func end(_ outcome: Outcome, _ context: ChannelHandlerContext) {
    guard let finish else { return }
    self.finish = nil
    finish(outcome)
    context.close(promise: nil)
  }
}
