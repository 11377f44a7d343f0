public import Model

/// What crosses the gateway on the side of one client, in both directions, exactly as the client sees it.
///
/// One thread at a time records a direction; the two may be recorded by different ones.
public final class FlowRecorder: Sendable {
  private let recorder: Recorder
  private let key: RecorderState.FlowKey

  init(_ recorder: Recorder, _ key: RecorderState.FlowKey) {
    self.recorder = recorder
    self.key = key
  }

  /// Takes over bytes that are about to be forwarded. Never blocks and never drops.
  ///
  /// - Throws: `RecorderError`; then the bytes must not be forwarded, and the connection must be closed.
  public func record(
    _ bytes: UnsafeRawBufferPointer, from sender: Direction, at time: Timestamp
  ) throws(RecorderError) -> Ticket {
    unsafe try recorder.record(bytes, of: key, from: sender, at: time)
  }

  /// Takes over an event of this connection: an addition to its opening, a decision, an approval, a mask.
  ///
  /// - Returns: a ticket; of what decides over a request it is passed only when it is a leaf of the evidence log.
  @discardableResult
  public func note(_ event: GatewayEvent, at time: Timestamp) throws(RecorderError) -> Ticket {
    try recorder.note(event, of: key, at: time)
  }

  /// Ends the connection in the recording. Once is enough; a second time does nothing.
  public func close(_ reason: String, at time: Timestamp) {
    recorder.close(key, reason, at: time)
  }
}
