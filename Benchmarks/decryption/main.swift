// What a capture's encryption costs, on one thread and without a case: packets to streams alone, then to bytes in the clear, then to
// exchanges.
//   bench-decryption CAPTURE KEYLOG [RUNS]
import Bytes
import Captures
import Decryption
import Foundation
import Model
import Parsers
import Streams

/// How far it is read.
private enum Depth: String, CaseIterable {
  case streams, decrypted, parsed
}

/// What is taken out so far.
private struct Findings {
  var bytes = 0
  var decrypted: [DecryptionEvent] = []
  var parsed: [ParserEvent] = []
  var plainBytes = 0
  var exchanges = 0
  var anomalies = 0
}

/// One connection, in a place of its own: it is changed there, and never copied or moved.
private class Connection {
  func receive(_ bytes: Span<UInt8>, _ from: Direction, _ at: StreamPosition, _ findings: inout Findings) {}
}

private final class Reading<Encryption: Decryptor, Content: ProtocolParser>: Connection {
  private var decryptor: Encryption
  private var parser: Content
  private let isParsing: Bool

  init(_ decryptor: Encryption, _ parser: Content, isParsing: Bool) {
    (self.decryptor, self.parser, self.isParsing) = (decryptor, parser, isParsing)
  }

  override func receive(_ bytes: Span<UInt8>, _ from: Direction, _ at: StreamPosition, _ findings: inout Findings) {
    decryptor.receive(bytes, from: from, at: at, into: &findings.decrypted)
    for event in findings.decrypted {
      switch event {
      case .plain(let bytes, let direction, let position):
        findings.plainBytes += bytes.count
        if isParsing { parser.receive(bytes.span, from: direction, at: position, into: &findings.parsed) }
      case .anomaly: findings.anomalies += 1
      case .gap, .facts, .opaque: break
      }
    }
    findings.decrypted.removeAll(keepingCapacity: true)
    for case .exchange in findings.parsed { findings.exchanges += 1 }
    findings.parsed.removeAll(keepingCapacity: true)
  }
}

/// Decrypts every flow, and parses it where asked.
private struct Counter: StreamSink {
  let keys: KeyRing
  let depth: Depth
  private var connections: [FlowID: Connection] = [:]
  private(set) var findings = Findings()

  init(keys: KeyRing, depth: Depth) {
    self.keys = keys
    self.depth = depth
  }

  mutating func open(_ flow: Flow) {}

  mutating func update(_ flow: Flow) {}

  mutating func receive(_ bytes: Span<UInt8>, of flow: FlowID, from direction: Direction, at position: StreamPosition) {
    findings.bytes += bytes.count
    guard depth != .streams, !bytes.isEmpty else { return }
    let connection = connections[flow] ?? connect(flow, first: bytes[0])
    connection.receive(bytes, direction, position, &findings)
  }

  mutating func skip(_ gap: Gap, of flow: FlowID, from direction: Direction, at position: StreamPosition) {
    findings.anomalies += 1
  }

  mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition) {}

  mutating func close(_ flow: FlowID, _ reason: FlowEnd, at position: StreamPosition) { connections[flow] = nil }

  mutating func report(_ anomaly: Anomaly) { findings.anomalies += 1 }

  private mutating func connect(_ flow: FlowID, first: UInt8) -> Connection {
    let options = ParserOptions(secrets: SecretHasher(key: [1]), flow: flow)
    let connection: Connection =
      first == UInt8(ascii: "S")
      ? Reading(SSHDecryptor(keys: keys, flow: flow), SSHParser(options: options), isParsing: depth == .parsed)
      : Reading(TLSDecryptor(keys: keys, flow: flow), HTTPParser(options: options), isParsing: depth == .parsed)
    connections[flow] = connection
    return connection
  }
}

/// Of the process: other work on the machine counts less in it than in the time by the clock.
private func processorSeconds() -> Double {
  var time = timespec()
  _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func measure(_ path: String, _ keys: KeyRing, _ depth: Depth) throws -> String {
  var options = CaptureOptions()
  options.computesDigests = false
  var captures = try CaptureSet(inputs: [path], options: options) { _ in false }
  var reassembler = Reassembler()
  var counter = Counter(keys: keys, depth: depth)
  let begun = processorSeconds()
  while try captures.next({ header, packet in reassembler.receive(header, packet, into: &counter) }) {}
  reassembler.finish(into: &counter)
  let seconds = processorSeconds() - begun
  let found = counter.findings
  let rate = Int(Double(found.bytes) / 1e6 / seconds)
  return "\(depth.rawValue): \(found.bytes) bytes, \(found.plainBytes) in the clear, \(found.exchanges) exchanges, "
    + "\(found.anomalies) anomalies, \(seconds) s of processor time, \(rate) MB/s"
}

let arguments = CommandLine.arguments
guard arguments.count > 2, let log = FileManager.default.contents(atPath: arguments[2]) else {
  print("usage: bench-decryption CAPTURE KEYLOG [RUNS]")
  exit(3)
}
var keys = KeyRing()
_ = keys.add(Array(log).span)
for _ in 0..<(arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3) {
  for depth in Depth.allCases { print(try measure(arguments[1], keys, depth)) }
}
