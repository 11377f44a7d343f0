import Bytes
import Evidence
import Model
import NIOCore
import NIOEmbedded
import Parsers
import Policy
import Synchronization

@testable import Gateway

/// A relay between a client and a server that are bytes in memory, under a policy that lets reads pass and nothing else. What comes is
/// a list of pieces: a byte with the sender (1), two bytes of length, the bytes.
final class WebRehearsal {
  static let secret = "exg_rehearsal-secret"
  private static let time = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  let tape = RelayRehearsal.Tape()
  /// By connection.
  private(set) var toTargets: [[UInt8]] = []
  var toTarget: [UInt8] { toTargets.flatMap { $0 } }
  private(set) var toClient: [UInt8] = []
  private let core: GatewayCore
  private let client: EmbeddedChannel
  private let relay: HTTPRelay
  private var targets: [EmbeddedChannel] = []

  /// `isHTTP2`: the client speaks it, from the first byte on.
  init(isHTTP2: Bool = false) {
    let place = SocketPlace(host: "127.0.0.1", port: 1)
    guard let host = HTTPTarget.Host("127.0.0.1"), let key = try? NoteSigner(generating: "a/b"),
      let policy = try? PolicyDocument.parse(
        yaml: "version: 1\nrules: [{ id: reads, when: { effect: [read, session] }, then: allow }]\ndefault: deny\n",
        name: "policy.yaml")
    else { fatalError("no configuration") }
    let target = HTTPTarget(name: "t", isSecure: false, host: host, port: 1, encryption: .none)
    var rules = HTTPRules(way: .reverse(target))
    rules.http2 = isHTTP2
    let listener = GatewayConfiguration.Listener(
      name: "l", address: place, tls: nil, authentication: .password, service: .http(rules))
    var token = Token(name: "agent", human: "alice")
    token.digest = SHA256.digest(of: Self.secret)
    let configuration = GatewayConfiguration(
      file: "gateway.yaml", policyFile: "policy.yaml", policy: policy, stateFolder: "/nonexistent",
      recording: GatewayConfiguration.Recording(directory: "/nonexistent", key: key), listeners: [listener],
      tokens: ["agent": token])
    core = GatewayCore(
      configuration, recording: tape, approvals: nil, log: GatewayLog(clock: { Self.time }) { _ in },
      hasher: SecretHasher(key: [1]), now: { Self.time })
    client = EmbeddedChannel()
    guard core.mayNotConnect() == nil, let made = try? HTTPListener(listener, rules) else { fatalError("no listener") }
    relay = HTTPRelay(core: core, listener: made, channel: client)
    relay.lines.dial = { [weak self] place, _, finish in
      guard let self else { return }
      let channel = EmbeddedChannel()
      self.targets.append(channel)
      self.toTargets.append([])
      let side = HTTPTargetSide(place, isSecure: false, seconds: 30, HTTPHeadLimits(), finish)
      try? channel.pipeline.syncOperations.addHandler(side)
      channel.pipeline.fireChannelActive()
    }
    // Streams are there as soon as their connection is.
    if isHTTP2 { _ = try? client.connect(to: SocketAddress(unixDomainSocketPath: "/nowhere")).wait() }
    try? client.pipeline.syncOperations.addHandler(HTTPClientSide(relay))
    client.pipeline.fireChannelActive()
  }

  /// What a fuzzer or a test gives; stops the process where something does not hold.
  static func run(_ input: [UInt8], isHTTP2: Bool) {
    let whole = WebRehearsal(isHTTP2: isHTTP2)
    whole.feed(input)
    for size in [1, 5] {
      let single = WebRehearsal(isHTTP2: isHTTP2)
      // What a target says unasked counts or does not, as it comes with its answer or behind it.
      single.feed(input, stride: size, cutsTarget: false)
      // A stream that is taken back may have been judged before that, or not.
      hold(isHTTP2 || single.toTargets == whole.toTargets, "cut otherwise something else goes on")
      single.finish(isDamaged: true)
    }
    whole.finish(isDamaged: true)
  }

  // `stride` cuts the pieces smaller.
  func feed(_ input: [UInt8], stride size: Int = .max, cutsTarget: Bool = true) {
    var reader = ByteReader(input.span)
    while let mark = try? reader.readUInt8(), let length = try? reader.readUInt16() {
      let bytes = (try? reader.read(min(Int(length), input.count - reader.offset)).array) ?? []
      let step = min(cutsTarget || mark & 1 == 0 ? size : .max, max(1, bytes.count))
      for start in stride(from: 0, to: bytes.count, by: step) {
        give(Array(bytes[start..<min(bytes.count, start + step)]), fromTarget: mark & 1 != 0)
      }
    }
  }

