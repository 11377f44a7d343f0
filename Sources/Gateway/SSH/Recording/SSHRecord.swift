import Glibc
import Model

/// The recording of one client's connection. What was recorded belongs to a batch, and may go on when its batch is recorded.
/// Used on the connection's thread.
final class SSHRecord {
  private let flow: any FlowRecording
  private let core: GatewayCore
  private let mailbox: SSHMailbox
  /// Bytes of the client that were recorded.
  private(set) var receivedCount: UInt64 = 0
  /// The batch that is being made.
  private var current: UInt64 = 1
  /// The batch in which is what was recorded last.
  var batch: UInt64 { isEmpty ? current - 1 : current }
  /// Of data the last alone is waited for, as those before it are on disk then; of events each.
  private var lastWait: Passage?
  private var eventWaits: [Passage] = []
  private var isEmpty = true
  /// Nothing was recorded since the last batch ended.
  var isSettled: Bool { isEmpty }

  init(_ flow: any FlowRecording, _ core: GatewayCore, _ mailbox: SSHMailbox) {
    (self.flow, self.core, self.mailbox) = (flow, core, mailbox)
  }

  /// - Throws: what the recorder throws; then nothing of it may go on.
  func add(_ bytes: [UInt8], from sender: Direction) throws {
    guard !bytes.isEmpty else { return }
    isEmpty = false
    let passage = try unsafe bytes.withUnsafeBytes { unsafe try flow.record($0, from: sender, at: core.now()) }
    if case .waiting = passage { lastWait = passage }
    if sender == .fromClient { receivedCount &+= UInt64(bytes.count) }
    core.metrics.add(bytes: bytes.count, from: sender)
  }

  func note(_ event: GatewayEvent) throws {
    isEmpty = false
    let passage = try flow.note(event, at: core.now())
    if case .waiting = passage { eventWaits.append(passage) }
  }

  /// Ends the batch; what is recorded from here on belongs to the next.
  func settle() {
    guard !isEmpty else { return }
    let waits = eventWaits + [lastWait].compactMap { $0 }
    let own = current
    mailbox.expect(own, waits.count)
    for case .waiting(let register) in waits {
      register { [mailbox] error in mailbox.recorded(own, error) }
    }
    (current, lastWait, eventWaits, isEmpty) = (own + 1, nil, [], true)
  }

  /// Batches up to this one are recorded.
  func recordedBatch() throws -> UInt64 { try mailbox.recordedBatch() }

  /// Waits until all is recorded.
  func wait() throws {
    settle()
    while try mailbox.recordedBatch() + 1 < current {
      var descriptor = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
      // A letter that is there keeps it readable; the batch is looked for all the same.
      if unsafe poll(&descriptor, 1, 100) > 0 { usleep(200) }
    }
  }

  func close(_ reason: String) { flow.close(reason, at: core.now()) }
}
