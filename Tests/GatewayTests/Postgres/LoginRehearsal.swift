import NIOCore
import NIOEmbedded

@testable import Gateway

/// The gateway's end of a client's connection before it is let in, and its end of a connection to a target that does not, fed with
/// pieces: two bytes of length and the bytes.
enum LoginRehearsal {
  private static let server = TargetServer(
    name: "t", place: SocketPlace(host: "127.0.0.1", port: 1), encryption: .none, user: "u",
    password: Secret(value: "p"), databases: ["d"])

  /// Nobody is let in, for nobody knows the secret.
  static func client(_ input: [UInt8], _ way: GatewayConfiguration.Authentication) {
    let core = RelayRehearsal.core(RelayRehearsal.Tape())
    guard core.mayNotConnect() == nil,
      let listener = try? PostgresListener(
        GatewayConfiguration.Listener(
          name: "l", address: SocketPlace(host: "127.0.0.1", port: 1), authentication: way,
          service: .postgres(server, estimates: false)))
    else { preconditionFailure("no listener") }
    let channel = connected(ClientSide(core: core, listener: listener))
    feed(input, to: channel)
    while let buffer = try? channel.readOutbound(as: ByteBuffer.self) {
      precondition(Array(buffer.readableBytesView) != [0x52, 0, 0, 0, 8, 0, 0, 0, 0], "somebody was let in")
    }
    precondition(core.sessionCount == 0, "somebody was let in")
    _ = try? channel.finish(acceptAlreadyClosed: true)
    precondition(core.connectionCount == 0, "a connection is still counted")
  }

  /// Whoever waits for the target is told once.
  static func target(_ input: [UInt8]) {
    var answers = 0
    let channel = connected(
      TargetSide(server, tls: nil, parameters: [("user", "u")], seconds: 30) { _ in answers += 1 })
    feed(input, to: channel)
    _ = try? channel.finish(acceptAlreadyClosed: true)
    precondition(answers == 1, "whoever waits for the target was told \(answers) times")
  }

  private static func connected(_ handler: some ChannelHandler) -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    try? channel.pipeline.syncOperations.addHandler(handler)
    if let address = try? SocketAddress(unixDomainSocketPath: "/s") { channel.connect(to: address, promise: nil) }
    return channel
  }

  private static func feed(_ input: [UInt8], to channel: EmbeddedChannel) {
    var index = 0
    while index + 2 <= input.count, channel.isActive {
      let length = Int(input[index]) << 8 | Int(input[index + 1])
      index += 2
      let end = min(input.count, index + length)
      _ = try? channel.writeInbound(ByteBuffer(bytes: input[index..<end]))
      channel.embeddedEventLoop.run()
      index = end
    }
  }

  /// One input of the fuzzer: its first byte says what the rest is fed to.
  static func run(_ bytes: [UInt8]) {
    guard let kind = bytes.first else { return }
    let rest = Array(bytes.dropFirst())
    switch kind % 4 {
    case 0:
      let whole = RelayRehearsal()
      whole.feed(rest)
      let single = RelayRehearsal()
      single.feed(rest, stride: 1)
      if !whole.relay.isOver, !single.relay.isOver {
        precondition(whole.toTarget == single.toTarget, "split pieces reach the target otherwise")
        precondition(whole.toClient == single.toClient, "split pieces reach the client otherwise")
      }
    case 1: client(rest, .scram)
    case 2: client(rest, .password)
    default: target(rest)
    }
  }
}
