import Bytes
import Captures
import Evidence
import Foundation
import Gateway
import Model
import TestKit
import Testing

/// A recording in a folder of its own, for tests.
struct Recording {
  let path: String
  let key: NoteSigner

  init(in folder: URL) throws {
    path = folder.path + "/recording"
    key = try #require(NoteSigner(name: "example.com/gateway", seed: [UInt8](repeating: 7, count: 32)))
  }

  func open(_ change: (inout RecorderOptions) -> Void = { _ in }) throws -> Recorder {
    var options = RecorderOptions()
    change(&options)
    return try Recorder(directory: path, options: options, key: key)
  }

  func segment(_ number: Int) -> String { path + "/segment-" + String(format: "%08d", number) + ".pcapng" }

  var segmentNames: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasSuffix(".pcapng") }.sorted()
  }

  /// All leaves, oldest first; opens the log, which adds one.
  func leaves() throws -> [LeafRecord] {
    let (log, _) = try EvidenceLog.open(directory: path + "/log", key: key)
    var leaves: [LeafRecord] = []
    try log.readBackwards { leaf in
      leaves.append(leaf.record)
      return true
    }
    return leaves.reversed()
  }

  /// What verifying the log with its segments comes to.
  func verdict() throws -> LogVerdict {
    try LogVerifier(log: path + "/log", recording: path, trust: LogTrust(key: key.key)).verify().verdict
  }

  /// All events of all segments.
  static func events(_ paths: [String]) throws -> [RecordedEvent] {
    var captures = try CaptureSet(inputs: paths)
    var events: [RecordedEvent] = []
    while try captures.next({ header, packet in
      guard header.linkType == .exportedPDU, let event = try? RecordedEvent(exportedPDU: packet) else { return }
      events.append(event)
    }) {}
    return events
  }

  static func opening(_ port: UInt16 = 40_000) -> SessionOpening {
    SessionOpening(
      protocolName: "postgres", client: Endpoint(address: IPAddress(v4: 0x0A00_0001), port: port),
      gateway: Endpoint(address: IPAddress(v4: 0x0A00_0002), port: 5432), target: "shop")
  }
}

extension FlowRecorder {
  func record(_ bytes: [UInt8], from sender: Direction, at time: Timestamp) throws(RecorderError) -> Ticket {
    unsafe try bytes.span.withUnsafeBytes { buffer throws(RecorderError) in
      unsafe try record(buffer, from: sender, at: time)
    }
  }
}
