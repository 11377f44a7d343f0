public import Model

/// Sessions in a recording on disk.
public struct RecorderSessions: SessionRecording {
  private let recorder: Recorder

  /// Opens the recording that a configuration names.
  ///
  /// - Throws: `RecorderError` when it cannot be written.
  public init(_ recording: GatewayConfiguration.Recording, clock: @escaping @Sendable () -> Timestamp) throws {
    var options = RecorderOptions()
    options.durability = recording.durability == .strict ? .strict : .batched
    options.segmentBytes = recording.segmentBytes
    options.clock = clock
    recorder = try Recorder(directory: recording.directory, options: options, key: recording.key)
  }

  public func open(_ opening: SessionOpening) throws -> any FlowRecording {
    RecorderFlow(recorder: recorder, flow: try recorder.open(opening))
  }

  public func note(_ event: GatewayEvent, at time: Timestamp) throws { try recorder.note(event, at: time) }

  /// Writes what is there and ends the recording.
  public func shutDown() throws { try recorder.shutDown() }
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
