import NIOCore
import NIOEmbedded
import NIOHTTP2

@testable import Gateway

/// A gateway and its relay on one connection that is bytes in memory, with what clients and targets do at both ends of it. What they do is
/// a list of pieces of three bytes: what, to which of the connections, how much. What one end of a connection says the other gets whole and
/// in order, what is under way is bounded, and in the end nothing is left.
final class RelayWireRehearsal {
  private struct Pair {
    let near: SocketStandIn
    let far: SocketStandIn
  }

  /// Pieces of one story.
  private static let stepLimit = 100
  /// Under way in one direction of one connection: the window, what waits for it, and what is read while either is full.
  private static let wayLimit = RelayWire.streamWindow + RelayWire.waiting + 4 * SocketStandIn.readingLimit

  private let loop = EmbeddedEventLoop()
  private let gateway: EmbeddedChannel
  private let streams: NIOHTTP2Handler.StreamMultiplexer
  private let relay: EmbeddedChannel
  private let targets: RelayTargets
  private let size: Int
  private var pairs: [Pair] = []
  private final class Opened { var sockets: [SocketStandIn] = [] }
  private let opened = Opened()

  /// `stride`: bytes of the connection that are given at a time.
  init(stride size: Int) {
    self.size = size
    let ends = RelayWireEnds(loop: loop)
    let opened = opened
    (gateway, streams) = ends.gateway()
    (relay, targets) = ends.relay { opened.sockets.append($0) }
    pump()
  }

  /// Stops the process where something does not hold.
  static func run(_ input: [UInt8]) {
    for size in [Int.max, 4_000, 251] {
      let rehearsal = RelayWireRehearsal(stride: size)
      for start in stride(from: 0, to: min(input.count, 3 * stepLimit) - 2, by: 3) {
        rehearsal.take(input[start], Int(input[start + 1]), Int(input[start + 2]))
      }
      rehearsal.finish()
    }
  }

  private func take(_ what: UInt8, _ index: Int, _ amount: Int) {
    if what % 10 == 0 {
      open([RelayWireEnds.reached, RelayWireEnds.reached, RelayWireEnds.down, RelayWireEnds.unlisted][amount % 4])
    } else if !pairs.isEmpty {
      let pair = pairs[index % pairs.count]
      switch what % 10 {
      case 1: pair.near.say(amount * 300)
      case 2: pair.far.say(amount * 300)
      case 3: pair.near.beSilent()
      case 4: pair.far.beSilent()
      case 5: pair.near.cut(failing: amount % 2 == 0)
      case 6: pair.far.cut(failing: amount % 2 == 0)
      case 7: pair.near.beSlow(amount % 2 == 0)
      case 8: pair.far.beSlow(amount % 2 == 0)
      default: loop.advanceTime(by: .seconds(RelayWire.lingerSeconds))
      }
    }
    pump()
    for pair in pairs {
      for (one, other) in [(pair.near, pair.far), (pair.far, pair.near)] {
        // What comes for one that is gone is nobody's.
        hold(
          !other.channel.isActive || one.saidCount - other.gotCount <= Self.wayLimit,
          "more is under way than there may be")
      }
    }
  }

  private func open(_ place: SocketPlace) {
    let isFull = targets.connectionCount == RelayWireEnds.limit
    let before = opened.sockets.count
    var told: [String] = []
    let near = RelayWireEnds(loop: loop).ask(
      place, streams, mark: pairs.count * 2 + 1
    ) { told.append($0?.description ?? "there") }
    pump()
    let expected =
      switch place {
      case RelayWireEnds.unlisted: "the relay r does not lead to \(place)"
      case _ where isFull: "the relay r takes no more connections"
      case RelayWireEnds.down: "the relay r cannot reach \(place)"
      default: "there"
      }
    hold(told == [expected], "\(told) instead of \(expected)")
    let far = opened.sockets.count > before ? opened.sockets.last : nil
    hold((far != nil) == (expected == "there"), "a target is reached that may not be, or the other way round")
    guard let far else { return }
    (near.peer, far.peer) = (far, near)
    pairs.append(Pair(near: near, far: far))
  }

  /// Until nothing happens any more.
  private func pump() {
    var isBusy = true
    while isBusy {
      loop.run()
      let (there, here) = (RelayWireEnds.taken(gateway), RelayWireEnds.taken(relay))
      RelayWireEnds.give(there, to: relay, stride: size)
      RelayWireEnds.give(here, to: gateway, stride: size)
      isBusy = !there.isEmpty || !here.isEmpty
      for pair in pairs {
        for socket in [pair.near, pair.far] { if socket.step() { isBusy = true } }
      }
    }
  }

  private func finish() {
    hold(gateway.isActive && relay.isActive, "the connection ended")
    for pair in pairs {
      pair.near.beSlow(false)
      pair.far.beSlow(false)
    }
    pump()
    for pair in pairs {
      guard !pair.near.isCut, !pair.far.isCut else { continue }
      for (one, other) in [(pair.near, pair.far), (pair.far, pair.near)] where one.hasSaidAll {
        hold(other.gotCount == one.saidCount, "\(one.saidCount) bytes were said, and \(other.gotCount) came")
        hold(!one.isSilent || other.isToldTheEnd, "an end is not told")
      }
    }
    for pair in pairs {
      pair.near.cut(failing: false)
      pair.far.cut(failing: false)
    }
    pump()
    loop.advanceTime(by: .seconds(RelayWire.lingerSeconds + RelayWire.openSeconds))
    pump()
    for pair in pairs { (pair.near.peer, pair.far.peer) = (nil, nil) }
    hold(targets.connectionCount == 0, "a connection is still counted")
    hold(gateway.isActive && relay.isActive, "the connection ended")
    _ = try? gateway.finish(acceptAlreadyClosed: true)
    _ = try? relay.finish(acceptAlreadyClosed: true)
  }
}
