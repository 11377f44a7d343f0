import Bytes
import Captures
import Foundation
import Model
import Streams
import TestKit

@testable import Decryption

/// The SSH connections of the corpus.
enum SSHCorpus {
  /// Both byte streams of each flow.
  struct Sink: StreamSink {
    struct Entry {
      var wire = Wire()
      var isMidstream = false
      var count = 0
    }

    var entries: [FlowID: Entry] = [:]

    mutating func open(_ flow: Flow) { entries[flow.id] = Entry(isMidstream: !flow.sawHandshake) }
    mutating func update(_ flow: Flow) { entries[flow.id]?.isMidstream = !flow.sawHandshake }
    mutating func receive(_ bytes: Span<UInt8>, of flow: FlowID, from: Direction, at position: StreamPosition) {
      guard var entry = entries[flow], entry.count < 4 << 20 else { return }
      entries[flow] = nil
      entry.wire.parts.append((from, .bytes(bytes.array)))
      entry.count += bytes.count
      entries[flow] = entry
    }
    mutating func skip(_ gap: Gap, of flow: FlowID, from: Direction, at position: StreamPosition) {
      entries[flow]?.wire.parts.append((from, .lost(Int(clamping: gap.byteCount))))
    }
    mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition) {}
    mutating func close(_ flow: FlowID, _ reason: FlowEnd, at position: StreamPosition) {}
    mutating func report(_ anomaly: Anomaly) {}
  }

  /// The flows that are recognised, each in the direction in which it is.
  static func wires(_ path: String) throws -> [Wire] {
    var captures = try CaptureSet(inputs: [path], options: CaptureOptions())
    var reassembler = Reassembler()
    var sink = Sink()
    while try captures.next({ header, packet in reassembler.receive(header, packet, into: &sink) }) {}
    reassembler.finish(into: &sink)
    return sink.entries.sorted { $0.key < $1.key }.compactMap { _, entry in
      let client = Array(entry.wire.stream(.fromClient).prefix(Opening.limit))
      let server = Array(entry.wire.stream(.fromServer).prefix(Opening.limit))
      let opening = Opening(fromClient: client.span, fromServer: server.span, isMidstream: entry.isMidstream)
      switch SSHDecryptor.recognize(opening) {
      case .yes, .undecided: return client.isEmpty && server.isEmpty ? nil : entry.wire
      case .yesReversed:
        var wire = Wire()
        wire.parts = entry.wire.parts.map { ($0.from.reversed, $0.part) }
        return wire
      case .no: return nil
      }
    }
  }

  static let loopback = "captures/generated-loopback/ssh"

  static func keys(_ name: String) throws -> KeyRing {
    guard let root = Corpus.root else { return KeyRing() }
    return KeyRing(text: try String(contentsOf: root.appending(path: "\(loopback)/\(name).keylog"), encoding: .utf8))
  }

  static func wires(named name: String) throws -> [Wire] {
    guard let root = Corpus.root else { return [] }
    return try wires(root.appending(path: "\(loopback)/\(name).pcap").path)
  }
}
