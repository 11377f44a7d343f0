import NIOCore
import NIOHTTP2

/// What goes to a client on one stream, as soon as it is recorded.
final class StreamOutbox: Outbox {
  /// The stream ends here. An answer that was brought to its end ends it by itself; one that was not is taken back.
  override func close(behind last: ByteBuffer?) {
    guard channel.isActive else { return }
    channel.pipeline.syncOperations.fireUserInboundEventTriggered(HTTP2ClientStream.Over())
  }

  /// Closes without what is not recorded; `last` is all that is still said.
  func abandon(_ last: [HTTP2Frame.FramePayload]) {
    guard drop() else { return }
    for payload in last { channel.write(payload, promise: nil) }
    channel.flush()
    close(behind: nil)
  }
}
