import NIOCore

/// What goes to one end of a session, in order, as soon as it is recorded. Used on the session's event loop.
class Outbox {
  /// Bytes that wait for the recorder before the other end is read no further.
  static let parkedLimit = 256 << 10

  /// Opens when something is recorded.
  final class Gate {
    fileprivate(set) var isOpen = false
  }

  let channel: any Channel
  /// The channel's, without the checks that a call from another thread would need.
  private let operations: ChannelPipeline.SynchronousOperations
  private var parked = CircularBuffer<(data: NIOAny, byteCount: Int, gate: Gate?)>()
  private var parkedCount = 0
  private var isClosing = false
  private var isDirty = false

  init(_ channel: any Channel) {
    self.channel = channel
    operations = channel.pipeline.syncOperations
  }

  /// Whether more may be put in.
  final var isWritable: Bool { channel.isWritable && parkedCount < Self.parkedLimit }
  final var isEmpty: Bool { parked.isEmpty }

  final func send(_ buffer: ByteBuffer, after gate: Gate?) {
    guard buffer.readableBytes > 0 else { return }
    send(NIOAny(buffer), byteCount: buffer.readableBytes, after: gate)
  }

  /// `data`: what the channel takes.
  final func send(_ data: NIOAny, byteCount: Int, after gate: Gate?) {
    guard !isClosing else { return }
    guard parked.isEmpty, gate?.isOpen ?? true else {
      parked.append((data, byteCount, gate))
      parkedCount += byteCount
      return
    }
    operations.write(data, promise: nil)
    isDirty = true
  }

  /// Sends what is recorded by now.
  final func open(_ gate: Gate) {
    gate.isOpen = true
    while let first = parked.first, first.gate?.isOpen ?? true {
      parked.removeFirst()
      parkedCount -= first.byteCount
      operations.write(first.data, promise: nil)
      isDirty = true
    }
    flush()
    if isClosing, parked.isEmpty { close(behind: nil) }
  }

  final func flush() {
    guard isDirty else { return }
    isDirty = false
    operations.flush()
  }

  /// Reads what the other end sends next.
  final func read() { operations.read() }

  /// Closes the connection when all that is in it was sent, or after so many seconds, if any: the other end may never read it.
  final func finish(within seconds: Int64?) {
    guard !isClosing else { return }
    isClosing = true
    flush()
    guard let seconds else { return parked.isEmpty ? close(behind: nil) : () }
    let last = channel.eventLoop.assumeIsolated().scheduleTask(in: .seconds(seconds)) { [channel] in
      channel.close(promise: nil)
    }
    channel.closeFuture.assumeIsolated().whenComplete { _ in last.cancel() }
    if parked.isEmpty { close(behind: nil) }
  }

  /// Closing waits for nothing, so what was written must be through first.
  func close(behind last: ByteBuffer?) {
    channel.writeAndFlush(last ?? ByteBuffer()).assumeIsolated().whenComplete { [channel] _ in
      channel.close(promise: nil)
    }
  }

  /// Closes without what is not recorded; `last` is all that is still said.
  final func abandon(_ last: ByteBuffer?) {
    guard drop() else { return }
    close(behind: last)
  }

  /// Forgets what waits, and takes nothing more; false when there is nothing to be forgotten any more.
  final func drop() -> Bool {
    guard !isClosing || !parked.isEmpty else { return false }
    isClosing = true
    parked.removeAll()
    parkedCount = 0
    return true
  }
}
