public import Model
import Synchronization

/// Sessions in a recording on disk. After a disk that was full has room again a new recorder goes on in the same folder.
public final class RecorderSessions: SessionRecording {
  /// Bytes that must be free before it goes on: what may wait to be written, twice, and the reserve.
  private static let roomNeeded: UInt64 = 17 << 20

  private let directory: String
  private let disk: any RecordingDisk
  private let make: @Sendable () throws -> Recorder
  private let current: Mutex<Recorder>
  /// Held while one recorder takes another's place, and for good once all is over.
  private let isOver = Mutex(false)

  /// Opens the recording that a configuration names.
  ///
  /// - Throws: `RecorderError` when it cannot be written.
  public convenience init(
    _ recording: GatewayConfiguration.Recording, clock: @escaping @Sendable () -> Timestamp
  ) throws {
    try self.init(recording, clock: clock, disk: SystemDisk())
  }

  init(
    _ recording: GatewayConfiguration.Recording, clock: @escaping @Sendable () -> Timestamp, disk: any RecordingDisk
  ) throws {
    let make: @Sendable () throws -> Recorder = {
      var options = RecorderOptions()
      options.durability = recording.durability == .strict ? .strict : .batched
      options.segmentBytes = recording.segmentBytes
      options.clock = clock
      options.disk = disk
      return try Recorder(directory: recording.directory, options: options, key: recording.key)
    }
    (directory, self.disk, self.make) = (recording.directory, disk, make)
    current = Mutex(try make())
  }

  private var recorder: Recorder { current.withLock { $0 } }

  public func open(_ opening: SessionOpening) throws -> any FlowRecording {
    let recorder = recorder
    return RecorderFlow(recorder: recorder, flow: try recorder.open(opening))
  }

  public func note(_ event: GatewayEvent, at time: Timestamp) throws { try recorder.note(event, at: time) }

  public var failure: (any Error)? { recorder.failure }

  public func restart() throws {
    try isOver.withLock { isOver in
      // What a disk that fails has on it nobody knows; that is for people to look at.
      guard !isOver, let failure = recorder.failure, failure.code == .full else { return }
      guard try disk.freeBytes(in: directory) >= Self.roomNeeded else { return }
      // It has ended by itself, or is about to.
      try? recorder.shutDown()
      let next = try make()
      current.withLock { $0 = next }
    }
  }

  /// Writes what is there and ends the recording.
  public func shutDown() throws {
    try isOver.withLock { isOver in
      isOver = true
      try recorder.shutDown()
    }
  }
}

private struct RecorderFlow: FlowRecording {
  let recorder: Recorder
  let flow: FlowRecorder

  func record(_ bytes: UnsafeRawBufferPointer, from sender: Direction, at time: Timestamp) throws -> Passage {
    passage(unsafe try flow.record(bytes, from: sender, at: time))
  }

  func note(_ event: GatewayEvent, at time: Timestamp) throws -> Passage { passage(try flow.note(event, at: time)) }

  func close(_ reason: String, at time: Timestamp) { flow.close(reason, at: time) }

  private func passage(_ ticket: Ticket) -> Passage {
    if recorder.isPassed(ticket) { return .open }
    return .waiting { [recorder] done in recorder.whenPassed(ticket) { done($0) } }
  }
}
