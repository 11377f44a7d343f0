import Bytes
import NIOCore
import NIOEmbedded
import NIOHTTP2

@testable import Gateway

/// One end of a relay's connection, given any bytes. What gets to a socket is what the frames of a stream carry, as far as they go, and
/// however they are cut; and nothing that may not be reached is reached.
enum HostileRelayWire {
  /// Streams that the gateway has open.
  private static let streamCount = 3

  /// What came of it.
  private struct Outcome {
    /// What each socket got.
    var got: [[UInt8]] = []
    /// What the gateway was told of each of its requests.
    var told: [[String]] = []
    var isAlive = true
  }

  /// What a relay makes of what comes in the place of a gateway's frames. Stops the process where something does not hold.
  static func relay(_ input: [UInt8]) {
    var opening = CanonicalFrames.clientOpening
    let bytes = (opening.readBytes(length: opening.readableBytes) ?? []) + input
    let carried = contents(Array(bytes.dropFirst(24)))
    check([.max, 1, 17].map { relayed(bytes, stride: $0) }, carried)
  }

  private static func relayed(_ bytes: [UInt8], stride size: Int) -> Outcome {
    let loop = EmbeddedEventLoop()
    final class Opened { var sockets: [SocketStandIn] = [] }
    let opened = Opened()
    let (channel, targets) = RelayWireEnds(loop: loop).relay { socket in
      socket.say(10)
      opened.sockets.append(socket)
    }
    var outcome = Outcome()
    give(bytes, to: channel, stride: size) { opened.sockets }
    outcome.isAlive = channel.isActive
    outcome.got = opened.sockets.map(\.got)
    hold(targets.connectionCount <= RelayWireEnds.limit, "there are more connections than there may be")
    end(channel, opened.sockets)
    hold(targets.connectionCount == 0, "a connection is still counted")
    return outcome
  }

  /// What a gateway makes of what comes in the place of a relay's frames.
  static func gateway(_ input: [UInt8]) {
    let bytes = [0, 0, 0, 4, 0, 0, 0, 0, 0] + input
    check([.max, 1, 17].map { asked(bytes, stride: $0) }, contents(bytes))
  }

  private static func asked(_ bytes: [UInt8], stride size: Int) -> Outcome {
    let loop = EmbeddedEventLoop()
    let ends = RelayWireEnds(loop: loop)
    let (channel, streams) = ends.gateway()
    final class Told { var all = [[String]](repeating: [], count: HostileRelayWire.streamCount) }
    let told = Told()
    let sockets = (0..<streamCount).map { number in
      ends.ask(RelayWireEnds.reached, streams, mark: number) { error in
        told.all[number].append(error?.description ?? "there")
      }
    }
    for socket in sockets { socket.say(10) }
    loop.run()
    var outcome = Outcome()
    give(bytes, to: channel, stride: size) { sockets }
    outcome.isAlive = channel.isActive
    (outcome.got, outcome.told) = (sockets.map(\.got), told.all)
    for (got, told) in zip(outcome.got, outcome.told) {
      hold(told == ["there"] || got.isEmpty, "something came of a connection that is not there")
    }
    end(channel, sockets)
    for told in told.all { hold(told.count == 1, "a request is told \(told.count) times how it ended") }
    return outcome
  }

  // MARK: What must hold

  private static func check(_ outcomes: [Outcome], _ carried: [UInt32: [UInt8]]) {
    for outcome in outcomes {
      for got in outcome.got {
        hold(
          got.isEmpty || carried.values.contains { $0.starts(with: got) }, "something else came than was said")
      }
    }
    guard let whole = outcomes.first, whole.isAlive, outcomes.allSatisfy(\.isAlive) else { return }
    for outcome in outcomes.dropFirst() {
      hold(outcome.told == whole.told, "cut otherwise other requests succeed")
    }
  }

  private static func give(
    _ bytes: [UInt8], to channel: EmbeddedChannel, stride size: Int, _ sockets: () -> [SocketStandIn]
  ) {
    let step = min(size, max(1, bytes.count))
    for start in stride(from: 0, to: bytes.count, by: step) where channel.isActive {
      RelayWireEnds.give(Array(bytes[start..<min(bytes.count, start + step)]), to: channel, stride: step)
      for socket in sockets() { _ = socket.step() }
      _ = RelayWireEnds.taken(channel)
    }
    channel.embeddedEventLoop.run()
    for socket in sockets() { while socket.step() {} }
  }

  private static func end(_ channel: EmbeddedChannel, _ sockets: [SocketStandIn]) {
    channel.close(promise: nil)
    channel.embeddedEventLoop.run()
    for socket in sockets { _ = socket.step() }
    channel.embeddedEventLoop.advanceTime(by: .seconds(RelayWire.lingerSeconds + RelayWire.openSeconds))
    for socket in sockets { hold(!socket.channel.isActive, "a socket is left behind") }
  }

  /// The content of each stream by its frames alone (RFC 9113 §6.1), as far as they are whole.
  private static func contents(_ bytes: [UInt8]) -> [UInt32: [UInt8]] {
    var contents: [UInt32: [UInt8]] = [:]
    var index = 0
    while index + 9 <= bytes.count {
      let length = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
      let (type, flags) = (bytes[index + 3], bytes[index + 4])
      let id = bytes[(index + 5)..<(index + 9)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
      let end = min(bytes.count, index + 9 + length)
      var payload = bytes[(index + 9)..<end]
      if type == 0 {
        if flags & 8 != 0, let padding = payload.first {
          payload = payload.dropFirst().prefix(max(0, length - 1 - Int(padding)))
        }
        contents[id, default: []] += payload
      }
      index += 9 + length
    }
    return contents
  }
}
