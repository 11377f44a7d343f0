import Model
import NIOCore
import NIOEmbedded
import Policy

@testable import Gateway

/// The first byte says what it is fed to: a relay (RelayRehearsal), the gateway's end of a client's connection before it is let
/// in, or its end of a connection to a target. For the last two each piece is two bytes of length and the bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGateway(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard let kind = bytes.first else { return 0 }
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
  return 0
}

private func feed(_ input: [UInt8], to channel: EmbeddedChannel) {
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

/// Nobody is let in, for nobody knows the secret.
private func client(_ input: [UInt8], _ way: GatewayConfiguration.Authentication) {
  let tape = RelayRehearsal.Tape()
  let core = RelayRehearsal.core(tape)
  guard core.mayConnect(),
    let listener = try? PostgresListener(
      GatewayConfiguration.Listener(
        name: "l", address: SocketPlace(host: "127.0.0.1", port: 1), authentication: way, target: server))
  else { return }
  let channel = EmbeddedChannel(handler: ClientSide(core: core, listener: listener))
  try? channel.connect(to: SocketAddress(unixDomainSocketPath: "/s")).wait()
  feed(input, to: channel)
  while let buffer = try? channel.readOutbound(as: ByteBuffer.self) {
    let bytes = Array(buffer.readableBytesView)
    precondition(bytes != [0x52, 0, 0, 0, 8, 0, 0, 0, 0], "somebody was let in")
  }
  precondition(core.sessionCount == 0, "somebody was let in")
  _ = try? channel.finish(acceptAlreadyClosed: true)
  precondition(core.connectionCount == 0, "a connection is still counted")
}

private let server = TargetServer(
  name: "t", place: SocketPlace(host: "127.0.0.1", port: 1), encryption: .none, user: "u",
  password: Secret(value: "p"), databases: ["d"])

private func target(_ input: [UInt8]) {
  var answers = 0
  let side = TargetSide(server, tls: nil, parameters: [("user", "u")]) { _ in answers += 1 }
  let channel = EmbeddedChannel(handler: side)
  try? channel.connect(to: SocketAddress(unixDomainSocketPath: "/s")).wait()
  feed(input, to: channel)
  _ = try? channel.finish(acceptAlreadyClosed: true)
  precondition(answers == 1, "whoever waits for the target was told \(answers) times")
}
