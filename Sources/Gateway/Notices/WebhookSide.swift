import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One POST of JSON, and its answer's status.
final class WebhookSide: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  enum Outcome: Sendable {
    case done
    /// Lasting: to try again would not help.
    case failed(String, isLasting: Bool)
  }

  private let message: [UInt8]
  private let webhook: NoticeRules.Webhook
  private var finish: (@Sendable (Outcome) -> Void)?

  private init(_ message: [UInt8], _ webhook: NoticeRules.Webhook, _ finish: @escaping @Sendable (Outcome) -> Void) {
    (self.message, self.webhook, self.finish) = (message, webhook, finish)
  }

  /// Calls back once, on the event loop.
  static func post(
    _ message: [UInt8], to webhook: NoticeRules.Webhook, tls: NIOSSLContext?, on loop: any EventLoop,
    within limit: TimeAmount, _ finish: @escaping @Sendable (Outcome) -> Void
  ) {
    ClientBootstrap(group: loop)
      .connectTimeout(limit)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls {
            // An address is no name that TLS could send; the certificate is held against it all the same.
            let isAddress =
              webhook.host.contains(":") || webhook.host.split(separator: ".").allSatisfy { UInt8($0) != nil }
            try pipeline.addHandler(
              try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : webhook.host))
          }
          try pipeline.addHTTPClientHandlers()
          try pipeline.addHandler(WebhookSide(message, webhook, finish))
        }
      }
      .connect(host: webhook.host, port: webhook.port)
      .whenComplete { result in
        switch result {
        case .failure(let error): finish(.failed("\(webhook.host): \(error)", isLasting: false))
        case .success(let channel): channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        }
      }
  }

  func channelActive(context: ChannelHandlerContext) {
    var headers = HTTPHeaders()
    let isUsual = webhook.port == (webhook.isEncrypted ? 443 : 80)
    let host = webhook.host.contains(":") ? "[\(webhook.host)]" : webhook.host
    headers.add(name: "Host", value: isUsual ? host : "\(host):\(webhook.port)")
    headers.add(name: "Content-Type", value: "application/json")
    headers.add(name: "Content-Length", value: String(message.count))
    headers.add(name: "User-Agent", value: "exhibit-gateway")
    headers.add(name: "Connection", value: "close")
    let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: webhook.target, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: message)))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // Of the answer only the status is of interest.
    guard case .head(let head) = unwrapInboundIn(data) else { return }
    let code = head.status.code
    let isLasting = code < 500 && code != 429 && code != 408
    end((200..<300).contains(code) ? .done : .failed("\(webhook.host) answered \(code)", isLasting: isLasting), context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(.failed("\(webhook.host) did not answer", isLasting: false), context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(.failed("\(webhook.host): \(error)", isLasting: false), context)
  }

  private func end(_ outcome: Outcome, _ context: ChannelHandlerContext) {
    guard let finish else { return }
    self.finish = nil
    finish(outcome)
    context.close(promise: nil)
  }
}