  private func give(_ bytes: [UInt8], fromTarget: Bool) {
    guard !bytes.isEmpty else { return }
    let channel = fromTarget ? targets.last : client
    guard let channel, channel.isActive || !fromTarget else { return }
    channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes))
    channel.pipeline.fireChannelReadComplete()
    run()
  }

  private func run() {
    for _ in 0..<4 {
      client.embeddedEventLoop.run()
      for target in targets { target.embeddedEventLoop.run() }
      while let buffer = try? client.readOutbound(as: ByteBuffer.self) { toClient += Array(buffer.readableBytesView) }
      for (place, target) in targets.enumerated() {
        while let buffer = try? target.readOutbound(as: ByteBuffer.self) {
          toTargets[place] += buffer.readableBytesView
        }
      }
    }
  }

  /// Closes, and stops the process where something does not hold.
  ///
  /// `isDamaged`: a field may have another name, and what was the token in it is nothing that anybody knows as such.
  func finish(isDamaged: Bool = false) {
    client.pipeline.fireChannelInactive()
    run()
    hold(core.connectionCount == 0 && core.sessionCount == 0, "a connection is still counted")
    let (sent, said) = tape.state.withLock { ($0.client, $0.server) }
    let secret = Array(Self.secret.utf8)
    hold(isDamaged || sent.firstRange(of: secret) == nil, "the token is recorded")
    hold(isDamaged || toTarget.firstRange(of: secret) == nil, "the token got to the target")
    // Behind an upgrade there are no requests.
    guard said.firstRange(of: Array("HTTP/1.1 101 ".utf8)) == nil else { return }
    let got = toTargets.map { (Self.methods($0, isClosed: false), "what the target got") }
    for (methods, what) in got + [(Self.methods(sent, isClosed: true), "what is recorded")] {
      guard let methods else {
        fatalError("\(what) can be read in two ways: \(String(decoding: sent, as: UTF8.self))")
      }
      if what == "what the target got" {
        hold(
          methods.allSatisfy { ["GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "SEARCH", "QUERY"].contains($0) },
          "\(methods)")
      }
    }
  }

  /// What a client may do and be recorded with is not among them: to take streams back, or to say GOAWAY.
  private static let broken: Set<String> = [
    "http2-malformed", "http2-frame", "http2-frame-size", "http2-compression", "http2-boundary-lost",
    "http2-header-table-lost", "http2-closed-stream",
  ]

  /// What the target was asked, however its content was framed.
  var asked: [String] {
    toTargets.flatMap { Self.asked($0) }
  }

  private static func asked(_ bytes: [UInt8]) -> [String] {
    var parser = HTTPParser(
      options: ParserOptions(bodyLimit: 1 << 20, secrets: SecretHasher(key: [1]), flow: FlowID(0)))
    var events: [ParserEvent] = []
    let position = StreamPosition(time: Self.time, origin: .unknown)
    parser.receive(bytes.span, from: .fromClient, at: position, into: &events)
    parser.finish(at: position, into: &events)
    return events.compactMap { event in
      guard case .exchange(let exchange) = event, case .call(let call) = exchange.shape else { return nil }
      let fields = (call.head.requestFields + call.head.requestTrailers).map { "\($0.name): \($0.value)" }
      return "\(call.head.method) \(call.head.target) \(fields) \(call.requestBody?.content.digest.hex ?? "")"
    }
  }

  /// The requests as the parser of captures reads them; nil where it finds something that two readers read differently.
  private static func methods(_ bytes: [UInt8], isClosed: Bool) -> [String]? {
    var parser = HTTPParser(options: ParserOptions(secrets: SecretHasher(key: [1]), flow: FlowID(0)))
    var events: [ParserEvent] = []
    let position = StreamPosition(time: Self.time, origin: .unknown)
    parser.receive(bytes.span, from: .fromClient, at: position, into: &events)
    parser.finish(at: position, into: &events)
    var methods: [String] = []
    for event in events {
      if case .anomaly(let anomaly) = event,
        anomaly.code.name.hasPrefix("http-smuggling") || Self.broken.contains(anomaly.code.name)
      {
        print(anomaly.code.name, anomaly.detail)
        return nil
      }
      if case .exchange(let exchange) = event, case .call(let call) = exchange.shape {
        methods.append(call.head.method)
      }
    }
    return methods
  }
}
