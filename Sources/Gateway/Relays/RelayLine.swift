import NIOCore

/// A relay that is connected, as others see it. Safe to use from any thread.
struct RelayLine: Sendable {
  let id: UInt64
  let loop: any EventLoop
  let name: String
  let certificates: [ClientCertificate]
  /// Asks for a connection to a target: a socket's descriptor, which is the caller's from then on.
  let open: @Sendable (_ place: SocketPlace, _ promise: EventLoopPromise<Int32>) -> Void
  /// Ends it and all that goes over it.
  let end: @Sendable (_ why: String) -> Void
}
