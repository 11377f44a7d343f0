import Foundation
import Model
import Synchronization

@testable import Gateway

/// A recording that can be told to fail, and remembers what it was given.
final class DoubtfulRecording: SessionRecording {
  struct Failed: Error {}

  struct Seen: Sendable {
    var client: [UInt8] = []
    var server: [UInt8] = []
    var events: [GatewayEvent] = []
    var isFailing = false
    var waiting: [@Sendable ((any Error)?) -> Void] = []
    var isHeldBack = false
  }

  let seen = Mutex(Seen())

  func open(_ opening: SessionOpening) throws -> any FlowRecording {
    try seen.withLock { seen in
      guard !seen.isFailing else { throw Failed() }
      seen.events.append(.opening(opening))
    }
    return DoubtfulFlow(recording: self)
  }

  var failure: (any Error)? { seen.withLock { $0.isFailing ? Failed() : nil } }

  /// Lets pass all that waits; or fails, from here on.
  func release(_ error: (any Error)? = nil) {
    let waiting = seen.withLock { seen in
      if error != nil { seen.isFailing = true }
      seen.isHeldBack = false
      defer { seen.waiting = [] }
      return seen.waiting
    }
    for done in waiting { done(error) }
  }

  func passage() -> Passage {
    guard seen.withLock({ $0.isHeldBack }) else { return .open }
    return .waiting { [self] done in
      let isLate = seen.withLock { seen in
        guard seen.isHeldBack else { return true }
        seen.waiting.append(done)
        return false
      }
      if isLate { done(nil) }
    }
  }
}

private struct DoubtfulFlow: FlowRecording {
  let recording: DoubtfulRecording

  func record(_ bytes: UnsafeRawBufferPointer, from sender: Direction, at time: Timestamp) throws -> Passage {
    let copy = unsafe Array(bytes)
    try recording.seen.withLock { seen in
      guard !seen.isFailing else { throw DoubtfulRecording.Failed() }
      if sender == .fromClient { seen.client += copy } else { seen.server += copy }
    }
    return recording.passage()
  }

  func note(_ event: GatewayEvent, at time: Timestamp) throws -> Passage {
    recording.seen.withLock { $0.events.append(event) }
    return recording.passage()
  }

  func close(_ reason: String, at time: Timestamp) {}
}
