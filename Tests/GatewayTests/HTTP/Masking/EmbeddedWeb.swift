import Bytes
import Evidence
import Model
import NIOCore
import NIOEmbedded
import Policy

@testable import Gateway

/// A listener for HTTP without sockets: what a server answers is given to it in pieces, and what a client gets is read from it.
final class EmbeddedWeb {
  static let secret = "exg_embedded-secret"

  let recording = EmbeddedRelay.Recording()
  let log = RunningGateway.Lines()
  let relay: HTTPRelay
  private let client = EmbeddedChannel()
  private var target: EmbeddedChannel?

  init(policy: String, passesCompressed: Bool = false) throws {
    let place = SocketPlace(host: "127.0.0.1", port: 1)
    guard let host = HTTPTarget.Host("127.0.0.1") else { throw WebTarget.Failure(description: "no host") }
    var rules = HTTPRules(
      way: .reverse(HTTPTarget(name: "shop", isSecure: false, host: host, port: 1, encryption: .none)))
    rules.passesCompressed = passesCompressed
    let listener = GatewayConfiguration.Listener(
      name: "web", address: place, tls: nil, authentication: .password, service: .http(rules))
    var token = Token(name: "agent", human: "alice")
    token.digest = SHA256.digest(of: Self.secret)
    let configuration = GatewayConfiguration(
      file: "gateway.yaml", policyFile: "policy.yaml",
      policy: try PolicyDocument.parse(yaml: policy, name: "policy.yaml"), stateFolder: "/nonexistent",
      recording: GatewayConfiguration.Recording(directory: "/nonexistent", key: try NoteSigner(generating: "a/b")),
      listeners: [listener], tokens: ["agent": token])
    let lines = log
    let core = GatewayCore(
      configuration, recording: recording, approvals: nil,
      log: GatewayLog(clock: RunningGateway.now) { lines.add($0) }, hasher: SecretHasher(key: [1, 2, 3]),
      now: RunningGateway.now)
    guard core.mayNotConnect() == nil else { throw WebTarget.Failure(description: "no connection") }
    relay = HTTPRelay(core: core, listener: try HTTPListener(listener, rules), channel: client)
    relay.lines.dial = { [weak self] place, _, finish in
      guard let self else { return }
      let channel = EmbeddedChannel()
      self.target = channel
      try? channel.pipeline.syncOperations.addHandler(
        HTTPTargetSide(place, isSecure: false, seconds: 30, HTTPHeadLimits(), finish))
      channel.pipeline.fireChannelActive()
    }
    try client.pipeline.syncOperations.addHandler(HTTPClientSide(relay))
    client.pipeline.fireChannelActive()
  }

  deinit {
    client.pipeline.fireChannelInactive()
    _ = try? client.finish(acceptAlreadyClosed: true)
    _ = try? target?.finish(acceptAlreadyClosed: true)
  }

  /// Sends a request; gives what the target got.
  @discardableResult
  func ask(_ method: String = "GET", _ path: String = "/", _ fields: [String] = [], version: String = "1.1") -> String {
    let lines =
      ["\(method) \(path) HTTP/\(version)", "Host: shop", "Authorization: Bearer \(Self.secret)"] + fields + ["", ""]
    give(Array(lines.joined(separator: "\r\n").utf8), to: client)
    var out: [UInt8] = []
    while let buffer = try? target?.readOutbound(as: ByteBuffer.self) { out += Array(buffer.readableBytesView) }
    return String(decoding: out, as: UTF8.self)
  }

  /// The target's bytes, in pieces that end at `ends`.
  func answer(_ bytes: [UInt8], ends: [Int] = []) {
    guard let target else { return }
    var start = 0
    for end in ends + [bytes.count] where end > start {
      give(Array(bytes[start..<min(end, bytes.count)]), to: target)
      start = end
    }
  }

  /// The target closes its connection.
  func hangUp() {
    target?.pipeline.fireChannelInactive()
    run()
  }

  /// So many seconds go by.
  func wait(seconds: Int64) { client.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

  /// What the client got since this was asked last.
  func got() -> [UInt8] {
    var out: [UInt8] = []
    while let buffer = try? client.readOutbound(as: ByteBuffer.self) { out += Array(buffer.readableBytesView) }
    return out
  }

  private func give(_ bytes: [UInt8], to channel: EmbeddedChannel) {
    channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes))
    channel.pipeline.fireChannelReadComplete()
    run()
  }

  private func run() {
    for _ in 0..<3 {
      client.embeddedEventLoop.run()
      target?.embeddedEventLoop.run()
    }
  }

  // MARK: Answers

  /// The content of an answer in chunks; nil where it is not whole.
  static func unchunked(_ answer: [UInt8]) -> [UInt8]? {
    guard let end = MaskedBatch.place(of: Array("\r\n\r\n".utf8), in: answer) else { return nil }
    var out: [UInt8] = []
    var index = end
    while let line = MaskedBatch.place(of: Array("\r\n".utf8), in: answer, from: index) {
      guard let count = Int(String(decoding: answer[index..<(line - 2)], as: UTF8.self), radix: 16) else { return nil }
      if count == 0 { return out }
      guard line + count + 2 <= answer.count else { return nil }
      out += answer[line..<(line + count)]
      index = line + count + 2
    }
    return nil
  }

  static func answer(_ content: [UInt8], _ mediaType: String, chunks: [Int]? = nil) -> [UInt8] {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: \(mediaType)\r\n"
    guard let chunks else { return Array("\(head)Content-Length: \(content.count)\r\n\r\n".utf8) + content }
    var out = Array("\(head)Transfer-Encoding: chunked\r\n\r\n".utf8)
    var start = 0
    for end in chunks + [content.count] where end > start {
      out += Array("\(String(min(end, content.count) - start, radix: 16))\r\n".utf8)
      out += content[start..<min(end, content.count)] + [0x0D, 0x0A]
      start = end
    }
    return out + Array("0\r\n\r\n".utf8)
  }
}
