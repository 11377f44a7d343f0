import Captures
import Foundation
import Gateway
import Model
import Streams
import TestKit
import Testing

/// Plays the connections of a capture through a recorder, byte for byte and with their times.
struct SampleReplay: StreamSink {
  private let recorder: Recorder
  private var flows: [FlowID: FlowRecorder] = [:]
  private var opened: [FlowID: Flow] = [:]
  private(set) var tickets: [Ticket] = []
  private(set) var errors: [RecorderError] = []

  private init(_ recorder: Recorder) { self.recorder = recorder }

  init(_ sample: Sample, into recorder: Recorder) throws {
    var captures = try CaptureSet(inputs: [sample.capture.path])
    var reassembler = Reassembler(limits: StreamLimits())
    var replay = SampleReplay(recorder)
    while try captures.next({ header, packet in reassembler.receive(header, packet, into: &replay) }) {}
    reassembler.finish(into: &replay)
    self = replay
  }

  mutating func open(_ flow: Flow) { opened[flow.id] = flow }
  mutating func update(_ flow: Flow) { if flows[flow.id] == nil { opened[flow.id] = flow } }

  mutating func receive(_ bytes: Span<UInt8>, of id: FlowID, from sender: Direction, at position: StreamPosition) {
    do throws(RecorderError) {
      let flow = try recorderOf(id)
      let ticket = unsafe try bytes.withUnsafeBufferPointer { buffer throws(RecorderError) in
        unsafe try flow.record(UnsafeRawBufferPointer(buffer), from: sender, at: position.time)
      }
      tickets.append(ticket)
    } catch {
      errors.append(error)
    }
  }

  mutating func skip(_ gap: Gap, of flow: FlowID, from: Direction, at position: StreamPosition) {}
  mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition) {}

  mutating func close(_ id: FlowID, _ reason: FlowEnd, at position: StreamPosition) {
    flows.removeValue(forKey: id)?.close(reason.rawValue, at: position.time)
  }

  mutating func report(_ anomaly: Anomaly) {}

  private mutating func recorderOf(_ id: FlowID) throws(RecorderError) -> FlowRecorder {
    if let known = flows[id] { return known }
    guard let flow = opened[id] else { throw RecorderError(.closedFlow, "bytes of no flow") }
    var opening = SessionOpening(protocolName: "postgres", client: flow.client, gateway: flow.server, target: "shop")
    (opening.agent, opening.human, opening.run) = ("claude-code", "ada@example.com", "run-1")
    let recorder = try recorder.open(opening, at: flow.openedAt)
    flows[id] = recorder
    return recorder
  }
}
