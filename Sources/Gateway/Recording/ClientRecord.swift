import Model
import NIOCore

/// The recording of one client's connection, and the way to it: what is sent goes out when it is recorded. Used on the
/// connection's event loop.
final class ClientRecord {
  let flow: any FlowRecording
  let outbox: Outbox
  private let core: GatewayCore
  /// Of all that the client says on the connection.
  private final class Count { var bytes: UInt64 = 0 }
  private let received: Count
  /// More may be forwarded now.
  var onOpen: (Outbox.Gate) -> Void = { _ in }
  /// Nothing is recorded any more.
  var onFailure: (any Error) -> Void = { _ in }

  init(_ flow: any FlowRecording, _ outbox: Outbox, _ core: GatewayCore) {
    (self.flow, self.outbox, self.core, received) = (flow, outbox, core, Count())
  }

  /// For one of several that speak over the connection, with a way of its own back to the client.
  init(sharing other: ClientRecord, _ outbox: Outbox) {
    (flow, self.outbox, core, received) = (other.flow, outbox, other.core, other.received)
  }

  /// Bytes of the client that were recorded.
  var receivedCount: UInt64 { received.bytes }

  /// Takes over bytes of the client; they may be forwarded when the gate opens, at once if there is none.
  func receive(_ buffer: ByteBuffer) throws -> Outbox.Gate? {
    let passage = try unsafe buffer.withUnsafeReadableBytes {
      unsafe try flow.record($0, from: .fromClient, at: core.now())
    }
    received.bytes &+= UInt64(buffer.readableBytes)
    return gate(passage)
  }

  /// Sends to the client, after it is recorded.
  func send(_ buffer: ByteBuffer) throws { outbox.send(buffer, after: try say(buffer)) }

  /// Takes over bytes for the client, who may have what they stand for when the gate opens.
  func say(_ buffer: ByteBuffer) throws -> Outbox.Gate? {
    let passage = try unsafe buffer.withUnsafeReadableBytes {
      unsafe try flow.record($0, from: .fromServer, at: core.now())
    }
    return gate(passage)
  }

  /// Writes an event; what it is about goes on when the gate opens.
  func note(_ event: GatewayEvent) throws -> Outbox.Gate? { gate(try flow.note(event, at: core.now())) }

  func close(_ reason: String) { flow.close(reason, at: core.now()) }

  private func gate(_ passage: Passage) -> Outbox.Gate? {
    guard case .waiting(let register) = passage else { return nil }
    let gate = Outbox.Gate()
    let loop = outbox.channel.eventLoop
    let bound = NIOLoopBound((self, gate), eventLoop: loop)
    register { error in
      loop.execute {
        let (record, gate) = bound.value
        if let error { return record.onFailure(error) }
        record.outbox.open(gate)
        record.onOpen(gate)
      }
    }
    return gate
  }
}
