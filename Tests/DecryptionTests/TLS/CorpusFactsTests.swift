import Bytes
import Captures
import Foundation
import Model
import Streams
import TestKit
import Testing

@testable import Decryption

/// What the handshakes of the corpus tell without keys, against tshark.
@Suite struct CorpusFactsTests {
  struct Expected: Decodable {
    var sni: String?
    var alpn: String?
    var offered: [String]?
    var version: String?
    var cipher: String?
    var ja3: String?
    var ja3s: String?

    private enum CodingKeys: String, CodingKey {
      case sni, alpn, version, cipher, ja3, ja3s
      case offered = "alpn_offered"
    }

    /// The same under our names.
    var parameters: [String: String] {
      let versions = [
        "0x0002": "SSL 2.0", "0x0300": "SSL 3.0", "0x0301": "1.0", "0x0302": "1.1", "0x0303": "1.2", "0x0304": "1.3",
      ]
      var out: [String: String] = [:]
      out["tls.sni"] = sni
      out["tls.alpn"] = alpn
      out["tls.alpn-offered"] = offered?.joined(separator: ",")
      out["tls.version"] = version.map { versions[$0] ?? $0 }
      out["tls.cipher"] = cipher.map { CipherSuite.name(UInt16($0.dropFirst(2), radix: 16) ?? 0) }
      out["tls.ja3"] = ja3
      out["tls.ja3s"] = ja3s
      return out
    }
  }

  struct Streams: Decodable { var streams: [String: Expected] }

  /// Opens every flow that says it is TLS, without keys.
  struct FactsSink: StreamSink {
    struct Entry {
      var client: [UInt8] = []
      var server: [UInt8] = []
      var order: [(from: Direction, bytes: [UInt8], lost: UInt64)] = []
      var isMidstream = false
      var count = 0
    }

    var entries: [FlowID: Entry] = [:]

    mutating func open(_ flow: Flow) { entries[flow.id] = Entry(isMidstream: !flow.sawHandshake) }
    mutating func update(_ flow: Flow) { entries[flow.id]?.isMidstream = !flow.sawHandshake }
    mutating func receive(_ bytes: Span<UInt8>, of flow: FlowID, from: Direction, at position: StreamPosition) {
      // Hellos and certificates come first.
      guard var entry = entries[flow], entry.count < 1 << 17 else { return }
      entries[flow] = nil
      entry.order.append((from, bytes.array, 0))
      entry.count += bytes.count
      if from == .fromClient { entry.client += bytes.array } else { entry.server += bytes.array }
      entries[flow] = entry
    }
    mutating func skip(_ gap: Gap, of flow: FlowID, from: Direction, at position: StreamPosition) {
      entries[flow]?.order.append((from, [], gap.byteCount))
    }
    mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition) {}
    mutating func close(_ flow: FlowID, _ reason: FlowEnd, at position: StreamPosition) {}
    mutating func report(_ anomaly: Anomaly) {}
  }

  /// The facts of each flow that is TLS from its beginning.
  static func facts(_ path: String) throws -> [[String: String]] {
    var captures = try CaptureSet(inputs: [path], options: CaptureOptions())
    var reassembler = Reassembler()
    var sink = FactsSink()
    while try captures.next({ header, packet in reassembler.receive(header, packet, into: &sink) }) {}
    reassembler.finish(into: &sink)
    return sink.entries.sorted { $0.key < $1.key }.compactMap { _, entry in
      let opening = Opening(
        fromClient: Array(entry.client.prefix(Opening.limit)).span,
        fromServer: Array(entry.server.prefix(Opening.limit)).span, isMidstream: entry.isMidstream)
      let recognition = TLSDecryptor.recognize(opening)
      guard recognition == .yes || recognition == .yesReversed else { return nil }
      var wire = Wire()
      for (from, bytes, lost) in entry.order {
        let direction = recognition == .yesReversed ? from.reversed : from
        wire.parts.append((direction, lost > 0 ? .lost(Int(clamping: lost)) : .bytes(bytes)))
      }
      return Opened(wire, KeyRing()).parameters
    }
  }

  /// Where tshark and we differ, and why.
  static let differences: [(capture: String, reason: String)] = []

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
  func `hellos tell what tshark tells`() throws {
    let root = try #require(Corpus.root)
    let json = try Data(contentsOf: root.appending(path: "expected/tls.json"))
    let captures = try JSONDecoder().decode([String: Streams].self, from: json)
    var different: [String] = []
    var equal = 0
    for (path, expected) in captures.sorted(by: { $0.key < $1.key }) {
      var found = try Self.facts(root.appending(path: "captures/\(path)").path)
      for (stream, wanted) in expected.streams.sorted(by: { $0.key < $1.key }) {
        let parameters = wanted.parameters
        let match = found.firstIndex { facts in parameters.allSatisfy { facts[$0.key] == $0.value } }
        if let match {
          found.remove(at: match)
          equal += 1
        } else {
          let nearest = found.max { left, right in
            parameters.filter { left[$0.key] == $0.value }.count < parameters.filter { right[$0.key] == $0.value }.count
          }
          let wrong = parameters.filter { nearest?[$0.key] != $0.value }.map {
            "\($0.key) is \(nearest?[$0.key] ?? "-") not \($0.value)"
          }
          different.append("\(path) stream \(stream): \(wrong.sorted().joined(separator: "; "))")
        }
      }
    }
    let unexpected = different.filter { name in !Self.differences.contains { name.hasPrefix($0.capture) } }
    for line in unexpected { Issue.record("\(line)") }
    #expect(unexpected.isEmpty, "\(unexpected.count) of \(equal + different.count)")
    let unused = Self.differences.filter { difference in !different.contains { $0.hasPrefix(difference.capture) } }
    #expect(unused.map(\.capture) == [])
    #expect(equal > 200)
  }
}
