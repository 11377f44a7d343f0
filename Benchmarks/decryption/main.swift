// What a capture's encryption costs, on one thread and without a case: from packets to bytes in the clear, and from there to exchanges.
//   bench-decryption CAPTURE KEYLOG [RUNS]
import Bytes
import Captures
import Decryption
import Foundation
import Model
import Parsers
import Streams

/// One connection, in a place of its own, so that finding it is not moving it.
private final class Connection {
  enum Content {
    case ssh(SSHDecryptor, SSHParser)
    case tls(TLSDecryptor, HTTPParser)
    case unknown
  }

  let flow: FlowID
  var content: Content?

  init(_ flow: FlowID) { self.flow = flow }
}

/// Decrypts every flow, and parses it where asked.
private struct Counter: StreamSink {
  let keys: KeyRing
  let isParsing: Bool
  private var connections: [FlowID: Connection] = [:]
  private var decrypted: [DecryptionEvent] = []
  private var parsed: [ParserEvent] = []
  private(set) var plainBytes = 0
  private(set) var exchanges = 0
  private(set) var anomalies = 0

  init(keys: KeyRing, isParsing: Bool) {
    self.keys = keys
    self.isParsing = isParsing
  }

  mutating func open(_ flow: Flow) { connections[flow.id] = Connection(flow.id) }

  mutating func update(_ flow: Flow) {}

  mutating func receive(_ bytes: Span<UInt8>, of flow: FlowID, from direction: Direction, at position: StreamPosition) {
    guard let connection = connections[flow] else { return }
    if connection.content == nil { connection.content = content(bytes, flow) }
    guard let content = connection.content else { return }
    connection.content = .unknown
    switch content {
    case .ssh(var decryptor, let parser):
      decryptor.receive(bytes, from: direction, at: position, into: &decrypted)
      var reader = parser
      parse(&reader)
      connection.content = .ssh(decryptor, reader)
    case .tls(var decryptor, let parser):
      decryptor.receive(bytes, from: direction, at: position, into: &decrypted)
      var reader = parser
      parse(&reader)
      connection.content = .tls(decryptor, reader)
    case .unknown: break
    }
  }

  mutating func skip(_ gap: Gap, of flow: FlowID, from direction: Direction, at position: StreamPosition) {
    anomalies += 1
  }

  mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition) {}

  mutating func close(_ flow: FlowID, _ reason: FlowEnd, at position: StreamPosition) { connections[flow] = nil }

  mutating func report(_ anomaly: Anomaly) { anomalies += 1 }

  private func content(_ bytes: Span<UInt8>, _ flow: FlowID) -> Connection.Content {
    let options = ParserOptions(secrets: SecretHasher(key: [1]), flow: flow)
    return bytes[0] == UInt8(ascii: "S")
      ? .ssh(SSHDecryptor(keys: keys, flow: flow), SSHParser(options: options))
      : .tls(TLSDecryptor(keys: keys, flow: flow), HTTPParser(options: options))
  }

  private mutating func parse(_ parser: inout some ProtocolParser) {
    for event in decrypted {
      switch event {
      case .plain(let bytes, let direction, let position):
        plainBytes += bytes.count
        if isParsing { parser.receive(bytes.span, from: direction, at: position, into: &parsed) }
      case .anomaly: anomalies += 1
      case .gap, .facts, .opaque: break
      }
    }
    decrypted.removeAll(keepingCapacity: true)
    for case .exchange in parsed { exchanges += 1 }
    parsed.removeAll(keepingCapacity: true)
  }
}

/// Of the process: other work on the machine counts less in it than in the time by the clock.
private func processorSeconds() -> Double {
  var time = timespec()
  _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func measure(_ path: String, _ keys: KeyRing, isParsing: Bool) throws -> String {
  var options = CaptureOptions()
  options.computesDigests = false
  var captures = try CaptureSet(inputs: [path], options: options) { _ in false }
  var reassembler = Reassembler()
  var counter = Counter(keys: keys, isParsing: isParsing)
  let begun = processorSeconds()
  while try captures.next({ header, packet in reassembler.receive(header, packet, into: &counter) }) {}
  reassembler.finish(into: &counter)
  let seconds = processorSeconds() - begun
  let rate = Int(Double(counter.plainBytes) / 1e6 / seconds)
  let name = isParsing ? "decrypted and parsed" : "decrypted"
  return "\(name): \(counter.plainBytes) bytes, \(counter.exchanges) exchanges, "
    + "\(counter.anomalies) anomalies, \(seconds) s of processor time, \(rate) MB/s"
}

let arguments = CommandLine.arguments
guard arguments.count > 2, let log = FileManager.default.contents(atPath: arguments[2]) else {
  print("usage: bench-decryption CAPTURE KEYLOG [RUNS]")
  exit(3)
}
var keys = KeyRing()
_ = keys.add(Array(log).span)
for _ in 0..<(arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3) {
  for isParsing in [false, true] { print(try measure(arguments[1], keys, isParsing: isParsing)) }
}
