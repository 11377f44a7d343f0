import NIOCore
import NIOHTTP2

/// Carries bytes between a stream of a relay's connection and a socket, as fast as the slower of both takes them. Used on their event loop.
///
/// That a socket says nothing more is told by an empty DATA frame. END_STREAM follows when the other's is told too, and the socket has taken
/// all: what a stream has not yet given away is lost when it closes, and with both its ends silent it closes at once.
final class Tunnel {
  private let stream: any Channel
  private let socket: any Channel
  /// Told once, when both ends are closed.
  private let done: () -> Void
  /// Whether an end says nothing more.
  private var isStreamSilent = false
  private var isSocketSilent = false
  /// The socket took all that the stream said.
  private var isTold = false
  private var isStreamClosed = false
  private var isSocketClosed = false
  private var linger: Scheduled<Void>?

  init(stream: any Channel, socket: any Channel, done: @escaping () -> Void) {
    (self.stream, self.socket, self.done) = (stream, socket, done)
  }

  func begin() {
    readStream()
    readSocket()
  }

  // MARK: The stream

  func receiveFromStream(_ data: HTTP2Frame.FramePayload.Data) {
    guard !isStreamSilent, case .byteBuffer(let bytes) = data.data else { return }
    if bytes.readableBytes > 0, !isSocketClosed { socket.write(bytes, promise: nil) }
    guard data.endStream || bytes.readableBytes == 0 else { return }
    isStreamSilent = true
    guard !isSocketClosed else { return told() }
    socket.writeAndFlush(ByteBuffer()).assumeIsolated().whenComplete { [self] _ in
      socket.close(mode: .output, promise: nil)
      told()
    }
  }

  private func told() {
    isTold = true
    endStream()
  }

  private func endStream() {
    guard isTold, isSocketSilent, !isStreamClosed else { return }
    say(endStream: true)
  }

  private func say(endStream: Bool) {
    let last = HTTP2Frame.FramePayload.Data(data: .byteBuffer(ByteBuffer()), endStream: endStream)
    stream.writeAndFlush(HTTP2Frame.FramePayload.data(last), promise: nil)
  }

  func streamReadComplete() {
    if !isSocketClosed { socket.flush() }
    readStream()
  }

  /// What comes when the socket is closed is nobody's, and is read so that the stream ends.
  func readStream() {
    guard !isStreamClosed, isSocketClosed || socket.isWritable else { return }
    stream.read()
  }

  func streamClosed() {
    guard !isStreamClosed else { return }
    isStreamClosed = true
    guard !isSocketClosed else { return settle() }
    let socket = socket
    socket.writeAndFlush(ByteBuffer()).assumeIsolated().whenComplete { _ in socket.close(promise: nil) }
    wait { $0.socket.close(promise: nil) }
  }

  // MARK: The socket

  func receiveFromSocket(_ bytes: ByteBuffer) {
    guard !isStreamClosed else { return }
    stream.write(HTTP2Frame.FramePayload.data(.init(data: .byteBuffer(bytes))), promise: nil)
  }

  func socketReadComplete() {
    if !isStreamClosed { stream.flush() }
    readSocket()
  }

  func readSocket() { if !isSocketClosed, isStreamClosed || stream.isWritable { socket.read() } }

  /// The socket says nothing more.
  func socketSilent() {
    guard !isSocketSilent else { return }
    isSocketSilent = true
    guard !isStreamClosed else { return }
    say(endStream: false)
    endStream()
  }

  /// "A TCP connection error is signaled with RST_STREAM … CONNECT_ERROR" (RFC 9113 §8.5). One that comes behind the end tells nothing new.
  func socketFailed() {
    guard !isSocketSilent else { return }
    isSocketSilent = true
    guard !isStreamClosed else { return }
    stream.writeAndFlush(HTTP2Frame.FramePayload.rstStream(.connectError), promise: nil)
  }

  func socketClosed() {
    guard !isSocketClosed else { return }
    isSocketClosed = true
    guard !isStreamClosed else { return settle() }
    socketSilent()
    readStream()
    wait { $0.stream.close(promise: nil) }
  }

  // MARK: The end

  private func wait(_ end: @escaping (Tunnel) -> Void) {
    let bound = NIOLoopBound((self, end), eventLoop: stream.eventLoop)
    linger?.cancel()
    linger = stream.eventLoop.scheduleTask(in: .seconds(RelayWire.lingerSeconds)) { bound.value.1(bound.value.0) }
  }

  private func settle() {
    linger?.cancel()
    done()
  }
}
