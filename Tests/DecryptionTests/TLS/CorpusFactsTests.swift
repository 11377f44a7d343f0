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
      // A draft of TLS 1.3 is told as 1.3.
      out["tls.version"] = version.map { $0.hasPrefix("0x7f") ? "1.3" : versions[$0] ?? $0 }
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

  /// The facts of each flow with TLS in it, from the hello on: what comes before is some other protocol that asks for it.
  static func facts(_ path: String) throws -> [[String: String]] {
    var captures = try CaptureSet(inputs: [path], options: CaptureOptions())
    var reassembler = Reassembler()
    var sink = FactsSink()
    while try captures.next({ header, packet in reassembler.receive(header, packet, into: &sink) }) {}
    reassembler.finish(into: &sink)
    var keys = KeyRing()
    for secret in captures.decryptionSecrets { _ = keys.add(secret.bytes.span) }
    let log = URL(filePath: path).deletingPathExtension().appendingPathExtension("keylog")
    if let bytes = try? Array(Data(contentsOf: log)) { _ = keys.add(bytes.span) }
    return sink.entries.sorted { $0.key < $1.key }.compactMap { _, entry in
      let opening = Opening(
        fromClient: Array(entry.client.prefix(Opening.limit)).span,
        fromServer: Array(entry.server.prefix(Opening.limit)).span, isMidstream: entry.isMidstream)
      let recognition = TLSDecryptor.recognize(opening)
      var starts = [Direction.fromClient: 0, .fromServer: 0]
      if recognition != .yes, recognition != .yesReversed {
        guard let client = hello(1, entry.client) else { return nil }
        starts = [.fromClient: client, .fromServer: hello(2, entry.server) ?? entry.server.count]
      }
      var wire = Wire()
      for (from, bytes, lost) in entry.order {
        let direction = recognition == .yesReversed ? from.reversed : from
        let before = min(bytes.count, starts[from, default: 0])
        starts[from, default: 0] -= before
        if lost > 0 {
          wire.parts.append((direction, .lost(Int(clamping: lost))))
        } else if before < bytes.count {
          wire.parts.append((direction, .bytes(Array(bytes[before...]))))
        }
      }
      return Opened(wire, keys).parameters
    }
  }

  /// Where a record with a hello begins.
  private static func hello(_ type: UInt8, _ bytes: [UInt8]) -> Int? {
    guard bytes.count > 9 else { return nil }
    return (0..<(bytes.count - 9)).first { at in
      bytes[at] == 22 && bytes[at + 1] == 3 && bytes[at + 2] < 4 && bytes[at + 5] == type && bytes[at + 6] == 0
        && bytes[at + 9] == 3
    }
  }

  /// Where tshark and we differ, and why.
  static let differences: [(capture: String, reason: String)] = [
    (
      "OISF+suricata-verify/tests/tls-duplicate-hello/",
      "two hellos of the client: the oracle kept the first, we the last"
    ),
    (
      "OISF+suricata-verify/tests/tls/tls13-draft22/",
      "the oracle kept the HelloRetryRequest's JA3S, we the ServerHello's"
    ),
    (
      "zeek+zeek/testing/btest/Traces/tls/hrr.pcap",
      "tshark sees the HelloRetryRequest only, we the ServerHello behind it"
    ),
    (
      "OISF+suricata-verify/tests/tls/tls13-draft14/",
      "a ServerHello laid out as in the drafts, under version 0x0304: tshark reads a cipher suite that is none, we none"
    ),
    ("cisco+mercury/test/afl_data/corner-cases.pcap stream 2", "a damaged ServerHello of version 0"),
    ("zeek+zeek/testing/btest/Traces/tls/chrome-63.0.3211.0-canary-tls_experiment", "an experiment's version, 0x7e01"),
  ]

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
