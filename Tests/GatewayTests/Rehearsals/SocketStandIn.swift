import NIOCore
import NIOEmbedded

@testable import Gateway

/// In the place of a socket at the end of a tunnel: says what it is given when it is asked for more, and takes what it is told, or does not.
final class SocketStandIn {
  /// What the channel does not do by itself.
  private final class Ends: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var isWanted = false
    var isOutputClosed = false

    func read(context: ChannelHandlerContext) { isWanted = true }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      guard mode == .output else { return context.close(mode: mode, promise: promise) }
      isOutputClosed = true
      promise?.succeed()
    }
  }

  /// Bytes of one reading, as sockets give them.
  static let readingLimit = 16 << 10

  let channel: EmbeddedChannel
  private let ends = Ends()
  private var unsaid = 0
  private var wantsSilence = false
  private(set) var isSilent = false
  /// It ended in another way than by saying all.
  private(set) var isCut = false
  private(set) var isSlow = false
  private(set) var saidCount = 0
  private(set) var gotCount = 0
  /// What it got, where nobody knows what that should be.
  private(set) var got: [UInt8] = []
  /// Whose words it gets.
  var peer: SocketStandIn?
  private let mark: Int

  /// What all say, from a place of its own each.
  private static let words = (0..<(readingLimit + 256)).map { UInt8(truncatingIfNeeded: $0 &* 31) }

  private func words(from index: Int, _ count: Int) -> ArraySlice<UInt8> {
    let start = (mark + index) % 256
    return Self.words[start..<(start + count)]
  }

  /// `mark` makes what it says its own.
  init(_ side: TunnelSocketSide, on loop: EmbeddedEventLoop, mark: Int) {
    self.mark = mark
    channel = EmbeddedChannel(loop: loop)
    try? channel.pipeline.syncOperations.addHandlers([ends, side])
    channel.connect(to: Self.nowhere, promise: nil)
  }

  static var nowhere: SocketAddress {
    guard let address = try? SocketAddress(unixDomainSocketPath: "/nowhere") else { fatalError("no address") }
    return address
  }

  /// The other end closed it for what it says.
  var isToldTheEnd: Bool { ends.isOutputClosed || !channel.isActive }

  func say(_ count: Int) { if !wantsSilence { unsaid += count } }
  func beSilent() { wantsSilence = true }

  func beSlow(_ isSlow: Bool) {
    guard self.isSlow != isSlow, channel.isActive else { return }
    self.isSlow = isSlow
    channel.isWritable = !isSlow
    channel.pipeline.fireChannelWritabilityChanged()
  }

  func cut(failing: Bool) {
    guard channel.isActive else { return }
    isCut = true
    if failing { channel.pipeline.fireErrorCaught(ChannelError.inputClosed) }
    channel.close(promise: nil)
  }

  /// True when something happened.
  func step() -> Bool {
    var isBusy = false
    while !isSlow, let buffer = try? channel.readOutbound(as: ByteBuffer.self) {
      take(Array(buffer.readableBytesView)[...])
      isBusy = isBusy || buffer.readableBytes > 0
    }
    guard channel.isActive, ends.isWanted, unsaid > 0 || wantsSilence && !isSilent else { return isBusy }
    ends.isWanted = false
    if unsaid > 0 {
      let count = min(unsaid, Self.readingLimit)
      unsaid -= count
      let piece = words(from: saidCount, count)
      saidCount += count
      channel.pipeline.fireChannelRead(ByteBuffer(bytes: piece))
    } else {
      isSilent = true
      channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }
    channel.pipeline.fireChannelReadComplete()
    return true
  }

  private func take(_ bytes: ArraySlice<UInt8>) {
    guard let peer else {
      got += bytes
      return
    }
    var rest = bytes
    while !rest.isEmpty {
      let piece = rest.prefix(Self.readingLimit)
      hold(piece == peer.words(from: gotCount, piece.count), "something else came than was said")
      gotCount += piece.count
      rest = rest.dropFirst(piece.count)
    }
    hold(gotCount <= peer.saidCount, "more came than was said")
  }

  /// It has said all that it was given, and that it says nothing more.
  var hasSaidAll: Bool { unsaid == 0 && isSilent == wantsSilence }
}
