public import Model

/// Where sessions are recorded. Nothing is forwarded before its passage is open.
public protocol SessionRecording: Sendable {
  func open(_ opening: SessionOpening) throws -> any FlowRecording
  /// Takes over an event of no connection.
  func note(_ event: GatewayEvent, at time: Timestamp) throws
  /// Why nothing is recorded any more; nil while all is well.
  var failure: (any Error)? { get }
  /// Goes on after a failure whose reason is gone; nothing happens while it is there, or where nothing failed. Not to be
  /// called on an event loop.
  ///
  /// - Throws: what stands in the way.
  func restart() throws
}

extension SessionRecording {
  public var failure: (any Error)? { nil }
  public func restart() throws {}
  /// One that keeps connections alone says so.
  public func note(_ event: GatewayEvent, at time: Timestamp) throws {
    throw GatewayError("this recording takes nothing but connections")
  }
}

/// One connection in the recording: both directions as the client sees them, and what is decided.
public protocol FlowRecording: Sendable {
  func record(_ bytes: UnsafeRawBufferPointer, from sender: Direction, at time: Timestamp) throws -> Passage
  func note(_ event: GatewayEvent, at time: Timestamp) throws -> Passage
  func close(_ reason: String, at time: Timestamp)
}

/// Whether what was recorded may be forwarded.
public enum Passage: Sendable {
  case open
  /// Not yet; calls back once, on any thread, with the error after which every session must be closed.
  case waiting(@Sendable (_ done: @escaping @Sendable ((any Error)?) -> Void) -> Void)
}
