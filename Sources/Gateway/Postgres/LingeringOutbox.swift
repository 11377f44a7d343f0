import NIOCore

/// What goes to a client of PostgreSQL. One that is just sending when its session ends would find its connection reset, and throw
/// the last message away unread; so what it still sends is read for a moment, and dropped.
final class LingeringOutbox: Outbox {
  private static let patience = TimeAmount.seconds(1)

  override func close(behind last: ByteBuffer?) {
    let channel = channel
    channel.writeAndFlush(last ?? ByteBuffer()).assumeIsolated().whenComplete { _ in
      guard channel.isActive else { return }
      try? channel.syncOptions?.setOption(.autoRead, value: true)
      channel.close(mode: .output, promise: nil)
      let end = channel.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { channel.close(promise: nil) }
      channel.closeFuture.assumeIsolated().whenComplete { _ in end.cancel() }
    }
  }
}
