// From packets to exchanges, on one thread and without a case: what reassembly and parsing cost by themselves.
//   bench-exchanges CAPTURE [RUNS]
import Bytes
import Captures
import Foundation
import Model
import Parsers
import Streams

/// Parses every flow as PostgreSQL and counts what comes out.
struct Counter: StreamSink {
  /// In a place of its own, so that finding one is not moving it.
  private final class Box {
    var parser: PostgresParser
    init(_ parser: PostgresParser) { self.parser = parser }
  }

  private var parsers: [FlowID: Box] = [:]
  private var events: [ParserEvent] = []
  private(set) var exchanges = 0

  mutating func open(_ flow: Flow) {
    parsers[flow.id] = Box(PostgresParser(options: ParserOptions(secrets: SecretHasher(key: [1]), flow: flow.id)))
  }

  mutating func update(_ flow: Flow) {}

  mutating func receive(_ bytes: Span<UInt8>, of flow: FlowID, from direction: Direction, at position: StreamPosition) {
    parsers[flow]?.parser.receive(bytes, from: direction, at: position, into: &events)
    count()
  }

  mutating func skip(_ gap: Gap, of flow: FlowID, from direction: Direction, at position: StreamPosition) {
    parsers[flow]?.parser.skip(gap, from: direction, at: position, into: &events)
    count()
  }

  mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition) {}

  mutating func close(_ flow: FlowID, _ reason: FlowEnd, at position: StreamPosition) {
    parsers[flow]?.parser.finish(at: position, into: &events)
    parsers[flow] = nil
    count()
  }

  mutating func report(_ anomaly: Anomaly) {}

  private mutating func count() {
    for case .exchange in events { exchanges += 1 }
    events.removeAll(keepingCapacity: true)
  }
}

func measure(_ path: String) throws -> (bytes: UInt64, exchanges: Int, seconds: Double) {
  var options = CaptureOptions()
  options.computesDigests = false
  var captures = try CaptureSet(inputs: [path], options: options) { _ in false }
  var reassembler = Reassembler()
  var counter = Counter()
  let clock = ContinuousClock()
  let begun = clock.now
  while try captures.next({ header, packet in reassembler.receive(header, packet, into: &counter) }) {}
  reassembler.finish(into: &counter)
  let took = clock.now - begun
  return (
    captures.bytesRead, counter.exchanges, Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
  )
}

let arguments = CommandLine.arguments
guard arguments.count > 1 else {
  print("usage: bench-exchanges CAPTURE [RUNS]")
  exit(3)
}
for _ in 0..<(arguments.count > 2 ? Int(arguments[2]) ?? 3 : 3) {
  let run = try measure(arguments[1])
  let rate = Double(run.bytes) / 1e6 / run.seconds
  print("\(run.bytes) bytes, \(run.exchanges) exchanges, \(run.seconds) s, \(Int(rate)) MB/s")
}
