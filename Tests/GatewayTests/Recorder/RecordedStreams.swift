import Captures
import Model
import Streams

/// The streams of all connections of captures, as our stages read them.
struct RecordedStreams: StreamSink {
  struct Key: Hashable {
    var client: String
    var sender: Direction
  }

  private(set) var streams: [Key: [UInt8]] = [:]
  private(set) var gapCount = 0
  private(set) var flowCount = 0
  private(set) var finishedCount = 0
  private(set) var anomalies: [Anomaly] = []
  private var flows: [FlowID: Flow] = [:]

  private init() {}

  init(_ files: [[UInt8]]) throws {
    try self.init(files.enumerated().map { CaptureInput.memory("\($0)", $1) })
  }

  init(paths: [String]) throws { try self.init(paths.map { CaptureInput.path($0) }) }

  private init(_ inputs: [CaptureInput]) throws {
    var captures = try CaptureSet(inputs)
    var reassembler = Reassembler(limits: StreamLimits())
    var streams = RecordedStreams()
    while try captures.next({ header, packet in
      if header.linkType != .exportedPDU { reassembler.receive(header, packet, into: &streams) }
    }) {}
    reassembler.finish(into: &streams)
    streams.anomalies += captures.takeAnomalies()
    self = streams
  }

  /// Of one direction, all connections together in the order of their clients.
  func bytes(_ sender: Direction) -> [UInt8] {
    streams.filter { $0.key.sender == sender }.sorted { $0.key.client < $1.key.client }.flatMap(\.value)
  }

  mutating func open(_ flow: Flow) {
    flowCount += 1
    flows[flow.id] = flow
  }
  mutating func update(_ flow: Flow) { flows[flow.id] = flow }
  mutating func receive(_ bytes: Span<UInt8>, of id: FlowID, from sender: Direction, at position: StreamPosition) {
    let client = flows[id]?.client.description ?? ""
    streams[Key(client: client, sender: sender), default: []] += (0..<bytes.count).map { bytes[$0] }
  }
  mutating func skip(_ gap: Gap, of flow: FlowID, from: Direction, at position: StreamPosition) { gapCount += 1 }
  mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition) {}
  mutating func close(_ id: FlowID, _ reason: FlowEnd, at position: StreamPosition) {
    if reason == .finished { finishedCount += 1 }
  }
  mutating func report(_ anomaly: Anomaly) { anomalies.append(anomaly) }
}
